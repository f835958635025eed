/** @module The store in a SQLite file by node:sqlite: a path in, a store out; an adapter for Node from 22.5 on. */

import process from 'node:process';
import type { Store } from '../ports/store.ts';
import { sqlStore } from './sqlite.ts';
import type { SqlTx } from './sqlite-driver.ts';
import { fileDriver, type SqlConnection } from './sqlite-file.ts';

/** What is used of `node:sqlite`: the types of Node 20 do not have it. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqlConnection;
}

/**
 * Opens a SQLite file, which is made where there is none.
 *
 * @param path of the file; `:memory:` keeps everything in this process
 * @throws {Error} where this Node has no `node:sqlite`, or the file cannot be opened
 */
export function sqliteNode(path: string): Store<SqlTx> {
  // Not imported: a Node without it could not even load this file.
  const sqlite = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  if (sqlite === undefined)
    throw new Error(`node:sqlite needs Node 22.5 or later, this is ${process.version}`);
  return sqlStore(fileDriver('sqlite', path, new sqlite.DatabaseSync(path)));
}
