/** @module The conformance suite, and more, over SQLite files: by libsql, and by node:sqlite where this Node has it. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../runtime/store/sqlite-file.ts';
import { fileHost } from '../../runtime/store/sqlite-host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite-libsql.ts';
import { nodeSqlite, sqlite } from '../../runtime/store/sqlite-node.ts';
import { suite } from '../support/suite.ts';
import { sqliteCases } from './sqlite/cases.ts';
import { equalRefusal } from './sqlite/opening.ts';

/** The user that is nobody: to root every file may be written. */
const nobody = 65_534;

const libsql = await loadLibsql();

declare('libsql', (path) => openFile(path, { ...fileHost, open: libsql }));
if (nodeSqlite() !== undefined) declare('node:sqlite', sqlite);

function declare(name: string, open: typeof sqlite): void {
  const test = suite(`store: SQLite by ${name}`);
  const { cases, remove } = sqliteCases(open);
  for (const { title, run } of cases) test(title, run);
  test.after(remove);

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
