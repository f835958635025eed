/** @module Where the demonstration keeps its messages: a path or none in; a store for as long as it is needed out. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUftpError } from '../../errors.ts';
import { sqlite } from '../../node.ts';
import type { Store } from '../../ports/store.ts';
import { memory } from '../../store/memory/store.ts';
import { UsageError } from '../command.ts';

/**
 * Opens a SQLite file for the time of `work`: a new one that stays where a path is given, else a temporary one.
 * Where there is no SQLite, a demonstration without a path makes do with memory.
 *
 * @throws {UsageError} where the file is there already: an earlier day would be traded on
 */
export async function withDemoStore<T>(
  path: string | undefined,
  warn: (text: string) => void,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  if (path !== undefined && existsSync(path))
    throw new UsageError(`--store takes a new file, and ${path} is there already`);
  const store = path === undefined ? await openTemporary(warn) : ((await sqlite(path)) as Store);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens a file that is removed when the process ends, however it does: a pipe that is closed ends it at once. */
async function openTemporary(warn: (text: string) => void): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    return (await sqlite(join(folder, 'demo.sqlite'))) as Store;
  } catch (error) {
    if (isUftpError(error)) throw error;
    warn(`the messages are kept in memory: ${error instanceof Error ? error.message : error}`);
    return memory() as Store;
  }
}
