/** @module The path of a file as it is given goes in, the path to read it by comes out. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = 'shapeshifter-uftp';

/**
 * Finds a file.
 *
 * @param file `shapeshifter-uftp/…` for a file of this package, else a path
 * @param from the file that the path is relative to; default: the working directory
 */
export function locate(file: string, from?: string): string {
  if (file.startsWith(`${packageName}/`)) return join(packageRoot(), file.slice(packageName.length + 1));
  return from === undefined ? file : resolve(dirname(from), file);
}

/** The folder of this package, above the sources as well as above what is built from them. */
function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === packageName)
      return folder;
    if (dirname(folder) === folder) throw new Error(`${packageName} has lost its package.json`);
  }
}
