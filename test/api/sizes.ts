/** @module `npm run sizes`: what the package weighs in bundles is measured, and the README's table written anew. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './entries.ts';
import { measure, replaceTable, tableOf } from './size-table.ts';

const readme = join(root, 'README.md');
const table = tableOf(await measure());
writeFileSync(readme, replaceTable(readFileSync(readme, 'utf8'), table));
console.log(table);
