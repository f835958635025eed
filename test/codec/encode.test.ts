/** @module A value that departs from the schema is not written, for the same reason for which it would not be read. */

import { fileURLToPath } from 'node:url';
import { encodeDocument } from '../../runtime/codec/encode.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Message } from '../../runtime/roles.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';

const test = suite('codec: encode');

const protocol = protocols['3.1.0'];
const schema = schemaFor(fileURLToPath(new URL('../../schemas/3.1.0', import.meta.url)));

/** A sample with the values at some paths, such as `isp.0.start`, replaced; undefined removes them. */
function patched(root: string, patch: Readonly<Record<string, unknown>>): Message {
  const message = sample('3.1.0', root);
  for (const [path, value] of Object.entries(patch)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const owner = keys.reduce<object>((at, key) => Reflect.get(at, key) as object, message);
    if (value === undefined) Reflect.deleteProperty(owner, last);
    else Reflect.set(owner, last, value);
  }
  return message;
}

function issuesOf(message: unknown): string[] {
  const name = String(Reflect.get(message as object, '$type'));
  const row = protocol.messages.get(name);
  assert.ok(row !== undefined);
  return row === undefined
    ? []
    : encodeDocument(name, row.table, message).issues.map(({ path, code }) => `${path} ${code}`);
}

/** What is changed, and the issues; `xml` is what the same fault looks like in a document, where it can be written at all. */
interface Case {
  readonly what: string;
  readonly root: string;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly issues: readonly string[];
  readonly xml?: readonly [from: string | RegExp, to: string];
}

const refused: readonly Case[] = [
  {
    what: 'a missing attribute',
    root: 'FlexOffer',
    patch: { 'offerOption.0.isp.0.start': undefined },
    issues: ['/FlexOffer/OfferOption[1]/ISP[1]/@Start attribute-missing'],
    xml: [' Start="1"', ''],
  },
  {
    what: 'a property that is unknown',
    root: 'TestMessage',
    patch: { senderdomain: 'x' },
    issues: ['/TestMessage/@senderdomain attribute-unknown'],
    xml: ['/>', ' senderdomain=""/>'],
  },
  {
    what: 'no element where one must be',
    root: 'D-Prognosis',
    patch: { isp: [] },
    issues: ['/D-Prognosis/ISP element-missing'],
    xml: [/<ISP.*\/>/, ''],
  },
  {
    what: 'a pattern that does not match',
    root: 'TestMessage',
    patch: { messageId: 'x' },
    issues: ['/TestMessage/@MessageID pattern'],
    xml: [/MessageID="[^"]*"/, 'MessageID="x"'],
  },
  {
    what: 'a word that is not listed',
    root: 'FlexRequest',
    patch: { 'isp.0.disposition': 'Wanted' },
    issues: ['/FlexRequest/ISP[1]/@Disposition enumeration'],
    xml: ['"Requested"', '"Wanted"'],
  },
  {
    what: 'a number out of range',
    root: 'FlexOffer',
    patch: { 'offerOption.0.isp.0.start': 0 },
    issues: ['/FlexOffer/OfferOption[1]/ISP[1]/@Start range'],
    xml: ['Start="1"', 'Start="0"'],
  },
  {
    what: 'too many digits',
    root: 'FlexOrder',
    patch: { price: '1.00001' },
    issues: ['/FlexOrder/@Price digits'],
    xml: [/Price="[^"]*"/, 'Price="1.00001"'],
  },
  {
    what: 'a number beyond what is exact',
    root: 'FlexOffer',
    patch: { 'offerOption.0.isp.0.power': 2 ** 53 },
    issues: ['/FlexOffer/OfferOption[1]/ISP[1]/@Power unsafe-integer'],
  },
  {
    what: 'a fraction for an integer',
    root: 'FlexOffer',
    patch: { 'offerOption.0.isp.0.power': 1.5 },
    issues: ['/FlexOffer/OfferOption[1]/ISP[1]/@Power type'],
    xml: ['Power="-1500250"', 'Power="1.5"'],
  },
  {
    what: 'a day that is not',
    root: 'FlexOffer',
    patch: { period: '2026-02-30' },
    issues: ['/FlexOffer/@Period type'],
    xml: [/Period="[^"]*"/, 'Period="2026-02-30"'],
  },
  {
    what: 'a number for a long',
    root: 'FlexRequest',
    patch: { revision: 1 },
    issues: ['/FlexRequest/@Revision type'],
  },
  {
    what: 'a number for a decimal',
    root: 'FlexOrder',
    patch: { price: 12.5 },
    issues: ['/FlexOrder/@Price type'],
  },
  {
    what: 'a Date',
    root: 'TestMessage',
    patch: { timeStamp: new Date(0) },
    issues: ['/TestMessage/@TimeStamp type'],
  },
  { what: 'null', root: 'FlexOrder', patch: { contractId: null }, issues: ['/FlexOrder/@ContractID type'] },
  {
    what: 'a character that XML cannot carry',
    root: 'FlexOrder',
    patch: { contractId: 'a\u0000' },
    issues: ['/FlexOrder/@ContractID type'],
  },
  {
    what: 'an object for a list',
    root: 'D-Prognosis',
    patch: { isp: {} },
    issues: ['/D-Prognosis/ISP type'],
  },
  {
    what: 'a number for an element',
    root: 'D-Prognosis',
    patch: { isp: [1] },
    issues: ['/D-Prognosis/ISP[1] type'],
  },
  {
    what: 'a list for an element',
    root: 'DSOPortfolioQueryResponse',
    patch: { congestionPoint: [] },
    issues: [
      '/DSOPortfolioQueryResponse/CongestionPoint/@EntityAddress attribute-missing',
      '/DSOPortfolioQueryResponse/CongestionPoint/Connection element-missing',
    ],
  },
];

