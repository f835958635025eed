/** @module Starts the thread of a SQLite file on Node, Bun and Deno: what to open in, a store out. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../ports/store.ts';
import { Watchers } from '../watchers.ts';
import type { Opening } from './calls.ts';
import type { SqlTx } from './driver.ts';
import { openFile, type SqlHost } from './file.ts';
import { Line } from './line-node.ts';
import { ThreadedStore } from './threaded.ts';

/** Beside this file: `.ts` in the source, `.js` in the package. Beside a bundle there is none, unless it was put there. */
const program = new URL(`thread-node${/\.\w+$/.exec(import.meta.url)?.[0] ?? '.js'}`, import.meta.url);

/**
 * Opens a file as a store in a thread of its own; in memory, and where no thread can be had, in this one.
 *
 * @param host - how this thread opens files
 * @throws {UftpError} `store-unavailable` that says why not and what to do
 */
export async function openInThread(opening: Opening, host: SqlHost): Promise<Store<SqlTx>> {
  const { path, options } = opening;
  const watchers = new Watchers();
  const wake = (): void => watchers.wake();
  const isFile = path !== '' && path !== ':memory:';
  const thread = isFile ? await start(opening, wake) : undefined;
  if (thread === undefined) return openFile(path, host, options);
  // The file is there. Where it is gone later, one that is made anew would hide that.
  const again: Opening = { ...opening, options: { make: false } };
  try {
    const here = await openFile(path, host, again.options);
    return new ThreadedStore({ thread, here, watchers, start: () => opened(new Line(program, again, wake)) });
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** @returns undefined where no thread can be had: a bundle lacks its program, or this process a permission */
async function start(opening: Opening, wake: () => void): Promise<Line | undefined> {
  let line: Line | undefined;
  try {
    if (program.protocol !== 'file:' || !existsSync(fileURLToPath(program))) return undefined;
    line = new Line(program, opening, wake);
    return await opened(line);
  } catch (error) {
    if (line?.hasSpoken) throw error; // the file is to blame
    return undefined;
  }
}

async function opened(line: Line): Promise<Line> {
  try {
    await line.opened;
  } catch (error) {
    await line.end();
    throw error;
  }
  return line;
}
