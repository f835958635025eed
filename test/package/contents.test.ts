/** @module What is in the package, and what tools that judge packages say of it. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entries, exportsField, root } from '../api/entries.ts';
import { assert, suite } from '../support/suite.ts';
import { must, run, show } from './command.ts';
import { type Packed, pack } from './packed.ts';

const test = suite('package: contents');

/** What may be in the package; nothing else is. */
const allowed = [
  /^(?:CHANGELOG\.md|LICENSE|README\.md|package\.json)$/,
  /^dist\/(?:codegen|generated|runtime)\/.*\.(?:d\.ts|js)$/,
  /^generated\/[^/]+\/(?:ir|schema)\.json$/,
  /^schemas\/(?:README\.md|corrections\.json|documentation\.json)$/,
  /^schemas\/[^/]+\/(?:[\w-]+\.xsd|protocol\.json)$/,
  /^test\/examples\/(?:[\w-]+\.ts|README\.md)$/,
  /^test\/examples\/(?:agr-worker|own-version)\/(?:\w+\.ts|protocol\.json|wrangler\.toml)$/,
];

/** Commands of this checkout only. */
const development = /^dist\/codegen\/(?:main|schemas-check)\./;

const tools = join(dirname(fileURLToPath(import.meta.url)), 'tools');
let packed: Packed;

test.before(async () => {
  packed = await pack();
  if (existsSync(join(tools, 'node_modules'))) return;
  show('installing publint and attw');
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tools });
});

test('Nothing is in it that does not belong there.', () => {
  assert.equal(
    packed.files.filter((file) => !allowed.some((form) => form.test(file)) || development.test(file)),
    [],
  );
});

test('Licence, README, changelog and examples are in it, the three versions as data, and each entry with its types.', () => {
  const modules = Object.values(exportsField()).flatMap((conditions) =>
    typeof conditions === 'string' ? [] : [conditions.types ?? '', conditions.default ?? ''],
  );
  const data = ['3.0.0', '3.1.0', 'next'].flatMap((version) => [
    ...[`generated/${version}/ir.json`, `generated/${version}/schema.json`],
    ...[`schemas/${version}/protocol.json`, `schemas/${version}/UFTP-common.xsd`],
  ]);
  const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/runtime/cli.js', 'schemas/README.md'];
  const examples = [
    'test/examples/README.md',
    'test/examples/agr-node.ts',
    'test/examples/agr-worker/index.ts',
  ];
  const needed = [...modules.map((file) => file.replace('./', '')), ...data, ...texts, ...examples];
  assert.equal(
    needed.filter((file) => !packed.files.includes(file)),
    [],
  );
  assert.is(modules.length, 2 * entries().size);
});

test('publint finds nothing to say.', async () => {
  const { stdout, code } = await run(
    join(tools, 'node_modules/.bin/publint'),
    ['run', packed.tarball, '--strict'],
    {
      cwd: root,
    },
  );
  assert.match(stdout, 'All good!');
  assert.is(code, 0);
});

test('attw finds types for every entry, as an ES module and for bundlers.', async () => {
  const args = [packed.tarball, '--profile', 'esm-only', '--format', 'table-flipped'];
  const { stdout, code } = await run(join(tools, 'node_modules/.bin/attw'), args, { cwd: root });
  assert.is(code, 0, stdout);
});
