/** @module package.json goes in; the package's entries with their source files come out. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The condition under which an entry is its source file. */
export const sourceCondition = 'shapeshifter-uftp-source';

/** The conditions of an entry in package.json, in their order. */
export type Conditions = Readonly<Record<string, string>>;

/** `exports` of package.json: conditions of modules, a path of what is only a file. */
export function exportsField(): Readonly<Record<string, Conditions | string>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports;
}

/** Source files by entry, such as `./node` and `runtime/node.ts`. */
export function entries(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [entry, conditions] of Object.entries(exportsField())) {
    if (typeof conditions === 'string') continue;
    const source = conditions[sourceCondition];
    if (source === undefined) throw new Error(`${entry} has no condition ${sourceCondition}`);
    found.set(entry, source.replace('./', ''));
  }
  return found;
}

/** How an entry is imported: `./node` is `shapeshifter-uftp/node`. */
export function specifier(entry: string): string {
  return `shapeshifter-uftp${entry.slice(1)}`;
}
