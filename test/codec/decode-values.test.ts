/** @module What a document may leave open, or write in several ways, is read as one value; departures are let through on demand. */

import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { xsInteger } from '../../runtime/codec/builtin.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { scalar } from '../../runtime/codec/scalar.ts';
import { required } from '../../runtime/codec/table.ts';
import type { Message } from '../../runtime/roles.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';
import { bytesOf, changed, keyed, note, noteVersion, readAs, refusal, summary } from './values.ts';

const test = suite('codec: decoded values');

const schema = schemaFor(fileURLToPath(new URL('../../schemas/3.1.0', import.meta.url)));

const isp = '<ISP Power="-1500250" Start="1" Duration="96"/>';

const taken: readonly (readonly [what: string, root: string, from: string | RegExp, to: string])[] = [
  ['attributes in any order', 'TestMessage', / (Version="3.1.0")(.*)\/>/, '$2 $1/>'],
  ['single quotes', 'TestMessage', /"(3\.1\.0)"/, "'$1'"],
  ['white space around elements', 'FlexOffer', /></g, '>\r\n\t<'],
  ['line ends by reference around elements', 'FlexOffer', /\/></g, '/>&#10;<'],
  ['comments and instructions', 'FlexOffer', isp, `<!-- a -->${isp}<?b c?>`],
  ['an end tag of an empty element', 'FlexOffer', isp, isp.replace('/>', '></ISP >')],
  [
    'hints on schema locations',
    'TestMessage',
    ' Version',
    ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="http://192.0.2.1/x.xsd" Version',
  ],
  ['white space around a number', 'FlexOffer', 'Start="1"', 'Start=" 1\n"'],
  ['a sign and zeros before a number', 'FlexOffer', 'Start="1"', 'Start="+01"'],
  ['a reference in a number', 'FlexOffer', 'Start="1"', 'Start="&#49;"'],
];

for (const [what, root, from, to] of taken) {
  test(`It takes ${what} and reads the same.`, () => {
    const xml = changed(root, from, to);
    assert.equal(readAs(xml).message, sample('3.1.0', root), JSON.stringify(readAs(xml).issues));
    assert.equal(schema.validate(bytesOf(xml)), []);
  });
}

const values: readonly (readonly [
  what: string,
  root: string,
  from: string | RegExp,
  to: string,
  path: string,
  value: unknown,
])[] = [
  [
    'An absent attribute with a default as its default',
    'FlexOffer',
    ' Duration="96"',
    '',
    'offerOption.0.isp.0.duration',
    1,
  ],
  ['An absent factor as 1.00', 'FlexOrder', ' ActivationFactor="0.75"', '', 'activationFactor', '1.00'],
  [
    'An absent attribute without a default as absent',
    'FlexOrder',
    ' OptionReference="A"',
    '',
    'optionReference',
    undefined,
  ],
  [
    'A long as a bigint',
    'FlexRequest',
    'Revision="1"',
    'Revision="20261024093015123"',
    'revision',
    20261024093015123n,
  ],
  ['A decimal as it stands', 'FlexOrder', 'Price="1250.75"', 'Price=" +01250.7500 "', 'price', '+01250.7500'],
  ['1 as true', 'FlexOrder', 'Unsolicited="false"', 'Unsolicited="1"', 'unsolicited', true],
  [
    'A string with its blanks',
    'FlexOrder',
    'OptionReference="A"',
    'OptionReference=" A  B "',
    'optionReference',
    ' A  B ',
  ],
  [
    'A line end in a string as a blank',
    'FlexOrder',
    'OptionReference="A"',
    'OptionReference="A\r\nB"',
    'optionReference',
    'A B',
  ],
  [
    'A line end by reference as it is',
    'FlexOrder',
    'OptionReference="A"',
    'OptionReference="A&#13;&#10;B"',
    'optionReference',
    'A\r\nB',
  ],
  ['Minus zero as 0', 'FlexOffer', 'Power="-1500250"', 'Power="-0"', 'offerOption.0.isp.0.power', 0],
  [
    'An absent list as an empty one',
    'D-PrognosisResponse',
    /<FlexOrderStatus.*?\/>/,
    '',
    'flexOrderStatus',
    [],
  ],
];

for (const [what, root, from, to, path, value] of values) {
  test(`${what} is read.`, () => {
    const message: unknown = readAs(changed(root, from, to)).message;
    assert.ok(message !== undefined);
    const found = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], message);
    assert.equal(found, value);
  });
}

