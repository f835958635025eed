/** @module What one version says and another does not: it is understood, written out, or a typed error; nothing is invented. */

import { convert } from '../../runtime/codec/convert.ts';
import type { Message } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import { type Folder, protocols, sample, uuid } from './samples.ts';
import { refusal } from './values.ts';

const test = suite('codec: conversion losses');

function converted(message: Message, from: Folder, to: Folder): Message {
  return convert(message, protocols[from], protocols[to], { referenceMessageId: uuid(3) });
}

/** From which version, to which, and the message, such as `3.0.0 > next: FlexOffer`. */
type Way = `${Folder} > ${Folder}: ${string}`;

function parts(way: Way): [from: Folder, to: Folder, name: string] {
  return way.split(/ > |: /) as [Folder, Folder, string];
}

const none = undefined;

/** What is not said in one version, and has to be said, or need not, in another. */
const kept: readonly (readonly [what: string, way: Way, given: object, gets: object])[] = [
  [
    'An offer without request is unsolicited',
    '3.0.0 > next: FlexOffer',
    { flexRequestMessageId: none },
    { flexRequestMessageId: none, unsolicited: true },
  ],
  [
    'An offer without request is understood',
    '3.0.0 > 3.1.0: FlexOffer',
    { flexRequestMessageId: none },
    { flexRequestMessageId: none, unsolicited: none },
  ],
  ['An offer with request is solicited', '3.0.0 > next: FlexOffer', {}, { unsolicited: false }],
  [
    'Unsolicited is understood without request',
    '3.1.0 > 3.0.0: FlexOffer',
    { flexRequestMessageId: none, unsolicited: true },
    { flexRequestMessageId: none },
  ],
  [
    'Unsolicited is understood without request',
    'next > 3.0.0: FlexOffer',
    { flexRequestMessageId: none, unsolicited: true },
    { flexRequestMessageId: none },
  ],
  [
    'An offer that says nothing is unsolicited',
    '3.1.0 > next: FlexOffer',
    { flexRequestMessageId: none, unsolicited: none },
    { flexRequestMessageId: none, unsolicited: true },
  ],
  ['The default is written out', 'next > 3.1.0: FlexOffer', { unsolicited: none }, { unsolicited: false }],
  [
    'An order of 3.0.0 is never direct',
    '3.0.0 > next: FlexOrder',
    {},
    { serviceType: none, unsolicited: false },
  ],
  [
    'An order without offer is direct',
    '3.1.0 > next: FlexOrder',
    { flexOfferMessageId: none, unsolicited: none },
    { flexOfferMessageId: none, unsolicited: true },
  ],
  [
    'An order with offer is not direct',
    '3.1.0 > next: FlexOrder',
    { unsolicited: none },
    { unsolicited: false },
  ],
  [
    'An order with offer is understood',
    '3.1.0 > 3.0.0: FlexOrder',
    { unsolicited: none, serviceType: none },
    {},
  ],
  [
    'An order with offer is understood',
    'next > 3.0.0: FlexOrder',
    { unsolicited: false, serviceType: none },
    {},
  ],
  [
    'An accepted test is understood',
    'next > 3.1.0: TestMessageResponse',
    { result: 'Accepted', rejectionReason: none },
    {},
  ],
  [
    'The reference comes from the conversation',
    '3.1.0 > next: FlexOfferResponse',
    { flexOfferMessageId: none },
    {},
  ],
  [
    'The reference of the message goes before it',
    '3.1.0 > next: FlexOfferResponse',
    { flexOfferMessageId: uuid(9) },
    { referenceMessageId: uuid(9) },
  ],
  [
    'A default that was left out is written out',
    '3.1.0 > next: FlexOrder',
    { activationFactor: none },
    { activationFactor: '1.00' },
  ],
  [
    'What a correction allows stays',
    '3.1.0 > next: Metering',
    { ean: 'E871687120000000010' },
    { ean: 'E871687120000000010' },
  ],
];

for (const [what, way, given, gets] of kept) {
  test(`${what} (${way}).`, () => {
    const [from, to, name] = parts(way);
    const message = { ...sample(from, name), ...given };
    const expected = Object.entries({ ...sample(to, name), ...gets }).filter(
      ([, value]) => value !== undefined,
    );
    assert.equal(converted(message, from, to), Object.fromEntries(expected));
  });
}

