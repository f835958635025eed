/** @module The conformance suite, and more, over SQLite files, which another process opens too: in this thread, and in one of their own. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimed, commits, outgoing } from '../../runtime/store/conformance/stage.ts';
import { openFile } from '../../runtime/store/sqlite/file.ts';
import { fileHost } from '../../runtime/store/sqlite/host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { sqlite } from '../../runtime/store/sqlite/node.ts';
import { assert, suite } from '../support/suite.ts';
import { sqliteCases } from './sqlite/cases.ts';
import { equalRefusal } from './sqlite/opening.ts';
import { openInProcess } from './sqlite/process.ts';

/** The user that is nobody: to root every file may be written. */
const nobody = 65_534;

const libsql = await loadLibsql();

declare('libsql, in this thread', (path) => openFile(path, { ...fileHost, open: libsql }));
declare('what this Node has, in a thread', sqlite);

function declare(name: string, open: typeof sqlite): void {
  const test = suite(`store: SQLite by ${name}`);
  const { cases, remove } = sqliteCases(open, openInProcess);
  for (const { title, run } of cases) test(title, run);
  test.after(remove);

  test('a commit of another process wakes who watches, and what it queued can be claimed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'uftp-watch-'));
    const path = join(folder, 'store.sqlite');
    const store = await open(path);
    const other = await openInProcess(path);
    const woken = new Promise<void>((resolve) => {
      store.watch(resolve);
    });
    await commits(other.commit({ outgoing: [outgoing('from the other')] }));
    await woken;
    assert.equal(await claimed(store, 0), ['from the other']);
    await Promise.all([store.close(), other.close()]);
    rmSync(folder, { recursive: true });
  });

  test('a file that cannot be written is refused with its path and what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'uftp-readonly-'));
    const path = join(folder, 'store.sqlite');
    await (await open(path)).close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(nobody);
    try {
      const words = 'it cannot be written: give this process the right to write the file and its folder';
      await equalRefusal(open(path), path, words);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o755);
      rmSync(folder, { recursive: true });
    }
  });
}
