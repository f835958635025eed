/** @module The store in a SQLite file by bun:sqlite: a path in, a store out; an adapter for Bun. */

import process from 'node:process';
import type { Store } from '../ports/store.ts';
import { sqlStore } from './sqlite.ts';
import type { SqlTx } from './sqlite-driver.ts';
import { fileDriver, type SqlConnection } from './sqlite-file.ts';

/** What is used of `bun:sqlite`. */
interface BunSqlite {
  readonly Database: new (path: string) => SqlConnection;
}

/**
 * Opens a SQLite file, which is made where there is none.
 *
 * @param path of the file; `:memory:` keeps everything in this process
 * @throws {Error} where this is not Bun, or the file cannot be opened
 */
export function sqliteBun(path: string): Store<SqlTx> {
  // Not imported: only Bun knows the name.
  const sqlite = process.getBuiltinModule?.('bun:sqlite') as BunSqlite | undefined;
  if (sqlite === undefined) throw new Error('bun:sqlite needs Bun');
  return sqlStore(fileDriver('sqlite', path, new sqlite.Database(path)));
}
