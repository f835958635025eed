/** @module A payload is read by the version that it names, or by the nearest one; decode and encode throw for what is not valid. */

import { decode, encode, readMessage, rowOf } from '../../runtime/codec/message.ts';
import { matchVersion, newestFirst } from '../../runtime/codec/version.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Protocol } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';
import { bytesOf, changed, noteVersion, readAs, refusal, summary } from './values.ts';

const test = suite('codec: message');

const all = Object.values(protocols);

const versions: readonly (readonly [version: string, read: string, supported: boolean])[] = [
  ['3.0.0', '3.0.0', true],
  ['3.1.0', '3.1.0', true],
  ['4.0.0', '4.0.0', true],
  ['3.1.7', '3.1.0', true],
  ['03.01.0', '3.1.0', true],
  ['3.2.0', '3.1.0', false],
  ['2.9.0', '3.1.0', false],
  ['4.1.0', '4.0.0', false],
  ['99999999999999999999.0.0', '3.1.0', false],
];

for (const [version, by, supported] of versions) {
  test(`Version ${version} is read as ${by}${supported ? '' : ', unsupported'}.`, () => {
    const document = bytesOf(changed('TestMessage', 'Version="3.1.0"', `Version="${version}" `));
    const found = readMessage(document, all);
    assert.ok(found.message !== undefined);
    assert.equal([found.protocol?.version, found.message && found.supported], [by, supported]);
    if (supported) assert.is(decode(document, all).version, version);
    else
      assert.throws(
        () => decode(document, all),
        (error: unknown) => isUftpError(error) && error.code === 'version-unsupported',
      );
  });
}

test('Version decides by which schema a document is judged, wherever it stands in the start tag.', () => {
  const order = changed('FlexOrder', / Version="3.1.0"(.*?)>/, '$1 Version="3.0.0">');
  assert.equal(summary(readMessage(bytesOf(order), all).issues), [
    'attribute-unknown /FlexOrder/@Unsolicited',
    'attribute-unknown /FlexOrder/@ServiceType',
  ]);
});

test('decode throws one error that names the first issue and carries all.', () => {
  try {
    decode(bytesOf(changed('FlexOffer', /Start="1"/g, 'Start="0"')), all);
  } catch (error) {
    assert.ok(isUftpError(error));
    assert.is(error.code, 'document-invalid');
    assert.is(error.issues.length, 3);
    assert.match(
      error.message,
      /^\[document-invalid\] the document is not valid: \/FlexOffer\/OfferOption\[1\]\/ISP\[1\]\/@Start range: .*, and 2 more$/,
    );
    return;
  }
  assert.unreachable();
});

/** Which of the supported versions a Version means, in brackets where it means none of them. */
const nearest: readonly (readonly [version: string, supported: string, meant: string])[] = [
  ['3.1.0', '3.0.0 3.1.0', '3.1.0'],
  ['3.0.9', '3.1.0 3.0.0', '3.0.0'],
  ['3.0.0', '3.1.0', '(3.1.0)'],
  ['3.2.0', '3.10.0 3.9.0', '(3.10.0)'],
  ['2.0.0', '3.0.0 3.1.0', '(3.1.0)'],
  ['2.0.0', '1.5.0 2.4.0 3.0.0', '(2.4.0)'],
  ['5.0.0', '3.1.0 4.0.0-draft', '(3.1.0)'],
  ['4.0.0', '3.1.0 4.0.0-draft', '4.0.0'],
  ['4.1.0', '3.1.0 4.0.0-draft', '(4.0.0)'],
  ['3.1.1', '3.1.0 3.1.1', '3.1.1'],
  ['3.1.2', '3.1.1-draft 3.1.0', '3.1.0'],
  ['', '3.0.0 3.1.0', '(3.1.0)'],
  ['3', '3.0.0 3.1.0', '(3.1.0)'],
  ['constructor', '3.0.0', '(3.0.0)'],
];

function stated(text: string): Protocol {
  const [version = '', draft] = text.split('-');
  return { ...noteVersion(version, []), experimental: draft !== undefined };
}

