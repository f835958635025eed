/** @module The store in a SQLite file on Node and Deno: by their own node:sqlite, else by the package libsql. */

import process from 'node:process';
import type { Store } from '../../ports/store.ts';
import type { SqlTx } from './driver.ts';
import { openFile, type SqlConnection, type SqlFileOptions, type SqlHost } from './file.ts';
import { fileHost } from './host-node.ts';
import { loadLibsql } from './libsql.ts';
import { openInThread } from './start-node.ts';

/** What is used of `node:sqlite`: the types of Node 20 do not have it. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqlConnection;
}

/**
 * Opens a durable store in a SQLite file, which is made where there is none: by the `node:sqlite` of Deno or of Node
 * from 22.13 on, else by the package `libsql`. A commit is on disk when it is answered (WAL, synchronous FULL). A thread
 * of its own writes to the file; `onCommit` runs in this one, and so does all where a bundle leaves out the thread's
 * program. Several processes of one host may have the file open; it must not lie on a network drive. Deno must be
 * allowed to read and write the file, and for the thread to read this package: `--allow-read --allow-write`.
 *
 * @param path - of the file, in a folder that is there. `:memory:` keeps everything in this process, and is not durable
 * @param options.make - false: a file without the store's tables is refused, and nothing is made. Default true
 * @throws {UftpError} `store-unavailable` where the file cannot be opened, with what to do
 * @throws {Error} where there is no `node:sqlite`, and the package `libsql` is not installed
 *
 * @example
 * ```ts
 * import type { Store } from 'shapeshifter-uftp';
 * import { type SqlTx, sqlite } from 'shapeshifter-uftp/node';
 *
 * const store: Store<SqlTx> = await sqlite('./uftp.sqlite');
 * ```
 */
export async function sqlite(path: string, options: { readonly make?: boolean } = {}): Promise<Store<SqlTx>> {
  return openInThread({ path, options, by: 'node' }, await nodeHost());
}

/** Opens one as `sqlite` does, but in this thread: for what is soon over. */
export async function sqliteHere(path: string, options: SqlFileOptions = {}): Promise<Store<SqlTx>> {
  return openFile(path, await nodeHost(), options);
}

/** @throws {Error} where there is no `node:sqlite`, and the package `libsql` is not installed */
export async function nodeHost(): Promise<SqlHost> {
  return { ...fileHost, open: nodeSqlite() ?? (await loadLibsql()) };
}

/** Node's own SQLite, from 22.13 on without a flag; undefined where there is none. */
export function nodeSqlite(): SqlHost['open'] | undefined {
  // Not imported: a Node without it could not even load this file. Node 22 warns that it is experimental, at each
  // start; it was not changed since in anything that is used here.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const sqlite = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
    return sqlite && ((path) => new sqlite.DatabaseSync(path));
  } finally {
    process.emitWarning = emitWarning;
  }
}