/** What one version says and another cannot, or the other way round. */
const lost: readonly (readonly [what: string, way: Way, given: object, ...issues: string[]])[] = [
  [
    'A direct order',
    '3.1.0 > 3.0.0: FlexOrder',
    { unsolicited: true, flexOfferMessageId: none },
    'attribute-missing @FlexOfferMessageID',
    'attribute-unknown @Unsolicited',
    'attribute-unknown @ServiceType',
  ],
  [
    'A direct order',
    'next > 3.0.0: FlexOrder',
    { unsolicited: true, flexOfferMessageId: none, serviceType: none },
    'attribute-missing @FlexOfferMessageID',
    'attribute-unknown @Unsolicited',
  ],
  [
    'An order that is tacitly direct',
    '3.1.0 > 3.0.0: FlexOrder',
    { unsolicited: none, flexOfferMessageId: none, serviceType: none },
    'attribute-missing @FlexOfferMessageID',
    'attribute-unknown @Unsolicited',
  ],
  [
    'A direct order of an offer',
    '3.1.0 > 3.0.0: FlexOrder',
    { unsolicited: true, serviceType: none },
    'attribute-unknown @Unsolicited',
  ],
  [
    'An unsolicited offer on a request',
    '3.1.0 > 3.0.0: FlexOffer',
    { unsolicited: true },
    'attribute-unknown @Unsolicited',
  ],
  [
    'A solicited offer without request',
    '3.1.0 > 3.0.0: FlexOffer',
    { flexRequestMessageId: none },
    'attribute-unknown @Unsolicited',
  ],
  [
    'A solicited offer without request',
    'next > 3.0.0: FlexOffer',
    { flexRequestMessageId: none },
    'attribute-unknown @Unsolicited',
  ],
  [
    'A settlement that is rejected',
    '3.1.0 > next: FlexSettlement',
    { result: 'Rejected' },
    'attribute-unknown @Result',
  ],
  [
    'A settlement with a reason',
    '3.0.0 > next: FlexSettlement',
    { rejectionReason: 'why' },
    'attribute-unknown @RejectionReason',
  ],
  [
    'A rejected test',
    'next > 3.0.0: TestMessageResponse',
    { rejectionReason: none },
    'attribute-unknown @Result',
  ],
  [
    'A time stamp without zone',
    '3.1.0 > next: TestMessage',
    { timeStamp: '2026-10-25T02:30:00' },
    'pattern @TimeStamp',
  ],
  [
    'A time stamp of ten decimals',
    '3.0.0 > next: TestMessage',
    { timeStamp: '2026-10-25T02:30:00.0123456789Z' },
    'pattern @TimeStamp',
  ],
  [
    'An expiry without zone',
    '3.1.0 > next: FlexRequest',
    { expirationDateTime: '2026-10-24T17:00:00' },
    'pattern @ExpirationDateTime',
  ],
  [
    'An expiry without zone',
    '3.0.0 > next: FlexOffer',
    { expirationDateTime: '2026-10-24T17:00:00' },
    'pattern @ExpirationDateTime',
  ],
  [
    'A property that no version has',
    '3.1.0 > 3.0.0: TestMessage',
    { sendrDomain: 'a.example' },
    'attribute-unknown @sendrDomain',
  ],
  [
    'What is not valid in its own version',
    '3.1.0 > next: FlexOrder',
    { price: 'free', currency: none },
    'type @Price',
    'attribute-missing @Currency',
  ],
];

for (const [what, way, given, ...issues] of lost) {
  test(`${what} is refused, with all that is wrong (${way}).`, () => {
    const [from, to, name] = parts(way);
    const message = { ...sample(from, name), ...given };
    const found = refusal('conversion-lossy', () => converted(message, from, to));
    assert.equal(found.sort(), issues.map((issue) => issue.replace('@', `/${name}/@`)).sort());
  });
}

test('A response to which neither message nor conversation knows the request is refused.', () => {
  for (const name of ['TestMessageResponse', 'FlexOfferResponse']) {
    const { flexOfferMessageId: _, ...response } = sample('3.1.0', name);
    const run = (): unknown => convert(response as Message, protocols['3.1.0'], protocols.next);
    assert.equal(refusal('conversion-lossy', run), [`attribute-missing /${name}/@ReferenceMessageID`]);
  }
});
