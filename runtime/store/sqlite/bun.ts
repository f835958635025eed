/** @module The store in a SQLite file on Bun, by bun:sqlite: a path in, a store out. */

import process from 'node:process';
import type { Store } from '../../ports/store.ts';
import type { SqlTx } from './driver.ts';
import type { SqlConnection, SqlHost } from './file.ts';
import { fileHost } from './host-node.ts';
import { openInThread } from './start-node.ts';

/** What is used of `bun:sqlite`. */
interface BunSqlite {
  readonly Database: new (path: string) => SqlConnection;
}

/**
 * Opens a durable store in a SQLite file, which is made where there is none, by Bun's own SQLite. A commit
 * is on disk when it is answered (WAL, synchronous FULL). A thread of its own writes to the file; `onCommit` runs in this
 * one, and so does all where a bundle leaves out the thread's program. Several processes of one host may have the file
 * open; it must not lie on a network drive.
 *
 * @param path - of the file, in a folder that is there. `:memory:` keeps everything in this process, and is not durable
 * @param options.make - false: a file without the store's tables is refused, and nothing is made. Default true
 * @throws {UftpError} `store-unavailable` where the file cannot be opened, with what to do
 * @throws {TypeError} where this is not Bun
 *
 * @example
 * ```ts
 * import type { Store } from 'shapeshifter-uftp';
 * import { type SqlTx, sqlite } from 'shapeshifter-uftp/bun';
 *
 * const store: Store<SqlTx> = await sqlite('./uftp.sqlite');
 * ```
 */
export async function sqlite(path: string, options: { readonly make?: boolean } = {}): Promise<Store<SqlTx>> {
  return openInThread({ path, options, by: 'bun' }, bunHost());
}

/** @throws {TypeError} where this is not Bun */
export function bunHost(): SqlHost {
  // Not imported: only Bun knows the name.
  const sqlite = process.getBuiltinModule?.('bun:sqlite') as BunSqlite | undefined;
  if (sqlite === undefined) throw new TypeError('shapeshifter-uftp/bun opens SQLite on Bun only');
  return { ...fileHost, open: (file) => new sqlite.Database(file) };
}
