/** @module The package installed with npm into an empty project, on this Node: entries, types and the command line. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries, root, specifier } from '../api/entries.ts';
import { surfaceOf } from '../api/surface.ts';
import { assert, suite } from '../support/suite.ts';
import { Project, resolutions } from './project.ts';

const test = suite('package: npm');

let project: Project;

test.before(async () => {
  project = await Project.make();
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await project.install('shapeshifter-uftp', `@types/node@${devDependencies['@types/node']}`);
});

test.after(() => project.remove());

test('Every entry can be imported without optional peers, and exports what its source does.', async () => {
  const exported = await project.exports('node');
  for (const entry of entries().keys())
    assert.equal(exported[specifier(entry)], surfaceOf(entry).values, entry);
});

test('An AGR answers a DSO.', async () => {
  assert.is(
    await project.must('node', 'receive.mjs', 'shapeshifter-uftp/node'),
    'FlexRequestResponse Accepted\n',
  );
});

test('The command line tells its commands, and makes keys.', async () => {
  const { stdout, code } = await project.uftp('--help');
  assert.is(code, 0);
  for (const command of ['demo', 'diff', 'generate', 'keygen', 'open', 'seal', 'validate'])
    assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
  const keys = JSON.parse((await project.uftp('keygen', '--json')).stdout);
  assert.match(keys.cs1, /^cs1\./);
});

const testMessage = `<TestMessage Version="3.1.0" SenderDomain="agr.example" RecipientDomain="dso.example"
  TimeStamp="2030-06-03T12:00:00Z" MessageID="4d0c5b3e-7f0e-4e2f-8d57-0d1f6c3b7a01"
  ConversationID="4d0c5b3e-7f0e-4e2f-8d57-0d1f6c3b7a02"/>`;

test('The command line judges messages.', async () => {
  project.write('good.xml', testMessage);
  project.write('bad.xml', testMessage.replace('TestMessage', 'Testmessage'));
  const good = await project.uftp('validate', 'good.xml');
  assert.match(good.stdout, /VALID.*TestMessage.*3\.1\.0/);
  assert.is(good.code, 0);
  assert.is((await project.uftp('validate', 'bad.xml')).code, 1);
});

const schemas = 'node_modules/shapeshifter-uftp/schemas/3.1.0';
const codegen = 'the generator needs two more packages: npm install --save-dev ts-morph fast-xml-parser\n';
const needs: readonly (readonly [args: readonly string[], words: string])[] = [
  [['demo', '--once'], 'serve on Node needs the package @hono/node-server: npm install @hono/node-server\n'],
  [['generate', '--xsd', schemas, '--protocol', `${schemas}/protocol.json`, '--out', 'uftp'], codegen],
  [['diff', schemas, schemas], codegen],
];
for (const [args, words] of needs) {
  test(`uftp ${args[0]} says which package it needs, and how to install it.`, async () => {
    const { code, stderr } = await project.uftp(...args);
    assert.is(code, 2);
    assert.ok(stderr.includes(`uftp: ${words}`), stderr);
    assert.not.match(stderr, /^ +at /m, 'no stack trace');
  });
}

test('A store in SQLite opens where Node has one, else it says which package it needs.', async () => {
  project.write(
    'store.mjs',
    `import { sqlite } from 'shapeshifter-uftp/node'; console.log((await sqlite(':memory:')).name);`,
  );
  const { stdout, stderr } = await project.run('node', 'store.mjs');
  if (process.getBuiltinModule('node:sqlite') !== undefined) assert.equal([stdout, stderr], ['sqlite\n', '']);
  else assert.ok(stderr.includes('sqlite needs the package libsql: npm install libsql\n'), stderr);
});

test('The generator as a library says the same.', async () => {
  project.write('generate.mjs', `import { generate } from 'shapeshifter-uftp/codegen'; await generate({});`);
  const { stderr } = await project.run('node', 'generate.mjs');
  assert.ok(stderr.includes(`PackagesMissingError: ${codegen}`), stderr);
});

/** Settings of projects that differ in the types that they start from. */
const projects: Readonly<Record<string, object>> = {
  'for Node, without the DOM': { lib: ['es2023'], types: ['node'] },
  'for browsers and workers, without Node': { lib: ['es2023', 'dom', 'dom.iterable'], types: [] },
};

for (const [resolution, modules] of Object.entries(resolutions)) {
  for (const [title, types] of Object.entries(projects)) {
    test(`The types of all entries hold under ${resolution}, in a strict project ${title}.`, async () => {
      const names = [...entries().keys()].map(specifier);
      const imports = names.map((name, i) => `import * as entry${i} from '${name}';\n`).join('');
      const all = names.map((_, i) => `entry${i}`).join(', ');
      project.write('entries.ts', `${imports}export const all: readonly object[] = [${all}];\n`);
      assert.is(await project.compile(['entries.ts'], { ...modules, ...types }), '');
    });
  }

  test(`The aggregator of the README compiles under ${resolution}, in a strict project for Node.`, async () => {
    const page = readFileSync(join(root, 'README.md'), 'utf8');
    project.write('aggregator.ts', /^```ts\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '');
    const types = projects['for Node, without the DOM'];
    assert.is(await project.compile(['aggregator.ts'], { ...modules, ...types }), '');
  });
}
