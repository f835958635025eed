/** @module Simple types: their lexical forms, values and facets, and libxml2 as witness. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  xsBase64Binary,
  xsBoolean,
  xsByte,
  xsDate,
  xsDateTime,
  xsDecimal,
  xsDuration,
  xsHexBinary,
  xsInt,
  xsInteger,
  xsLong,
  xsNegativeInteger,
  xsNonNegativeInteger,
  xsNonPositiveInteger,
  xsNormalizedString,
  xsPositiveInteger,
  xsShort,
  xsString,
  xsTime,
  xsToken,
  xsUnsignedByte,
  xsUnsignedInt,
  xsUnsignedLong,
  xsUnsignedShort,
} from '../../runtime/codec/builtin.ts';
import { compareDecimals } from '../../runtime/codec/decimal.ts';
import { Fault } from '../../runtime/codec/fault.ts';
import { scalar } from '../../runtime/codec/scalar.ts';
import type { Facets, Scalar } from '../../runtime/codec/table.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('codec: scalars');

/** Lexical forms of the built-in types: those that are taken, and those that are not, with the issue. */
const forms: readonly (readonly [
  type: Scalar,
  valid: readonly string[],
  invalid: Readonly<Record<string, string>>,
])[] = [
  [xsString, ['', ' a  b ', 'é😀'], {}],
  [xsNormalizedString, ['', ' a  b '], {}],
  [xsToken, ['', 'a b'], {}],
  [xsBoolean, ['true', 'false', '1', '0', ' true '], { TRUE: 'type', yes: 'type', '': 'type', '01': 'type' }],
  [
    xsDecimal,
    ['1', '-1.50', '+0.0', '.5', '5.', '00012.340', ' 1 ', '12345678901234567890.123456789'],
    {
      '': 'type',
      '.': 'type',
      '1e3': 'type',
      NaN: 'type',
      INF: 'type',
      '1,5': 'type',
      '0x1': 'type',
      '--1': 'type',
    },
  ],
  [
    xsInteger,
    ['0', '-0', '+7', '007', '9007199254740991', '-9007199254740991', ' 5 '],
    { '': 'type', '1.0': 'type', '1e3': 'type', '٣': 'type', '1 2': 'type', '-': 'type' },
  ],
  [xsPositiveInteger, ['1', '+1'], { '0': 'range', '-1': 'range' }],
  [xsNonNegativeInteger, ['0', '-0'], { '-1': 'range' }],
  [xsNegativeInteger, ['-1'], { '0': 'range' }],
  [xsNonPositiveInteger, ['0', '-5'], { '1': 'range' }],
  [xsByte, ['-128', '127'], { '128': 'range', '-129': 'range' }],
  [xsShort, ['-32768', '32767'], { '32768': 'range' }],
  [xsInt, ['-2147483648', '2147483647'], { '2147483648': 'range' }],
  [xsUnsignedByte, ['0', '255'], { '256': 'range', '-1': 'range' }],
  [xsUnsignedShort, ['65535'], { '65536': 'range' }],
  [xsUnsignedInt, ['4294967295'], { '4294967296': 'range' }],
  [
    xsLong,
    ['9223372036854775807', '-9223372036854775808', '+20261123094501123', '000000000000000000000001'],
    { '9223372036854775808': 'range', '-9223372036854775809': 'range', '1.0': 'type', '': 'type' },
  ],
  [xsUnsignedLong, ['18446744073709551615'], { '18446744073709551616': 'range', '-1': 'range' }],
  [
    xsDate,
    [
      '2026-02-28',
      '2028-02-29',
      '2000-02-29',
      '12026-01-01',
      '-0001-01-01',
      '2026-10-25+02:00',
      '2026-10-25Z',
      '2026-10-25-14:00',
    ],
    {
      '2026-02-29': 'type',
      '1900-02-29': 'type',
      '2026-04-31': 'type',
      '2026-13-01': 'type',
      '2026-00-01': 'type',
      '0000-01-01': 'type',
      '02026-01-01': 'type',
      '26-01-01': 'type',
      '2026-1-1': 'type',
      '2026-01-01T00:00:00': 'type',
      '2026-01-01+14:01': 'type',
      '': 'type',
    },
  ],
  [
    xsDateTime,
    [
      '2026-10-25T02:30:00',
      '2026-10-25T02:30:00Z',
      '2026-10-25T02:30:00.123456789012+01:00',
      '2026-10-25T24:00:00',
      '2026-10-25T24:00:00.000-13:59',
    ],
    {
      '2026-10-25T24:00:01': 'type',
      '2026-10-25T23:59:60': 'type',
      '2026-10-25T02:30': 'type',
      '2026-10-25 02:30:00': 'type',
      '2026-10-25t02:30:00': 'type',
      '2026-10-25T02:30:00z': 'type',
      '2026-10-25T02:30:00.': 'type',
      '2026-10-25T02:30:00,5': 'type',
      '2026-10-25T02:30:00+0100': 'type',
      '2026-02-30T00:00:00': 'type',
    },
  ],
  [
    xsTime,
    ['14:30:00', '24:00:00', '00:00:00.5Z'],
    { '14:30': 'type', '25:00:00': 'type', '24:00:01': 'type' },
  ],
  [
    xsDuration,
    ['PT15M', 'PT1H', 'P1Y2M3DT4H5M6.7S', '-P1D', 'P0D'],
    {
      P: 'type',
      PT: 'type',
      P1DT: 'type',
      PT1: 'type',
      'PT1.5M': 'type',
      pt15m: 'type',
      PT1M1H: 'type',
      P1W: 'type',
      '': 'type',
    },
  ],
  [
    xsBase64Binary,
    ['', 'AA==', 'AAA=', 'AAAA', 'A A A A'],
    { A: 'type', AA: 'type', 'AB==': 'type', 'AA-_': 'type', 'AA==AAAA': 'type' },
  ],
  [xsHexBinary, ['', '0aFf'], { '0': 'type', '0g': 'type' }],
];

