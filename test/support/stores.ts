/** @module Tests that hold for stores of several kinds: a name and the tests in, a suite for each kind out. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../runtime/ports/store.ts';
import { postgres } from '../../runtime/postgres.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { sqlite } from '../../runtime/store/sqlite/node.ts';
import { freshSchema, type PostgresServer, postgresFolder, startPostgres } from './postgres.ts';
import { suite, type Test } from './suite.ts';

/** The kinds of stores that are durable. */
export const durable = ['SQLite', 'PostgreSQL'] as const;
/** All kinds of stores. */
export const all = ['memory', 'SQLite', 'PostgreSQL'] as const;
export type Kind = (typeof all)[number];

/** Stores of one kind. To be asked in tests only. */
export interface Stores {
  /** Where no store is yet: for those that are durable what `--store` takes. */
  place(): string;
  /**
   * Opens what is at a place, as each process does; in memory there is one for all. Typed as memory's: what is done
   * inside of transactions is not the same for two of them.
   */
  open(place: string): Promise<Store<MemoryTx>>;
  /** Of PostgreSQL. */
  server(): PostgresServer;
}

/** Declares the tests once for each kind. The stores are closed behind them. */
export function onStores<Of extends Kind>(
  name: string,
  kinds: readonly Of[],
  declare: (test: Test, stores: Stores, kind: Of) => void,
): void {
  for (const kind of kinds) {
    const test = suite(`${name}, ${kind}`);
    const folder = postgresFolder();
    if (kind !== 'PostgreSQL') declare(test, files(test, kind), kind);
    else if (folder !== undefined) declare(test, schemas(test, folder), kind);
    else declare(skipping(test, 'PostgreSQL is not installed'), files(test, kind), kind);
  }
}

/** What was opened is closed before what it stands on is removed. */
function opened(
  test: Test,
  open: (place: string) => Promise<Store<unknown>>,
  remove: () => unknown,
): Stores['open'] {
  const stores = new Set<Store<unknown>>();
  test.after(async () => {
    await Promise.all([...stores].map((store) => store.close()));
    await remove();
  });
  return async (place) => {
    const store = await open(place);
    stores.add(store);
    return store as Store<MemoryTx>;
  };
}

function files(test: Test, kind: Kind): Stores {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-stores-'));
  const inMemory = new Map<string, Store<MemoryTx>>();
  let count = 0;
  const open = async (place: string): Promise<Store<unknown>> => {
    if (kind === 'SQLite') return sqlite(place);
    const store = inMemory.get(place) ?? memory();
    inMemory.set(place, store);
    return store;
  };
  return {
    place: () => join(folder, `${++count}.sqlite`),
    open: opened(test, open, () => rmSync(folder, { recursive: true })),
    server: () => {
      throw new TypeError(`${kind} has no server`);
    },
  };
}

function schemas(test: Test, folder: string): Stores {
  let server: PostgresServer;
  test.before(async () => {
    server = await startPostgres(folder);
  });
  return {
    place: () => `${server.url}?schema=${freshSchema()}`,
    open: opened(test, postgres, () => server.remove()),
    server: () => server,
  };
}

function skipping(test: Test, why: string): Test {
  const skip = (title: string): void => test.skip(title, why);
  return Object.assign(skip, { skip: test.skip, before: () => {}, after: () => {} });
}