for (const [version, among, meant] of nearest) {
  test(`Version "${version}" means ${meant} where ${among} are supported.`, () => {
    const { protocol, supported } = matchVersion(version, among.split(' ').map(stated));
    assert.is(supported ? protocol.version : `(${protocol.version})`, meant);
  });
}

test('Newest first is by numbers, what is not released last, and leaves the list as it was.', () => {
  const given = ['3.9.0', '4.0.0-draft', '3.10.0', '3.0.0'].map(stated);
  const versions = (list: readonly Protocol[]): string[] => list.map(({ version }) => version);
  assert.equal(versions(newestFirst(given)), ['3.10.0', '3.9.0', '3.0.0', '4.0.0']);
  assert.equal(versions(given), ['3.9.0', '4.0.0', '3.10.0', '3.0.0']);
});

test('Somebody who supports no version at all has made a mistake.', () => {
  assert.throws(() => matchVersion('3.1.0', []), /^matchVersion: give at least one protocol version$/);
});

const named: readonly (readonly [what: string, from: string | RegExp, to: string, ...issues: string[]])[] = [
  ['by reference', '"3.1.0"', '"3.&#49;.0"'],
  ['in single quotes, with white space', 'Version="3.1.0"', "\nVersion\t= '3.1.0'"],
  [
    'behind text that looks like it',
    / Version="3\.1\.0"(.*)\/>/,
    " $1 xmlns:Version='Version=\"9.9.9\"' Version='3.1.0'/>",
  ],
  ['not at all', ' Version="3.1.0"', '', 'attribute-missing /TestMessage/@Version'],
  ['twice', ' Version="3.1.0"', ' Version="3.1.0" Version="3.0.0"', 'xml /'],
  [
    'with another prefix',
    ' Version',
    ' xmlns:v="u" v:Version',
    'attribute-unknown /TestMessage/@v:Version',
    'attribute-missing /TestMessage/@Version',
  ],
];

for (const [what, from, to, ...issues] of named) {
  test(`Version may stand there ${what}${issues.length > 0 ? ', which is an issue' : ''}.`, () => {
    const found = readMessage(bytesOf(changed('TestMessage', from, to)), all);
    assert.equal(summary(found.issues), issues);
    assert.is(found.protocol, protocols['3.1.0']);
  });
}

test('What was read comes with its row, and no issue.', () => {
  const found = readAs(changed('FlexOffer', 'EUR', 'CHF'));
  assert.ok(found.message !== undefined && 'row' in found);
  assert.is(found.message && found.row, rowOf('FlexOffer', protocols['3.1.0']));
  assert.equal([found.issues, found.warnings], [[], []]);
});

test('What was refused says which root element it has, and by which version it was judged, where that is known.', () => {
  const facts = (xml: string): unknown[] => {
    const found = readMessage(bytesOf(xml), all);
    return [found.message, Reflect.get(found, 'root'), found.protocol?.version, found.issues.length];
  };
  assert.equal(facts('<'), [undefined, undefined, undefined, 1]);
  assert.equal(facts('<FlexOffer Version="3.0.0">'), [undefined, 'FlexOffer', '3.0.0', 12]);
  assert.equal(facts('<FlexBid Version="3.0.0"/>'), [undefined, 'FlexBid', undefined, 1]);
});

test('encode writes by the version that the caller names, decode reads by the one that Version names.', () => {
  const message = { ...sample('3.1.0', 'TestMessage'), version: '3.0.0' };
  const bytes = encode(message, protocols['3.1.0']);
  assert.equal(
    refusal('version-unsupported', () => decode(bytes, [protocols['3.1.0']])),
    [],
  );
  assert.equal(decode(bytes, [protocols['3.0.0']]), message);
});

test('A name that is no message of the version is an error of its own.', () => {
  for (const name of ['SignedMessage', 'flexOffer', 'constructor', '', '$type', undefined]) {
    assert.equal(
      refusal('message-unknown', () => rowOf(name as string, protocols['3.1.0'])),
      [],
    );
  }
});
