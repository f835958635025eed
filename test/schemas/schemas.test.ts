/** @module `npm run schemas:check` finds our XSDs equal to the official ones, and finds whatever is changed in them. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareHashes, compareXsds } from '../../codegen/schemas-check.ts';
import { assert, suite } from '../support/suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const official = join(root, '../shared/xsd');
const schemas = join(root, 'schemas');
const versions = ['3.0.0', '3.1.0', 'next'];

const test = suite('schemas: check');

/** The official side of every mutation is our own folder, so that these tests need nothing from outside. */
const untouched = join(schemas, '3.1.0');
const temporary: string[] = [];

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'uftp-schemas-'));
  temporary.push(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function edit(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file, 'utf8');
  const edited = text.replace(from, to);
  assert.is.not(edited, text, `${file} holds ${from}`);
  writeFileSync(file, edited);
}

function run(...args: string[]): { status: number | null; output: string } {
  const command = ['--import', 'tsx', 'codegen/schemas-check.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test.after(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

if (existsSync(official)) {
  test('Every version is equal to the official one: trees, SHA-256 and generated code.', () => {
    const { status, output } = run('--official', official);
    assert.is(status, 0, output);
    for (const version of versions) {
      assert.match(
        output,
        new RegExp(`^${version}: 8 files of \\d+ elements, 8 hashes, \\d+ .+: equal$`, 'm'),
      );
    }
  });
} else {
  test.skip('Every version is equal to the official one', `${official} is absent`);
}

const schema = (file: string): string => `UFTP-${file}.xsd/xs:schema`;
const pattern = `${schema('common')}/xs:simpleType[@name="UUIDType"]/xs:restriction/xs:pattern`;
const isp = `${schema('agr-dso')}/xs:complexType[@name="FlexRequestISPType"]`;
const order = `${schema('agr-dso')}/xs:complexType[@name="FlexOrderType"]/xs:complexContent/xs:extension`;
const metering = `${schema('metering')}/xs:complexType[@name="MeteringProfileType"]`;

/** What is changed, in which file, what by what, and the paths of the differences. */
// biome-ignore format: one case per line
const mutations: readonly (readonly [string, string, string | RegExp, string, ...string[]])[] = [
  ['a dropped attribute', 'agr-dso', /<xs:attribute name="MinPower".*/, '', `${isp}/xs:attribute[@name="MinPower"]`],
  ['a dropped use', 'agr-dso', /(name="MinPower".*) use="required"/, '$1', `${isp}/xs:attribute[@name="MinPower"]/@use`],
  ['a changed default', 'agr-dso', /(FlexRequestISPType">[\s\S]+?default=)"1"/, '$1"2"', `${isp}/xs:attribute[@name="Duration"]/@default`],
  ['a changed facet', 'common', '{12}"', '{13}"', `${pattern}/@value`],
  ['a second pattern', 'common', '{12}"/>', '{12}"/><xs:pattern value="x"/>', `${pattern}[2]`],
  ['a swapped order', 'agr-dso', /(<.*"MinPower".*>)\s+(<.*"MaxPower".*>)/, '$2$1', `${isp}/(order)`],
  ['a changed occurrence', 'metering', 'MeteringISPType" maxOccurs', 'MeteringISPType" minOccurs="0" maxOccurs', `${metering}/xs:sequence/xs:element[@name="ISP"]/@minOccurs`],
  ['an added xs:any', 'agr-dso', /"FlexOrderISPType".*>/, '$&<xs:any/>', `${order}/xs:sequence/xs:any`],
  ['xs:choice for xs:sequence', 'metering', /(MeteringProfileType">\s*<xs:)sequence([\s\S]+?<\/xs:)sequence/, '$1choice$2choice', `${metering}/xs:sequence`, `${metering}/xs:choice`],
  ['a declared namespace', 'metering', ' elementFormDefault', ' xmlns:x="urn:x" elementFormDefault', `${schema('metering')}/@xmlns:x`],
  ['an attribute of another namespace', 'metering', ' elementFormDefault', ' xml:lang="en" elementFormDefault', `${schema('metering')}/@{http://www.w3.org/XML/1998/namespace}lang`],
  ['a stray text', 'metering', '<xs:simpleType', 'x$&', `${schema('metering')}/#text`],
  ['a dropped include', 'agr', '<xs:include schemaLocation="UFTP-agr-cro.xsd"/>', '', `${schema('agr')}/xs:include[@schemaLocation="UFTP-agr-cro.xsd"]`],
];

for (const [what, file, from, to, ...paths] of mutations) {
  test(`The check names ${what}.`, () => {
    const ours = copyOf(untouched);
    edit(join(ours, `UFTP-${file}.xsd`), from, to);
    const { differences } = compareXsds(untouched, ours);
    assert.equal(
      differences.map(({ path }) => path),
      paths,
    );
  });
}

test('A difference tells what both sides say and in which line.', () => {
  const ours = copyOf(untouched);
  edit(join(ours, 'UFTP-metering.xsd'), '[Ee][0-9]{16}', '[Ee][0-9]{18}');
  const { differences } = compareXsds(untouched, ours);
  assert.equal(differences, [
    {
      path: `${schema('metering')}/xs:simpleType[@name="EANType"]/xs:restriction/xs:pattern/@value`,
      official: '"[Ee][0-9]{16}" (line 8)',
      ours: '"[Ee][0-9]{18}" (line 8)',
    },
  ]);
});

test('A file that only one side has is a difference.', () => {
  const fewer = copyOf(untouched);
  rmSync(join(fewer, 'UFTP-cro.xsd'));
  const missing = { path: 'UFTP-cro.xsd', official: 'present', ours: 'absent' };
  assert.equal(compareXsds(untouched, fewer).differences, [missing]);
  const added = { path: 'UFTP-cro.xsd', official: 'absent', ours: 'present' };
  assert.equal(compareXsds(fewer, untouched).differences, [added]);
});

test('Annotations, comments, white space and the order of attributes are no difference.', () => {
  const ours = copyOf(untouched);
  const note = '<xs:annotation><xs:documentation>Text</xs:documentation></xs:annotation><!-- more -->';
  edit(join(ours, 'UFTP-metering.xsd'), '<xs:simpleType', `${note}\n\n\n<xs:simpleType`);
  edit(
    join(ours, 'UFTP-metering.xsd'),
    'name="Unit" type="MeteringUnitType"',
    'type="MeteringUnitType" name="Unit"',
  );
  assert.equal(compareXsds(untouched, ours).differences, []);
});

test('A DOCTYPE is refused.', () => {
  const ours = copyOf(untouched);
  edit(join(ours, 'UFTP-metering.xsd'), '<xs:schema', '<!DOCTYPE x><xs:schema');
  assert.throws(() => compareXsds(untouched, ours), /UFTP-metering\.xsd: has a DOCTYPE/);
});

test('A hash that the README does not state, or states otherwise, is a difference.', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-schemas-'));
  temporary.push(folder);
  writeFileSync(join(folder, 'a.xsd'), 'abc');
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const row = (file: string, hash: string): string => `| \`1.0.0/${file}\` | \`${hash}\` |\n`;
  const paths = (readme: string): string[] =>
    compareHashes(folder, '1.0.0', readme).differences.map(({ path }) => path);
  assert.equal(paths(row('a.xsd', abc)), []);
  assert.equal(paths(row('a.xsd', abc.replace('b', 'c'))), ['SHA-256 of a.xsd']);
  assert.equal(paths(''), ['SHA-256 of a.xsd']);
  assert.equal(paths(row('a.xsd', abc) + row('b.xsd', abc)), ['SHA-256 of b.xsd']);
});

test('Our own files carry no annotation, and one comment that says what the file holds.', () => {
  for (const version of versions) {
    for (const file of readdirSync(join(schemas, version)).filter((name) => name.endsWith('.xsd'))) {
      const text = readFileSync(join(schemas, version, file), 'utf8');
      assert.not.match(text, /annotation|appinfo|\t|\r/);
      assert.is(text.match(/<!--/g)?.length, 1, `${version}/${file}`);
    }
  }
});

test('A difference ends the command with 1 and shows in trees, hashes and generated code.', () => {
  const changed = mkdtempSync(join(tmpdir(), 'uftp-schemas-'));
  temporary.push(changed);
  cpSync(untouched, join(changed, '3.1.0'), { recursive: true });
  edit(join(changed, '3.1.0/UFTP-common.xsd'), '[A-Z]{3}', '[A-Z]{4}');
  const { status, output } = run('--official', changed);
  assert.is(status, 1, output);
  for (const line of [
    'versions: 3.0.0, 3.1.0, next: differences: 2',
    'ISO4217CurrencyType"]/xs:restriction/xs:pattern/@value',
    'SHA-256 of UFTP-common.xsd',
    'generated scalars.ts, line',
  ]) {
    assert.ok(output.includes(line), `${line} is missing in ${output}`);
  }
});

test('An absent official folder ends the command with 2, not in silence.', () => {
  const { status, output } = run('--official', join(tmpdir(), 'no-such-folder'));
  assert.is(status, 2);
  assert.match(output, /nothing checked: no official XSDs in .*no-such-folder/);
});

test('The command explains itself, and refuses an option it does not know.', () => {
  assert.match(run('--help').output, /--official DIR/);
  assert.is(run('--offical', official).status, 2);
});
