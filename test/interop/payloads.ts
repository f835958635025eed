/** @module Valid messages of every type and version to send: the golden ones of the Python library, and those that it lacks. */

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import {
  type AgrPortfolioQueryResponseDraft,
  type DsoPortfolioQueryResponseDraft,
  type FlexSettlementDraft,
  protocol as v3_1,
} from '../../generated/3.1.0/index.ts';
import { decode, encode, rowOf } from '../../runtime/codec/message.ts';
import type { Message, MessageRow, Party, Protocol } from '../../runtime/roles.ts';
import { golden } from './shared.ts';

/** A message to send. */
export interface Payload {
  /** Name of the golden file, such as `FlexRequest.minimal`, or of the type. */
  readonly title: string;
  readonly row: MessageRow;
  /** Valid in its version. What a client fills in is to be replaced: see {@link addressed}. */
  readonly message: Message;
}

/** The released versions by their names. */
export const protocols: Readonly<Record<'3.1.0' | '3.0.0', Protocol>> = { '3.1.0': v3_1, '3.0.0': v3_0 };

/** At least one message of every type. */
export function payloads(version: keyof typeof protocols): readonly Payload[] {
  const protocol = protocols[version];
  const payload = (title: string, text: string): Payload => {
    const message = decode(new TextEncoder().encode(text), [protocol]);
    return { title, row: rowOf(message.$type, protocol), message };
  };
  return [
    ...goldenTexts(version).map(([title, text]) => payload(title, alive(text))),
    ...Object.entries(made).map(([title, draft]) => payload(title, written(title, draft, protocol))),
  ];
}

/** One of them by its title. */
export function payloadOf(title: string, version: keyof typeof protocols): Payload {
  const found = payloads(version).find((one) => one.title === title);
  if (found === undefined) throw new Error(`there is no payload ${title} of ${version}`);
  return found;
}

/** A message as one participant sends it to another now, with identifiers of its own. */
export function addressed(message: Message, from: Party, to: Party, version: string): Message {
  return {
    ...message,
    version,
    senderDomain: from.domain,
    recipientDomain: to.domain,
    // As the library writes it: other forms of one moment must arrive as they were sent, too.
    timeStamp: new Date().toISOString().replace('Z', '000+00:00'),
    messageId: randomUUID(),
    conversationId: randomUUID(),
  };
}

/** What a client or handler gives of a message: all but what the library fills in. */
export function draftOf(message: Message): object {
  const { $type: _t, version: _v, senderDomain: _s, recipientDomain: _r, timeStamp: _at, ...draft } = message;
  return draft;
}

/** Golden messages that are valid in their version, or are but for TestMessageResponse's Result. */
function goldenTexts(version: string): readonly (readonly [title: string, text: string])[] {
  const folder = version === '3.0.0' ? join(golden, 'v3.0.0') : golden;
  const manifest = JSON.parse(readFileSync(join(golden, 'manifest.json'), 'utf8')) as Record<
    string,
    { readonly schema: Readonly<Record<string, true | string>> }
  >;
  return readdirSync(folder)
    .filter((file) => file.endsWith('.xml') && !file.endsWith('.signed.xml'))
    .map((file) => [file.slice(0, -4), readFileSync(join(folder, file), 'utf8')] as const)
    .filter(
      ([title]) =>
        title === 'TestMessageResponse' || manifest[`${version}/${title}`]?.schema[`V${version}`] === true,
    );
}

const dayMs = 24 * 3600 * 1000;

/**
 * Makes a golden message one of today: not yet expired; with a Revision as field systems make it, of 17 digits; and
 * without the Result that the library adds to TestMessageResponse by itself.
 */
function alive(text: string): string {
  const expiry = new Date(Date.now() + dayMs).toISOString();
  return text
    .replace(/ ExpirationDateTime="[^"]*"/, ` ExpirationDateTime="${expiry}"`)
    .replace(/ Revision="\d+"/, ' Revision="20261123092430123"')
    .replace(/(<TestMessageResponse [^>]*) Result="Accepted"/, '$1');
}

/** Writes a draft in a version; what stands in it is the same in both. */
function written(title: string, draft: object, protocol: Protocol): string {
  const row = rowOf(title, protocol);
  const id = randomUUID();
  const { version } = protocol;
  const metadata = {
    version,
    senderDomain: 'sender.example',
    recipientDomain: 'recipient.example',
    timeStamp: '2026-02-10T09:15:00Z',
  };
  const message: Message = {
    ...row.constants,
    ...draft,
    $type: title,
    ...metadata,
    messageId: id,
    conversationId: id,
  };
  return new TextDecoder().decode(encode(message, protocol));
}

const timeZone = 'Europe/Amsterdam';
const period = '2026-02-11';
const congestionPoint = 'ean.871687120000000010';
const connection = [{ entityAddress: 'ean.871687120000000101' }, { entityAddress: 'ean.871687120000000118' }];

/** Of these types there is no golden message. Amounts have four decimals, to which the library rounds and pads. */
const made = {
  AGRPortfolioQueryResponse: {
    result: 'Accepted',
    agrPortfolioQueryMessageId: randomUUID(),
    timeZone,
    period,
    dsoView: [
      {
        dsoPortfolio: [
          {
            dsoDomain: 'grid-operator.example',
            congestionPoint: [
              {
                entityAddress: congestionPoint,
                mutexOffersSupported: true,
                dayAheadRedispatchBy: 'DSO',
                connection,
              },
            ],
          },
        ],
        connection: [{ entityAddress: 'ean.871687120000000125' }],
      },
    ],
  } satisfies AgrPortfolioQueryResponseDraft,
  DSOPortfolioQueryResponse: {
    result: 'Accepted',
    dsoPortfolioQueryMessageId: randomUUID(),
    timeZone,
    period,
    congestionPoint: {
      entityAddress: congestionPoint,
      connection: connection.map((one) => ({ ...one, agrDomain: 'aggregator.example' })),
    },
  } satisfies DsoPortfolioQueryResponseDraft,
  FlexSettlement: {
    periodStart: '2026-02-01',
    periodEnd: '2026-02-28',
    currency: 'EUR',
    flexOrderSettlement: [
      {
        orderReference: 'ORD-2026-000917',
        period,
        contractId: 'BIL-2026-0042',
        congestionPoint,
        price: '1250.7500',
        penalty: '-0.0050',
        netSettlement: '1250.7550',
        isp: [
          {
            start: 40,
            duration: 8,
            baselinePower: -75000,
            orderedFlexPower: 25000,
            actualPower: -50000,
            deliveredFlexPower: 25000,
          },
        ],
      },
    ],
    contractSettlement: [
      {
        contractId: 'BIL-2026-0042',
        period: [{ period, isp: [{ start: 40, duration: 8, reservedPower: 25000, requestedPower: 25000 }] }],
      },
    ],
  } satisfies FlexSettlementDraft,
};
