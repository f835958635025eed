/** @module The package installed with npm beside its optional peers: the demo on a server, and the generator. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../api/entries.ts';
import { assert, suite } from '../support/suite.ts';
import { Project, resolutions } from './project.ts';

const test = suite('package: peers');

const installed = 'node_modules/shapeshifter-uftp';
let project: Project;

test.before(async () => {
  project = await Project.make();
  const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = { ...peerDependencies, '@types/node': devDependencies['@types/node'] };
  const packages = Object.entries(wanted).map(([name, range]) => `${name}@${range}`);
  await project.install('shapeshifter-uftp', ...packages);
});

test.after(() => project.remove());

test('Three participants trade a day.', async () => {
  const { stdout, code } = await project.uftp('demo', '--once');
  assert.match(stdout, 'all accepted.');
  assert.is(code, 0);
});

test('A service is served, and answers over HTTP.', async () => {
  assert.is(await project.must('node', 'serve.mjs', 'shapeshifter-uftp/node'), '405\n');
});

const generate = [
  'generate',
  '--xsd',
  `${installed}/schemas/3.1.0`,
  '--protocol',
  'protocol.json',
  '--out',
  'uftp',
];

test('The generator works from the installed XSDs and a protocol file that extends ours.', async () => {
  const base = 'shapeshifter-uftp/schemas/3.1.0/protocol.json';
  project.write('protocol.json', JSON.stringify({ version: '3.1.0', extends: base }));
  const { stdout, stderr, code } = await project.uftp(...generate);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^UFTP 3\.1\.0: \d+ files, /);
  const ours = readdirSync(join(root, 'generated/3.1.0')).sort();
  assert.equal(readdirSync(join(project.folder, 'uftp')).sort(), ours);
  assert.is((await project.uftp(...generate, '--check')).code, 0, 'and gives the same again');
});

const consumer = `
import { createService, memory, addressBook } from 'shapeshifter-uftp';
import { agr, type AgrHandlers, type FlexOrder, protocol } from './uftp/index.ts';

export const handlers: AgrHandlers<unknown> = {
  preProcessFlexOrder: (order: FlexOrder) =>
    order.isp.length > 0
      ? { decision: 'accept', fields: {} }
      : { decision: 'reject', reasons: ['No ISPs'], fields: {} },
};
const service = await createService(agr, {
  domain: 'agr.example',
  key: crypto.getRandomValues(new Uint8Array(32)),
  store: memory(),
  lookup: addressBook([]),
  handlers,
  observe() {},
});
console.log(service.party.role, protocol.version);
`;

for (const [resolution, modules] of Object.entries(resolutions)) {
  test(`What was generated, and code that uses it, compile under ${resolution} in a strict project.`, async () => {
    project.write('consumer.ts', consumer);
    const types = { lib: ['es2023'], types: ['node'] };
    assert.is(await project.compile(['consumer.ts'], { ...modules, ...types }), '');
  });
}

test('Code that was compiled against what was generated runs.', async () => {
  const options = { module: 'nodenext', lib: ['es2023'], types: ['node'], noEmit: false, outDir: 'out' };
  const emit = { ...options, allowImportingTsExtensions: false, rewriteRelativeImportExtensions: true };
  assert.is(await project.compile(['consumer.ts'], emit), '');
  assert.is(await project.must('node', 'out/consumer.js'), 'AGR 3.1.0\n');
});

test('Versions are compared, as XSDs and as what was generated from them.', async () => {
  for (const folder of ['schemas', 'generated']) {
    const { stdout, code } = await project.uftp(
      ...['diff', `${installed}/${folder}/3.1.0`, `${installed}/${folder}/next`, '--json'],
    );
    assert.is(code, 1, 'something breaks');
    assert.ok(JSON.parse(stdout).length > 30);
  }
});
