/** @module What Node, Bun and Deno have in common for SQLite files: which file lies at a path, and turns of the loop. */

import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers';
import type { SqlHost } from './file.ts';

/** All but how to open a file. */
export const fileHost: Pick<SqlHost, 'identify' | 'gather'> = {
  identify(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && `${found.dev} ${found.ino}`;
  },
  // Runs when all that has come in has been taken up, and at once where nothing has.
  gather: setImmediate,
};