const integers = [
  ...[0, 5, 10, 99, 100, 1_000_000, 999_999_999, 1_000_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 7],
  ...[999_999_999_999_999, Number.MAX_SAFE_INTEGER],
];

test('An integer is read as it was written, however many digits it has and whatever stands around it.', () => {
  for (const integer of integers.flatMap((value) => [value, -value + 0])) {
    for (const written of [`"${integer}"`, `'${integer}'`, `" ${integer}"`]) {
      const xml = changed('FlexOffer', 'Power="-1500250"', `Power=${written}`);
      const { message, issues } = readAs(xml);
      assert.equal(issues, [], written);
      const { offerOption } = message as unknown as { offerOption: [{ isp: [{ power: number }] }] };
      assert.is(offerOption[0].isp[0].power, integer);
      const again = new TextDecoder().decode(encode(message as Message, protocols['3.1.0']));
      assert.ok(again.includes(` Power="${integer}" `), `${integer} is written as it was read`);
    }
  }
});

test('An integer outside the enumeration of its type is refused, however plain it is.', () => {
  const odd = scalar<number>('Odd', xsInteger, { enumeration: ['1', '3'] });
  const version = noteVersion('1.0.0', [keyed('odd', required('Odd', odd))]);
  const read = (value: string) => readMessage(bytesOf(`<Note Version="1.0.0" Odd="${value}"/>`), [version]);
  assert.equal(read('3').message, note('1.0.0', { odd: 3 }));
  assert.equal(summary(read('2').issues), ['enumeration /Note/@Odd']);
  assert.equal(
    refusal('message-invalid', () => encode(note('1.0.0', { odd: 2 }), version)),
    ['enumeration /Note/@Odd'],
  );
});

const lenient: readonly (readonly [
  what: string,
  root: string,
  from: string,
  to: string,
  path: string,
  value: unknown,
])[] = [
  [
    'An unknown attribute',
    'TestMessageResponse',
    ' Version',
    ' Result="Accepted" Version',
    '/TestMessageResponse/@Result',
    undefined,
  ],
  ['A value outside a pattern', 'FlexOffer', 'Currency="EUR"', 'Currency="€"', '/FlexOffer/@Currency', '€'],
  [
    'A value outside an enumeration',
    'FlexRequest',
    '"Requested"',
    '"Wanted"',
    '/FlexRequest/ISP/@Disposition',
    'Wanted',
  ],
];

for (const [what, root, from, to, path, value] of lenient) {
  test(`${what} is let through with a warning where the options say so.`, () => {
    const xml = changed(root, from, to);
    assert.is(readAs(xml).message, undefined);
    const { message, warnings } = readAs(xml, { lenient: [path] });
    assert.ok(message !== undefined);
    assert.equal(
      warnings.map(({ path: place, correction }) => [place.replace(/\[\d+\]/g, ''), correction]),
      [[path, 'lenient']],
    );
    if (value !== undefined) assert.match(inspect(message, { depth: null }), `'${value}'`);
  });
}

test('Nothing else is let through, whatever the options say.', () => {
  const xml = changed('FlexOffer', 'Start="1"', 'Start="0"');
  assert.is(readAs(xml, { lenient: ['/FlexOffer/OfferOption/ISP/@Start'] }).message, undefined);
  const zoneless = changed('TestMessage', '+02:00', '', 'next');
  const { message, issues } = readAs(zoneless, { lenient: ['/TestMessage/@TimeStamp'] }, 'next');
  assert.is(message, undefined);
  assert.equal(summary(issues), ['pattern /TestMessage/@TimeStamp']);
});

test('There are at most 100 warnings.', () => {
  const xml = changed('FlexOffer', isp, isp.replace('/>', ' x=""/>').repeat(150));
  const { warnings, message } = readAs(xml, { lenient: ['/FlexOffer/OfferOption/ISP/@x'] });
  assert.ok(message !== undefined);
  assert.is(warnings.length, 100);
});

test('A Metering EAN of 18 digits is valid with a warning, and invalid by the official XSD.', () => {
  const xml = changed('Metering', 'E8716871200000010', 'E871687120000000010');
  const { message, warnings } = readAs(xml);
  assert.is((message as Message & { ean?: string })?.ean, 'E871687120000000010');
  assert.equal(
    warnings.map(({ path, correction }) => [path, correction]),
    [['/Metering/@EAN', 'metering-ean-18']],
  );
  assert.equal(summary(readAs(xml, { official: true }).issues), ['pattern /Metering/@EAN']);
  assert.equal(readAs(changed('Metering', /$/, ' ')).warnings, []);
});
