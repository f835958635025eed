/** @module Plays the cases for stores in SQLite on the runtime that it is run by, and writes what became of each. */

import { sqliteBun } from '../../../runtime/store/sqlite-bun.ts';
import { sqliteNode } from '../../../runtime/store/sqlite-node.ts';
import { play } from '../play.ts';
import { sqliteCases } from './cases.ts';

const { cases, remove } = sqliteCases('Bun' in globalThis ? sqliteBun : sqliteNode);
try {
  console.log(JSON.stringify(await play(cases)));
} finally {
  remove();
}
