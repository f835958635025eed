/** @module The conformance suite, and more, over SQLite files on Node 22 and 24, Bun and Deno. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../../runtime/node.ts';
import { sqliteCases } from '../../store/sqlite/cases.ts';
import { assert, suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { flags, remoteSuite, runScript } from '../remote.ts';

const { node22, node24, bun, deno } = await runtimes();
const { cases, remove } = sqliteCases(sqlite); // for their titles
remove();
const titles = cases.map(({ title }) => title);

for (const [name, program, how] of [
  ['node:sqlite on Node 22', node22, flags.node],
  ['node:sqlite on Node 24', node24, flags.node],
  ['bun:sqlite', bun, flags.bun],
  ['node:sqlite on Deno', deno, flags.deno],
] as const) {
  if (program === undefined) suite(name).skip('the store', 'npm has none for this machine');
  else {
    remoteSuite(name, titles, () => runScript<Result[]>(program, how, 'test/runtimes/sqlite/run.ts'));
    const test = suite(`${name}, left open`);
    test('a file is worked on in a thread, and the process ends when nothing is under way', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'uftp-idle-'));
      const done = await runScript(program, how, 'test/store/sqlite/idle.ts', join(folder, 'store.sqlite'));
      assert.equal(done, { isThreaded: true, messages: 1 });
      rmSync(folder, { recursive: true });
    });
  }
}