for (const { what, root, patch, issues, xml } of refused) {
  test(`It does not write ${what}.`, () => {
    assert.equal(issuesOf(patched(root, patch)), issues);
    if (xml === undefined) return;
    const valid = new TextDecoder().decode(encode(sample('3.1.0', root), protocol));
    const document = new TextEncoder().encode(valid.replace(...xml));
    assert.equal(
      readMessage(document, [protocol]).issues.map(({ path, code }) => `${path} ${code}`),
      issues,
    );
    assert.is.not(schema.validate(document).length, 0, 'libxml2 takes it');
  });
}

test('All faults are reported at once, 100 at most.', () => {
  const isp = Array.from({ length: 200 }, () => ({ power: 0, start: 0, duration: 1 }));
  const issues = issuesOf(patched('D-Prognosis', { period: '', isp: isp.map(({ power }) => ({ power })) }));
  assert.is(issues.length, 100);
  assert.is(issues[0], '/D-Prognosis/@Period type');
  assert.is(issues[99], '/D-Prognosis/ISP[99]/@Start attribute-missing');
});

test('A value that contains itself is refused, not followed.', () => {
  const connection: Record<string, unknown> = {};
  connection.connection = [connection];
  assert.is.not(issuesOf({ ...patched('DSOPortfolioUpdate', {}), congestionPoint: [connection] }).length, 0);
});

const written: readonly (readonly [
  what: string,
  root: string,
  patch: Readonly<Record<string, unknown>>,
  xml: string,
])[] = [
  ['A default where the value has it', 'FlexOrder', { activationFactor: '1.00' }, ' ActivationFactor="1.00"'],
  [
    'Quotation marks and markup by reference',
    'FlexOrder',
    { contractId: '"<&>\'' },
    ` ContractID="&quot;&lt;&amp;&gt;'"`,
  ],
  ['Tabs and line ends by reference', 'FlexOrder', { contractId: '\t\r\n' }, ' ContractID="&#9;&#13;&#10;"'],
  ['Other scripts as they are', 'FlexOrder', { contractId: 'é😀' }, ' ContractID="é😀"'],
  ['A decimal without its blanks', 'FlexOrder', { price: ' 1.50 ' }, ' Price="1.50"'],
  ['Minus zero as 0', 'D-Prognosis', { 'isp.0.power': -0 }, ' Power="0"'],
  ['The properties of any object', 'TestMessage', {}, '<TestMessage Version="3.1.0" SenderDomain='],
];

