import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatIssue, type Issue } from '../../runtime/errors.ts';
import { uftp } from '../support/command.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: validate --xml-only');
const folder = mkdtempSync(join(tmpdir(), 'uftp-xml-'));

test.after(() => rmSync(folder, { recursive: true }));

test('it judges the XML alone, by no schema', async () => {
  const cases: readonly (readonly [xml: string | Uint8Array, issue?: RegExp])[] = [
    ['<TestMessage Version="0"/>'],
    ['<Anything><at all="1">is fine</at></Anything>'],
    [`<?xml version="1.0" encoding="UTF-8"?><!-- é --><a xmlns="u" xmlns:b="v"><b:c/></a>`],
    ['<a><b></a>', /xml/],
    ['<a/><b/>', /xml/],
    ['<a b="1" b="2"/>', /xml: expected no second attribute b/],
    ['<a>&nbsp;</a>', /xml/],
    ['<x:a/>', /xml/],
    ['<!DOCTYPE a><a/>', /xml/],
    ['<?xml version="1.1"?><a/>', /xml/],
    ['<?xml version="1.0" encoding="latin1"?><a/>', /xml/],
    [new Uint8Array([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), /xml/],
    ['', /xml/],
    ['<a>'.repeat(40) + '</a>'.repeat(40), /limit/],
  ];
  const files = cases.map(([xml], i) => {
    const file = join(folder, `${i}.xml`);
    writeFileSync(file, xml);
    return file;
  });
  const { code, stdout } = await uftp(['validate', '--xml-only', '--json', ...files]);
  assert.is(code, 1);
  const judgements = JSON.parse(stdout.toString()) as {
    readonly valid: boolean;
    readonly issues: readonly Issue[];
  }[];
  for (const [i, [xml, issue]] of cases.entries()) {
    const { valid, issues } = judgements[i] ?? { valid: undefined, issues: [] };
    assert.is(valid, issue === undefined, String(xml));
    assert.is(issues.length, issue === undefined ? 0 : 1);
    if (issue !== undefined) assert.match(formatIssue(issues[0] as Issue), issue);
  }
  const said = await uftp(['validate', '--xml-only', files[1] ?? '']);
  assert.is(said.code, 0);
  assert.is(said.stdout.toString(), `VALID XML  ${files[1]}\n`);
  for (const other of [['--envelope'], ['--official'], ['--schema', '3.1.0']]) {
    const refused = await uftp(['validate', '--xml-only', ...other, files[0] ?? '']);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, /--xml-only judges by no schema/);
  }
});
