/** @module `schema.json` compiles in ajv and says of the JSON form what the XSD says of the document. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert, suite } from '../support/suite.ts';
import { inWorkspace, ownDeclarations, root } from './workspace.ts';

const test = suite('codegen: JSON Schema');

function compiled(text: string): (type: string, value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true });
  ajv.addSchema(JSON.parse(text), 'uftp');
  return (type, value) => ajv.validate({ $ref: `uftp#/$defs/${type}` }, value);
}

for (const version of ['3.0.0', '3.1.0', 'next']) {
  test(`That of ${version} compiles under ajv's strict rules, every definition of it.`, () => {
    const schema = JSON.parse(readFileSync(join(root, 'generated', version, 'schema.json'), 'utf8'));
    const anyOf = Object.keys(schema.$defs).map((name) => ({ $ref: `#/$defs/${name}` }));
    assert.is(new Ajv2020({ strict: true }).validate({ ...schema, anyOf }, null), false);
  });
}

const uuid = '00000000-0000-4000-8000-000000000000';
const forecast = {
  Version: '3.1.0',
  SenderDomain: 'agr.nl',
  RecipientDomain: 'dso.nl',
  TimeStamp: '2026-10-25T12:00:00Z',
  MessageID: uuid,
  ConversationID: uuid,
  'ISP-Duration': 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: '2026-10-25',
  CongestionPoint: 'ean.123456789012',
  Revision: 1,
  ISP: [{ Power: -5, Start: 1 }],
};

// biome-ignore format: one case to a line
const messages: readonly (readonly [change: object, isValid: boolean])[] = [
  [{}, true],
  [{ ISP: [{ Power: -5, Start: 1, Duration: 2 }] }, true],
  [{ ISP: [] }, false],
  [{ ISP: undefined }, false],
  [{ ISP: { Power: 1, Start: 1 } }, false],
  [{ ISP: [{ Power: 1.5, Start: 1 }] }, false],
  [{ ISP: [{ Power: '1', Start: 1 }] }, false],
  [{ ISP: [{ Power: 9007199254740991, Start: 1 }] }, true],
  [{ ISP: [{ Power: 9007199254740992, Start: 1 }] }, false],
  [{ Revision: undefined }, false],
  [{ Extra: 1 }, false],
  [{ MessageID: 'x' }, false],
  [{ Period: '2026-02-29' }, false],
  [{ Period: '2024-02-29' }, true],
  [{ TimeStamp: '2026-10-25T12:00:00' }, true],
  [{ TimeStamp: '2026-10-25 12:00:00' }, false],
];
const isValid = compiled(readFileSync(join(root, 'generated/3.1.0/schema.json'), 'utf8'));
for (const [change, expected] of messages) {
  test(`A D-Prognosis with ${JSON.stringify(change)} is ${expected ? 'valid' : 'invalid'}.`, () => {
    assert.is(isValid('D-Prognosis', JSON.parse(JSON.stringify({ ...forecast, ...change }))), expected);
  });
}

// biome-ignore format: one case to a line
const literals: readonly (readonly [type: string, valid: readonly unknown[], invalid: readonly unknown[]])[] = [
  ['PeriodType', ['2026-10-25', '2000-02-29', '2400-02-29', '12345-01-01', '-0001-12-31', '2026-01-01Z', '2026-01-01+14:00'], ['0000-01-01', '1900-02-29', '2100-02-29', '2026-13-01', '2026-04-31', '26-01-01', '02026-01-01', '2026-01-01+14:01', 20260101]],
  ['xs:dateTime', ['2026-10-25T24:00:00', '2026-10-25T23:59:59.123Z', '2026-10-25T00:00:00-13:59'], ['2026-10-25T24:00:01', '2026-10-25T25:00:00', '2026-10-25', '2026-10-25T12:60:00', '2026-10-25T12:00', '2026-10-25T12:00:00.']],
  ['xs:duration', ['PT15M', 'P1Y2M3DT4H5M6.7S', '-P1D', 'PT0S'], ['P', 'PT', 'P1S', 'PT15', '15M', 'P-1D', 'P1DT', 'PT1.S']],
  ['xs:boolean', [true, false], ['true', 1]],
  ['xs:long', [1, -1, 2 ** 60], [1.5, '1', 1e30]],
  ['xs:positiveInteger', [1], [0, -1]],
  ['xs:base64Binary', ['', 'AA==', 'AAA=', 'AAAA'], ['A', 'AB==', 'AA=', 'AAB=', 'AA AA', '!!!!']],
  ['CurrencyAmountType', ['1', '1.2345', '-1.23450', '+.5', '1.'], ['1.23456', '', '.', '1e5', 1]],
  ['ActivationFactorType', ['0.01', '1.00', '.5'], ['0.123', 'x']],
  ['USEF-RoleType', ['AGR'], ['BRP', 'agr']],
  ['EANType', ['E1234567890123456', 'E123456789012345678'], ['E12345678901234567', '1234567890123456']],
];
for (const [type, valid, invalid] of literals) {
  test(`${type} takes the literals of its values and no others.`, () => {
    for (const value of valid) assert.ok(isValid(type, value), `${JSON.stringify(value)} should be valid`);
    for (const value of invalid)
      assert.not.ok(isValid(type, value), `${JSON.stringify(value)} should be invalid`);
  });
}

const facet = (name: string, value: string): string => `<xs:${name} value="${value}"/>`;

// biome-ignore format: one case to a line
const facets: readonly (readonly [base: string, facets: string, valid: readonly unknown[], invalid: readonly unknown[]])[] = [
  ['decimal', facet('totalDigits', '3'), ['123', '1.23', '0.12', '.123', '00123', '1.2300', '-12.3', '12.', '100'], ['1234', '1.234', '0.1234', '1000', '12.34', '1230', '']],
  ['decimal', facet('totalDigits', '3') + facet('fractionDigits', '1'), ['12.3', '123', '12.30', '.1', '123.0'], ['1.23', '123.4', '1234']],
  ['decimal', facet('fractionDigits', '0'), ['1', '1.', '1.000'], ['1.1', '.1']],
  ['integer', facet('totalDigits', '2') + facet('minExclusive', '-5'), [99, -4], [100, -5]],
  ['long', facet('minInclusive', '-9007199254740993'), [-1], [-9007199254740996]],
  ['string', facet('minLength', '2') + facet('maxLength', '3'), ['ab', '😀😀😀'], ['a', '😀', 'abcd']],
  ['string', facet('pattern', 'a.*') + facet('pattern', 'b.*'), ['a1', 'b1'], ['c1']],
  ['hexBinary', facet('length', '4'), ['AAAAAA=='], ['AAAA', 'AAAAAAAAAAAA']],
];
for (const [base, text, valid, invalid] of facets) {
  test(
    `A restriction of ${base} by ${text} takes the values that it should.`,
    inWorkspace(
      async (workspace) => {
        ownDeclarations(
          workspace,
          `☞<xs:simpleType name="Own"><xs:restriction base="xs:${base}">${text}</xs:restriction></xs:simpleType>`,
        );
        await workspace.generate();
        const check = compiled(workspace.read('schema.json'));
        for (const value of valid) assert.ok(check('Own', value), `${JSON.stringify(value)} should be valid`);
        for (const value of invalid)
          assert.not.ok(check('Own', value), `${JSON.stringify(value)} should be invalid`);
      },
      ['UFTP-common.xsd'],
    ),
  );
}

test(
  'Numbers are written with all their digits, and what cannot be said is named.',
  inWorkspace(
    async (workspace) => {
      ownDeclarations(
        workspace,
        `☞<xs:complexType name="T"><xs:attribute name="A" type="xs:unsignedLong" default="18446744073709551615"/>
    <xs:attribute name="B" default="1.5"><xs:simpleType><xs:restriction base="xs:decimal">${facet('minInclusive', '1')}</xs:restriction></xs:simpleType></xs:attribute></xs:complexType>`,
      );
      await workspace.generate();
      const text = workspace.read('schema.json');
      assert.match(text, '"A": { "$ref": "#/$defs/xs:unsignedLong", "default": 18446744073709551615 }');
      assert.match(
        text,
        '"xs:unsignedLong": { "type": "integer", "minimum": 0, "maximum": 18446744073709551615 }',
      );
      assert.match(text, '"$comment": "JSON Schema cannot say the bounds of this type."');
    },
    ['UFTP-common.xsd'],
  ),
);
