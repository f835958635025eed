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

/**
 * Where the thread's program is: beside this file, `.ts` in the source, `.js` in the package.
 *
 * @returns undefined beside a bundle where it was not put, and in a bundle of CommonJS, which does not know where it is
 */
function findProgram(): URL | undefined {
  const here: string | undefined = import.meta.url;
  if (here?.startsWith('file:') !== true) return undefined;
  const program = new URL(`thread-node${/\.\w+$/.exec(here)?.[0] ?? '.js'}`, here);
  return existsSync(fileURLToPath(program)) ? program : undefined;
}

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
  // What is no plain path cannot be looked at, so that the second connection could not tell whether it is the same file.
  const isFile = path !== '' && path !== ':memory:' && !path.startsWith('file:');
  const program = isFile ? findProgram() : undefined;
  const thread = program && (await start(program, opening, wake));
  if (program === undefined || thread === undefined) return openFile(path, host, options);
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

/** @returns undefined where no thread can be had, for lack of a permission */
async function start(program: URL, opening: Opening, wake: () => void): Promise<Line | undefined> {
  let line: Line | undefined;
  try {
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