/** What libxml2 takes though the lexical space says otherwise, or the other way round. */
const libxml2Departs = new Set(['xs:base64Binary AA-_', 'xs:base64Binary AB==', 'xs:date 0000-01-01']);

const folder = mkdtempSync(join(tmpdir(), 'uftp-scalars-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function elementName(type: Scalar): string {
  return type.name.replace(':', '-');
}

writeFileSync(
  join(folder, 'builtins.xsd'),
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${forms
    .map(
      ([type]) =>
        `<xs:element name="${elementName(type)}"><xs:complexType><xs:attribute name="v" type="${type.name}"/></xs:complexType></xs:element>`,
    )
    .join('')}</xs:schema>`,
);
const witness = schemaFor(folder);

function witnessTakes(type: Scalar, text: string): boolean {
  return witness.validate(new TextEncoder().encode(`<${elementName(type)} v="${text}"/>`)).length === 0;
}

for (const [type, valid, invalid] of forms) {
  test(`${type.name} takes ${valid.length} forms and refuses ${Object.keys(invalid).length}.`, () => {
    for (const text of valid) {
      assert.not.instance(type.parse(text, true), Fault, text);
      if (!libxml2Departs.has(`${type.name} ${text}`))
        assert.ok(witnessTakes(type, text), `libxml2: ${text}`);
    }
    for (const [text, code] of Object.entries(invalid)) {
      const fault = type.parse(text, true);
      assert.is(fault instanceof Fault && fault.code, code, text);
      if (!libxml2Departs.has(`${type.name} ${text}`))
        assert.not(witnessTakes(type, text), `libxml2: ${text}`);
    }
  });
}

const values: readonly (readonly [type: Scalar, text: string, value: unknown, written: string])[] = [
  [xsString, ' a\tb ', ' a\tb ', ' a\tb '],
  [xsNormalizedString, ' a\tb ', ' a b ', ' a b '],
  [xsToken, ' a\t\n b ', 'a b', 'a b'],
  [xsBoolean, ' 1 ', true, 'true'],
  [xsBoolean, '0', false, 'false'],
  [xsDecimal, ' -1.50 ', '-1.50', '-1.50'],
  [xsInteger, '+007', 7, '7'],
  [xsInteger, '-0', 0, '0'],
  [xsLong, '20261123094501123', 20261123094501123n, '20261123094501123'],
  [xsLong, '-0', 0n, '0'],
  [xsDateTime, ' 2026-10-25T02:30:00 ', '2026-10-25T02:30:00', '2026-10-25T02:30:00'],
  [xsBase64Binary, 'A A\n==', new Uint8Array([0]), 'AA=='],
  [xsHexBinary, '0aFf', new Uint8Array([10, 255]), '0AFF'],
];

for (const [type, text, value, written] of values) {
  test(`${type.name} reads ${JSON.stringify(text)} as it should and writes it as ${JSON.stringify(written)}.`, () => {
    assert.equal(type.parse(text, true), value);
    assert.is(type.format(value), written);
  });
}

/** A type restricted by facets, with values and the issue; undefined for a value of the type. */
const faceted: readonly (readonly [base: Scalar, facets: Facets, text: string, code: string | undefined])[] =
  [
    [xsString, { enumeration: ['AGR', 'DSO'] }, 'AGR', undefined],
    [xsString, { enumeration: ['AGR', 'DSO'] }, 'agr', 'enumeration'],
    [xsString, { patterns: [/^(?:a+)$/u, /^(?:..)$/u] }, 'aa', undefined],
    [xsString, { patterns: [/^(?:a+)$/u, /^(?:..)$/u] }, 'a', 'pattern'],
    [xsString, { patterns: [/^(?:a+)$/u] }, 'a\n', 'pattern'],
    [xsString, { minLength: 2, maxLength: 2 }, '😀😀', undefined],
    [xsString, { minLength: 2 }, '😀', 'length'],
    [xsString, { maxLength: 2 }, 'abc', 'length'],
    [xsString, { whiteSpace: 'collapse', maxLength: 1 }, ' a ', undefined],
    [xsBase64Binary, { maxLength: 1 }, 'AA==', undefined],
    [xsBase64Binary, { maxLength: 1 }, 'AAA=', 'length'],
    [xsDecimal, { min: { value: '0.01', exclusive: false } }, '0.01', undefined],
    [xsDecimal, { min: { value: '0.01', exclusive: true } }, '0.010', 'range'],
    [xsDecimal, { max: { value: '1.00', exclusive: false } }, '1.000', undefined],
    [xsDecimal, { max: { value: '1.00', exclusive: false } }, '1.0000000000000000001', 'range'],
    [xsDecimal, { fractionDigits: 2 }, '1.5000', undefined],
    [xsDecimal, { fractionDigits: 2 }, '1.501', 'digits'],
    [xsDecimal, { totalDigits: 3 }, '0012.50', undefined],
    [xsDecimal, { totalDigits: 3 }, '12.345', 'digits'],
    [xsInteger, { max: { value: 5, exclusive: true } }, '5', 'range'],
    [xsLong, { min: { value: 5n, exclusive: true } }, '5', 'range'],
    [xsDateTime, { patterns: [/^(?:.*Z)$/u] }, ' 2026-10-25T02:30:00Z ', undefined],
  ];

for (const [base, facets, text, code] of faceted) {
  const shown = JSON.stringify({ ...facets, patterns: facets.patterns?.map(String) }, (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  test(`${base.name} with ${shown} ${code === undefined ? 'takes' : 'refuses'} ${JSON.stringify(text)}.`, () => {
    const value = scalar('Test', base, facets).parse(text, true);
    assert.is(value instanceof Fault ? value.code : undefined, code);
  });
}

test('An integer that a number cannot carry is refused, whatever its length.', () => {
  for (const text of ['9007199254740992', '-9007199254740992', '9'.repeat(10_000)]) {
    const fault = xsInteger.parse(text, true);
    assert.is(fault instanceof Fault && fault.code, 'unsafe-integer');
  }
});

const unwritable: readonly (readonly [type: Scalar, value: unknown, code: string])[] = [
  [xsString, 5, 'type'],
  [xsString, null, 'type'],
  [xsString, 'a\u0000', 'type'],
  [xsString, '\uD800', 'type'],
  [xsString, '\uFFFF', 'type'],
  [xsDecimal, 1.5, 'type'],
  [xsBoolean, 'true', 'type'],
  [xsInteger, '5', 'type'],
  [xsInteger, 5n, 'type'],
  [xsInteger, 1.5, 'type'],
  [xsInteger, Number.NaN, 'type'],
  [xsInteger, Number.POSITIVE_INFINITY, 'type'],
  [xsInteger, 2 ** 53, 'unsafe-integer'],
  [xsLong, 5, 'type'],
  [xsLong, 2n ** 63n, 'range'],
  [xsBase64Binary, 'AA==', 'type'],
  [xsHexBinary, [0], 'type'],
];

for (const [type, value, code] of unwritable) {
  test(`${type.name} does not write ${typeof value} ${JSON.stringify(String(value))}.`, () => {
    const fault = type.format(value);
    assert.is(fault instanceof Fault && fault.code, code);
  });
}

test('A correction widens a pattern, unless the official verdict is asked for.', () => {
  const corrected = scalar('EANType', xsString, {
    patterns: [/^(?:E[0-9]{2})$/u],
    correction: { id: 'test', patterns: [/^(?:E[0-9]{2,4})$/u] },
  });
  assert.is(corrected.parse('E1234', false), 'E1234');
  assert.instance(corrected.parse('E1234', true), Fault);
  assert.instance(corrected.parse('E12345', false), Fault);
  assert.ok(corrected.isCorrected('E1234'));
  assert.not(corrected.isCorrected('E12'));
});

const orders: readonly (readonly [a: string, order: -1 | 0 | 1, b: string])[] = [
  ['1', 0, '1.000'],
  ['-0', 0, '0.00'],
  ['+1.', 0, '01'],
  ['.5', 0, '0.50'],
  ['-1', -1, '0'],
  ['-2', -1, '-1'],
  ['10', 1, '9.999'],
  ['0.10', 1, '0.09'],
  ['123456789012345678901', 1, '123456789012345678900.9'],
  ['-0.00001', -1, '0'],
];

for (const [a, order, b] of orders) {
  test(`${a} is ${['less than', 'equal to', 'more than'][order + 1]} ${b}.`, () => {
    assert.is(Math.sign(compareDecimals(a, b)), order);
    assert.is(Math.sign(compareDecimals(b, a)) + order, 0);
  });
}
