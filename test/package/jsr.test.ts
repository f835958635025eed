/** @module What JSR asks of a package: a rehearsal of publishing it from deno.json. */

import { root } from '../api/entries.ts';
import { runtimes } from '../runtimes/install/install.ts';
import { assert, suite } from '../support/suite.ts';
import { run, show } from './command.ts';

const test = suite('package: JSR');

test('The sources hold the rules of JSR, without slow types, and only they would be published.', async () => {
  show('deno publish --dry-run');
  const { deno } = await runtimes();
  const { stdout, stderr, code } = await run(deno, ['publish', '--dry-run', '--allow-dirty'], { cwd: root });
  assert.is(code, 0, stdout + stderr);
  const said = stdout + stderr;
  assert.not.match(said, /warning|slow-type/i);
  const published = [
    ...said.matchAll(/file:\/\/\S*?\/((?:codegen|generated|runtime|schemas|test)\/\S+|[\w.]+) \(/g),
  ];
  assert.ok(published.length > 100, said);
  const folders = new Set(published.map(([, file = '']) => file.split('/')[0]));
  assert.equal([...folders].sort(), [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'codegen',
    'deno.json',
    'generated',
    'runtime',
    'schemas',
  ]);
});