for (const [what, root, patch, xml] of written) {
  test(`${what} is written.`, () => {
    const text = new TextDecoder().decode(encode(patched(root, patch), protocol));
    assert.ok(text.includes(xml), text);
    assert.equal(schema.validate(new TextEncoder().encode(text)), []);
  });
}

class Measured {
  readonly start = 7;

  get power(): number {
    return -5;
  }

  get duration(): number {
    return 2;
  }
}

for (const [what, isp] of [
  ['in the order of the schema', { power: -5, start: 7, duration: 2 }],
  ['in another order', { duration: 2, power: -5, start: 7 }],
  ['with absent ones between', { power: -5, spare: undefined, start: 7, duration: 2 }],
  ['by the methods of a class', new Measured()],
  ['by what an object inherits', Object.create({ power: -5, start: 7, duration: 2 })],
] as const) {
  test(`The properties of an element are written in the order of the schema where they are given ${what}.`, () => {
    const text = new TextDecoder().decode(encode(patched('D-Prognosis', { isp: [isp] }), protocol));
    assert.ok(text.includes('<ISP Power="-5" Start="7" Duration="2"/>'), text);
  });
}

for (const [where, isp] of [
  ['in front', { pover: 1, power: -5, start: 7, duration: 2 }],
  ['between', { power: -5, start: 7, begin: 7, duration: 2 }],
  ['behind', { power: -5, start: 7, duration: 2, toString: 1 }],
  ['instead of one that may be absent', { power: -5, start: 7, durations: 2 }],
] as const) {
  test(`A property that the schema does not have is told ${where}.`, () => {
    const unknown = Object.keys(isp).find((key) => !['power', 'start', 'duration'].includes(key));
    assert.equal(issuesOf(patched('D-Prognosis', { isp: [isp] })), [
      `/D-Prognosis/ISP[1]/@${unknown} attribute-unknown`,
    ]);
  });
}

test('What has a default, or may be absent, may be left out.', () => {
  const order = patched('FlexOrder', {
    activationFactor: undefined,
    contractId: undefined,
    optionReference: undefined,
  });
  const text = new TextDecoder().decode(encode({ ...order, ...{ baselineReference: undefined } }, protocol));
  for (const name of ['ActivationFactor', 'ContractID', 'OptionReference', 'BaselineReference']) {
    assert.not(text.includes(name), text);
  }
  const answer = patched('D-PrognosisResponse', { flexOrderStatus: undefined });
  assert.not(new TextDecoder().decode(encode(answer, protocol)).includes('FlexOrderStatus'));
});

test('A document is one line with a declaration and without a byte order mark.', () => {
  const [first, second] = encode(sample('3.1.0', 'FlexOffer'), protocol);
  assert.equal([first, second], [0x3c, 0x3f]);
  const text = new TextDecoder().decode(encode(sample('3.1.0', 'FlexOffer'), protocol));
  assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?><FlexOffer [^\n]*<\/FlexOffer>$/);
});

test('encode throws for a message that is not valid, and for one that the version does not have.', () => {
  const codeOf = (run: () => unknown): string | undefined => {
    try {
      run();
    } catch (error) {
      return isUftpError(error) ? error.code : String(error);
    }
    return undefined;
  };
  assert.is(
    codeOf(() => encode(patched('TestMessage', { messageId: '' }), protocol)),
    'message-invalid',
  );
  assert.is(
    codeOf(() => encode({ ...sample('3.1.0', 'TestMessage'), $type: 'SignedMessage' }, protocol)),
    'message-unknown',
  );
});
