/** @module Whether the store in SQLite stays fast: every statement finds its rows by an index, in order. */

import { assert, suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import { flags, runScript } from '../remote.ts';

const { node22 } = await runtimes();
const test = suite('sqlite: plans');
const title = 'every statement finds its rows by an index and sorts none';

if (node22 === undefined) test.skip(title, 'npm has no Node 22 for this machine');
else {
  test(title, async () => {
    const { statements, findings } = await runScript<{ statements: number; findings: string[] }>(
      node22,
      flags.node,
      'test/runtimes/sqlite/plans.ts',
    );
    assert.equal(findings, []);
    assert.ok(statements > 150, `${statements} statements`);
  });
}
