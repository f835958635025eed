/** @module The JSON form of messages: exact in digits, and judged like a document. `test/golden` compares it with the Python library's. */

import { inspect } from 'node:util';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import { type IssueCode, isUftpError, type UftpError } from '../../runtime/errors.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';

const test = suite('codec: JSON');

const protocol = protocols['3.1.0'];

function failure(run: () => unknown): UftpError {
  try {
    run();
  } catch (error) {
    if (isUftpError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The JSON form of a sample as JSON.parse reads it, with a Revision that it does not round. */
function parsed(name: string): Record<string, unknown> {
  const json = JSON.parse(toJson(sample('3.1.0', name), protocol)) as Record<string, unknown>;
  return 'Revision' in json ? { ...json, Revision: 1 } : json;
}

test('Keys are XML names, decimals and dates strings, integers and booleans native, what repeats an array.', () => {
  const { OfferOption, Unsolicited, Period } = parsed('FlexOffer');
  assert.is(Unsolicited, false);
  assert.is(Period, '2026-10-25');
  assert.equal((OfferOption as unknown[])[0], {
    OptionReference: 'A',
    Price: '-12.5000',
    MinActivationFactor: '0.01',
    ISP: [{ Power: -1500250, Start: 1, Duration: 96 }],
  });
  assert.equal(Object.keys(parsed('DSOPortfolioQueryResponse').CongestionPoint as object), [
    'EntityAddress',
    'Connection',
  ]);
});

test('What is absent is left out: no null, no empty array, no type.', () => {
  const text = toJson({ ...sample('3.1.0', 'D-PrognosisResponse'), ...{ flexOrderStatus: [] } }, protocol);
  assert.not.match(text, /null|FlexOrderStatus|RejectionReason|type/i);
});

test('A long is written in full, and read back from text without losing a digit.', () => {
  const message = { ...sample('3.1.0', 'D-Prognosis'), revision: 9223372036854775807n };
  const text = toJson(message, protocol);
  assert.match(text, /"Revision": 9223372036854775807,/);
  assert.equal(fromJson(text, 'D-Prognosis', protocol), message);
});

test('A parsed value may hold a long as a bigint, or as a number that is exact.', () => {
  const json = { ...parsed('FlexRequest'), Revision: 20261024093015123n };
  assert.is(Reflect.get(fromJson(json, 'FlexRequest', protocol), 'revision'), 20261024093015123n);
  assert.is(Reflect.get(fromJson({ ...json, Revision: 5 }, 'FlexRequest', protocol), 'revision'), 5n);
});

test('Null reads as absent, and an absent attribute with a default as its default.', () => {
  const order = fromJson(
    { ...parsed('FlexOrder'), ContractID: null, ActivationFactor: null, Other: null },
    'FlexOrder',
    protocol,
  );
  assert.not('contractId' in order);
  assert.is(Reflect.get(order, 'activationFactor'), '1.00');
  const answer = fromJson(
    { ...parsed('D-PrognosisResponse'), FlexOrderStatus: null },
    'D-PrognosisResponse',
    protocol,
  );
  assert.equal(Reflect.get(answer, 'flexOrderStatus'), []);
});

test('A message that is not valid is not written.', () => {
  const error = failure(() => toJson({ ...sample('3.1.0', 'TestMessage'), messageId: '' }, protocol));
  assert.equal([error.code, error.issues[0]?.path], ['message-invalid', '/TestMessage/@MessageID']);
});

test('A name that is no message of the version is an error of its own.', () => {
  assert.is(failure(() => fromJson('{}', 'SignedMessage', protocol)).code, 'message-unknown');
});

const refused: readonly (readonly [
  what: string,
  name: string,
  change: object,
  path: string,
  code: IssueCode,
])[] = [
  ['a key that is unknown', 'TestMessage', { Foo: 1 }, '/TestMessage/@Foo', 'attribute-unknown'],
  ['an element that is unknown', 'TestMessage', { ISP: [] }, '/TestMessage/ISP', 'element-unknown'],
  [
    'the key of a property',
    'TestMessage',
    { messageId: 'x' },
    '/TestMessage/@messageId',
    'attribute-unknown',
  ],
  [
    'a key of the prototype',
    'TestMessage',
    JSON.parse('{"__proto__": 1}') as object,
    '/TestMessage/@__proto__',
    'attribute-unknown',
  ],
  [
    'null for what must be',
    'TestMessage',
    { MessageID: null },
    '/TestMessage/@MessageID',
    'attribute-missing',
  ],
  ['a string outside its pattern', 'TestMessage', { MessageID: 'x' }, '/TestMessage/@MessageID', 'pattern'],
  ['a number for a string', 'FlexOrder', { ContractID: 5 }, '/FlexOrder/@ContractID', 'type'],
  ['a number with an exponent for a decimal', 'FlexOrder', { Price: 1e21 }, '/FlexOrder/@Price', 'type'],
  ['a string for an integer', 'D-Prognosis', { Revision: '1' }, '/D-Prognosis/@Revision', 'type'],
  ['a string for a boolean', 'FlexOrder', { Unsolicited: 'true' }, '/FlexOrder/@Unsolicited', 'type'],
  ['a number for a boolean', 'FlexOrder', { Unsolicited: 1 }, '/FlexOrder/@Unsolicited', 'type'],
  ['a fraction', 'D-Prognosis', { ISP: [{ Power: 1.5, Start: 1 }] }, '/D-Prognosis/ISP[1]/@Power', 'type'],
  [
    'a number that may have been rounded',
    'D-Prognosis',
    { Revision: 2 ** 53 },
    '/D-Prognosis/@Revision',
    'unsafe-integer',
  ],
  [
    'too large an integer',
    'D-Prognosis',
    { ISP: [{ Power: 2n ** 53n, Start: 1 }] },
    '/D-Prognosis/ISP[1]/@Power',
    'unsafe-integer',
  ],
  ['a long of 65 bits', 'D-Prognosis', { Revision: 2n ** 63n }, '/D-Prognosis/@Revision', 'range'],
  [
    'too small a number',
    'FlexRequest',
    { ISP: [{ MinPower: 0, MaxPower: 0, Start: 0 }] },
    '/FlexRequest/ISP[1]/@Start',
    'range',
  ],
  ['too many digits', 'FlexOrder', { Price: '1.00001' }, '/FlexOrder/@Price', 'digits'],
  ['another word', 'FlexOrderResponse', { Result: 'Maybe' }, '/FlexOrderResponse/@Result', 'enumeration'],
  [
    'a character that XML cannot carry',
    'FlexOrder',
    { ContractID: '\u0000' },
    '/FlexOrder/@ContractID',
    'type',
  ],
  ['half a character', 'FlexOrder', { ContractID: '\uD83D' }, '/FlexOrder/@ContractID', 'type'],
  ['an empty array where one must be', 'D-Prognosis', { ISP: [] }, '/D-Prognosis/ISP', 'element-missing'],
  ['an object for an array', 'D-Prognosis', { ISP: { Power: 0, Start: 1 } }, '/D-Prognosis/ISP', 'type'],
  [
    'an array for an object',
    'DSOPortfolioQueryResponse',
    { CongestionPoint: [] },
    '/DSOPortfolioQueryResponse/CongestionPoint',
    'type',
  ],
  ['null in an array', 'D-Prognosis', { ISP: [null] }, '/D-Prognosis/ISP[1]', 'type'],
];

for (const [what, name, change, path, code] of refused) {
  test(`It refuses ${what}.`, () => {
    const json = { ...parsed(name) };
    for (const key of Object.keys(change)) {
      Object.defineProperty(json, key, {
        value: Reflect.get(change, key),
        enumerable: true,
        configurable: true,
      });
    }
    const error = failure(() => fromJson(json, name, protocol));
    assert.is(error.code, 'document-invalid');
    assert.equal([error.issues[0]?.path, error.issues[0]?.code], [path, code], error.message);
    assert.is(error.issues.length, 1, error.message);
  });
}

test('All faults are reported at once, 100 at most.', () => {
  const json = {
    ...parsed('D-Prognosis'),
    Period: 'x',
    ISP: Array.from({ length: 200 }, () => ({ Power: 'x', Start: 1 })),
  };
  const { issues } = failure(() => fromJson(json, 'D-Prognosis', protocol));
  assert.is(issues.length, 100);
  assert.equal([issues[0]?.path, issues[99]?.path], ['/D-Prognosis/@Period', '/D-Prognosis/ISP[99]/@Power']);
});

const notJson: readonly (readonly [what: string, text: string, line: number, column: number])[] = [
  ['nothing', '', 1, 1],
  ['a word', 'FlexOffer', 1, 1],
  ['something behind the value', '{}\n {}', 2, 2],
  ['a key twice', '{"A": 1,\n"A": 1}', 2, 1],
  ['a key twice, once by escape', '{"A": 1, "\\u0041": 1}', 1, 10],
  ['__proto__ twice', '{"__proto__": 1, "__proto__": 1}', 1, 18],
  ['a comma too many', '{"A": 1,}', 1, 9],
  ['a comma too few', '[1 2]', 1, 4],
  ['a key without quotation marks', '{A: 1}', 1, 2],
  ['single quotes', "{'A': 1}", 1, 2],
  ['no colon', '{"A" 1}', 1, 6],
  ['an object that does not end', '{"A": 1', 1, 8],
  ['a string that does not end', '{"A": "', 1, 7],
  ['a string that ends in a backslash', '["\\', 1, 2],
  ['a control character', '["\n"]', 1, 2],
  ['a bad escape', '["\\x"]', 1, 2],
  ['NaN', '[NaN]', 1, 2],
  ['a plus sign', '[+1]', 1, 2],
  ['a leading zero', '[01]', 1, 3],
  ['a point at the start', '[.5]', 1, 2],
  ['a point at the end', '[1.]', 1, 3],
  ['a comment', '/* */ {}', 1, 1],
  ['a byte order mark', '\uFEFF{}', 1, 1],
  ['a blank of another script', '\u00A0{}', 1, 1],
];

for (const [what, text, line, column] of notJson) {
  test(`Text with ${what} is refused at line ${line}, column ${column}.`, () => {
    const error = failure(() => fromJson(text, 'TestMessage', protocol));
    assert.is(error.code, 'json-invalid');
    assert.equal(
      error.issues.map((issue) => [issue.line, issue.column]),
      [[line, column]],
      error.message,
    );
  });
}

test('Objects and arrays stand within one another 32 times at most, text has at most 4 Mi characters.', () => {
  const deep = (depth: number): UftpError =>
    failure(() => fromJson(`${'['.repeat(depth)}${']'.repeat(depth)}`, 'TestMessage', protocol));
  assert.equal([deep(32).code, deep(32).issues[0]?.code], ['document-invalid', 'type']);
  assert.equal([deep(33).code, deep(33).issues[0]?.code], ['json-invalid', 'limit']);
  assert.is(deep(1_000_000).code, 'json-invalid');
  const long = failure(() => fromJson(' '.repeat(4 * 1024 * 1024 + 1), 'TestMessage', protocol));
  assert.equal([long.code, long.issues[0]?.code], ['json-invalid', 'limit']);
});

const numbers: readonly (readonly [literal: string, code: IssueCode | undefined])[] = [
  ['-0', undefined],
  ['9007199254740991', undefined],
  ['9007199254740993', 'unsafe-integer'],
  ['9007199254740993.0', 'type'],
  ['1.0', 'type'],
  ['1e2', 'type'],
  ['1.00000000000000000000000001', 'type'],
  ['1e999', 'type'],
];

for (const [literal, code] of numbers) {
  test(`In text, ${literal} ${code === undefined ? 'is an integer' : `is refused as ${code}`}.`, () => {
    const text = toJson(sample('3.1.0', 'D-Prognosis'), protocol).replace('-1500250', literal);
    if (code === undefined) fromJson(text, 'D-Prognosis', protocol);
    else assert.is(failure(() => fromJson(text, 'D-Prognosis', protocol)).issues[0]?.code, code);
  });
}

test('A decimal may be a number; in text its digits are kept.', () => {
  const text = toJson(sample('3.1.0', 'Metering'), protocol);
  const value = (to: string): unknown => fromJson(text.replace('"-0.0000001"', to), 'Metering', protocol);
  assert.match(inspect(value('0.12345678901234567890'), { depth: null }), `'0.12345678901234567890'`);
  assert.is(failure(() => value('1e3')).issues[0]?.code, 'type');
  const order = fromJson({ ...parsed('FlexOrder'), Price: 12.5 }, 'FlexOrder', protocol);
  assert.is(Reflect.get(order, 'price'), '12.5');
});

test('Text and what JSON.parse makes of it give the same message.', () => {
  for (const name of [
    'FlexOffer',
    'FlexSettlement',
    'DSOPortfolioQueryResponse',
    'AGRPortfolioQueryResponse',
  ]) {
    const text = toJson(sample('3.1.0', name), protocol);
    assert.equal(fromJson(JSON.parse(text), name, protocol), fromJson(text, name, protocol));
  }
});
