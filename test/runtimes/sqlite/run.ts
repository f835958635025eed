/** @module Plays the cases for stores in SQLite on the runtime that it is run by, and writes what became of each. */

import { sqliteCases } from '../../store/sqlite/cases.ts';
import { play } from '../play.ts';

const entry = ['Bun', 'Deno'].find((name) => name in globalThis)?.toLowerCase() ?? 'node';
const { sqlite } = (await import(
  `../../../runtime/${entry}.ts`
)) as typeof import('../../../runtime/node.ts');
const { cases, remove } = sqliteCases(sqlite);
try {
  console.log(JSON.stringify(await play(cases)));
} finally {
  remove();
}
