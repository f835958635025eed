/** @module The cases for stores in SQLite: how a runtime opens a file in, conformance and what goes beyond it out. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../runtime/ports/store.ts';
import { commits, equal, listed, message } from '../../../runtime/store/conformance/stage.ts';
import { type Case, conformance } from '../../../runtime/store/conformance.ts';
import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';
import { beyond } from './beyond.ts';
import { openingCases } from './opening.ts';
import { own } from './own.ts';

/**
 * Makes the cases. Files are made in a folder of their own, which `remove` removes.
 *
 * @param reopen - opens a file once more
 */
export function sqliteCases(
  open: (path: string) => Promise<Store<SqlTx>>,
  reopen: typeof open = open,
): {
  readonly cases: readonly Case[];
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-sqlite-'));
  const paths = new WeakMap<Store<SqlTx>, string>();
  let count = 0;
  const fresh = async (): Promise<Store<SqlTx>> => {
    count += 1;
    const path = join(folder, `${count}.sqlite`);
    const store = await open(path);
    paths.set(store, path);
    return store;
  };
  const another = (store: Store<SqlTx>): Promise<Store<SqlTx>> => reopen(paths.get(store) ?? '');
  return {
    cases: [
      ...conformance(fresh, { insideMayWait: false, own, another }),
      ...beyond(fresh, another),
      ...openingCases(open, folder),
      {
        title: 'a file is durable, and memory is not',
        run: () => durability(open, join(folder, 'durable.sqlite')),
      },
    ],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function durability(open: (path: string) => Promise<Store<SqlTx>>, path: string): Promise<void> {
  const volatile = await open(':memory:');
  const file = await open(path);
  equal(
    [volatile.name, volatile.durable, file.name, file.durable],
    ['sqlite', false, 'sqlite', true],
    'what they say',
  );
  await commits(volatile.commit({ received: message('m') }));
  equal(await listed(volatile), ['m'], 'messages in memory');
  await volatile.close();
  await file.close();
}
