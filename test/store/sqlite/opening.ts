/** @module What cannot be opened as a store in SQLite, as cases for any runtime: the error names the file and what to do. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUftpError } from '../../../runtime/errors.ts';
import type { Store } from '../../../runtime/ports/store.ts';
import { equal, rejects } from '../../../runtime/store/conformance/stage.ts';
import type { Case } from '../../../runtime/store/conformance.ts';

/** What is there, and what the error says beside the path. */
const refused: readonly (readonly [what: string, make: (path: string) => void, words: string])[] = [
  [
    'a file that is no database',
    (path) => writeFileSync(path, 'Not a database, but a text of some length: '.repeat(100)),
    'it is no SQLite database: choose another path',
  ],
  [
    'a folder',
    (path) => mkdirSync(path),
    'it cannot be opened: make the folder, and give this process the right to write there',
  ],
  [
    'a file in a folder that is missing',
    () => {},
    'it cannot be opened: make the folder, and give this process the right to write there',
  ],
];

/** Makes the cases, in a folder. */
export function openingCases(open: (path: string) => Promise<Store>, folder: string): Case[] {
  return refused.map(([what, make, words], index) => ({
    title: `${what} is refused with its path and what to do`,
    async run() {
      const path = join(folder, `refused ${index}`, ...(what.endsWith('missing') ? ['store.sqlite'] : []));
      make(path);
      await equalRefusal(open(path), path, words);
    },
  }));
}

/** Expects `store-unavailable` with the path and these words. */
export async function equalRefusal(result: Promise<unknown>, path: string, words: string): Promise<void> {
  const error = await rejects(result, 'the store');
  equal(isUftpError(error) && error.code, 'store-unavailable', `code of ${error}`);
  equal(isUftpError(error) && error.text, `SQLite file ${path}: ${words}`, 'what it says');
}
