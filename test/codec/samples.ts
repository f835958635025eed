/**
 * @module One message of every type and version, with every attribute and element that the version has, as the decoder would
 * build it: defaults filled in, lists present.
 */

import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import type * as V3_1 from '../../generated/3.1.0/index.ts';
import { protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import type { Message, Protocol } from '../../runtime/roles.ts';

/** The versions, by the names of their folders. */
export const protocols: Readonly<Record<'3.0.0' | '3.1.0' | 'next', Protocol>> = {
  '3.0.0': v3_0,
  '3.1.0': v3_1,
  next,
};

/** Name of a version's folder. */
export type Folder = keyof typeof protocols;
/** The versions' folders, oldest first. */
export const folders: readonly Folder[] = ['3.0.0', '3.1.0', 'next'];

/** A UUID that ends in the number. */
export function uuid(number: number): string {
  return `c92254b5-7ebd-4036-93cf-${String(number).padStart(12, '0')}`;
}

const metadata = {
  version: '3.1.0',
  senderDomain: 'sender.example',
  recipientDomain: 'recipient.example',
  timeStamp: '2026-10-24T09:30:15.123456+02:00',
  messageId: uuid(1),
  conversationId: uuid(2),
};
const zone = { timeZone: 'Europe/Amsterdam', period: '2026-10-25' };
const flex = { ispDuration: 'PT15M', ...zone, congestionPoint: 'ean.871690930000478611' };
const rejected = { result: 'Rejected', rejectionReason: 'Barred Sender; "a" < b & ç\n€' } as const;
const accepted = { result: 'Accepted' } as const;
const isp = { power: -1500250, start: 1, duration: 96 };
const connection = { entityAddress: 'ea1.2026-01.example.sender:connection 1' };
const term = { startPeriod: '2026-11-01', endPeriod: '2027-01-31' };
const redispatch = {
  mutexOffersSupported: true,
  dayAheadRedispatchBy: 'DSO',
  intradayRedispatchBy: 'AGR',
} as const;

type Of3_1 =
  | V3_1.AgrPortfolioUpdate
  | V3_1.AgrPortfolioUpdateResponse
  | V3_1.AgrPortfolioQuery
  | V3_1.AgrPortfolioQueryResponse
  | V3_1.DPrognosis
  | V3_1.DPrognosisResponse
  | V3_1.FlexReservationUpdate
  | V3_1.FlexReservationUpdateResponse
  | V3_1.FlexRequest
  | V3_1.FlexRequestResponse
  | V3_1.FlexOffer
  | V3_1.FlexOfferResponse
  | V3_1.FlexOfferRevocation
  | V3_1.FlexOfferRevocationResponse
  | V3_1.FlexOrder
  | V3_1.FlexOrderResponse
  | V3_1.FlexSettlement
  | V3_1.FlexSettlementResponse
  | V3_1.TestMessage
  | V3_1.TestMessageResponse
  | V3_1.DsoPortfolioUpdate
  | V3_1.DsoPortfolioUpdateResponse
  | V3_1.DsoPortfolioQuery
  | V3_1.DsoPortfolioQueryResponse
  | V3_1.Metering
  | V3_1.MeteringResponse;

const of3_1: readonly Of3_1[] = [
  {
    $type: 'AGRPortfolioUpdate',
    ...metadata,
    timeZone: 'Europe/Amsterdam',
    connection: [
      { ...connection, ...term },
      { ...connection, startPeriod: '2026-11-01' },
    ],
  },
  { $type: 'AGRPortfolioUpdateResponse', ...metadata, ...rejected, agrPortfolioUpdateMessageId: uuid(3) },
  { $type: 'AGRPortfolioQuery', ...metadata, ...zone },
  {
    $type: 'AGRPortfolioQueryResponse',
    ...metadata,
    ...accepted,
    ...zone,
    agrPortfolioQueryMessageId: uuid(3),
    dsoView: [
      {
        dsoPortfolio: [
          {
            dsoDomain: 'dso.example',
            congestionPoint: [
              { entityAddress: 'ean.871690930000478611', ...redispatch, connection: [connection] },
            ],
          },
        ],
        connection: [connection],
      },
      {
        dsoPortfolio: [
          {
            dsoDomain: 'other.example',
            congestionPoint: [
              {
                entityAddress: 'ean.000000000000',
                mutexOffersSupported: false,
                dayAheadRedispatchBy: 'AGR',
                connection: [connection, connection],
              },
            ],
          },
        ],
        connection: [],
      },
    ],
  },
  {
    $type: 'D-Prognosis',
    ...metadata,
    ...flex,
    revision: 20261024093015123n,
    isp: [isp, { power: 0, start: 97, duration: 1 }],
  },
  {
    $type: 'D-PrognosisResponse',
    ...metadata,
    ...accepted,
    dPrognosisMessageId: uuid(3),
    flexOrderStatus: [{ flexOrderMessageId: uuid(4), isValidated: true }],
  },
  {
    $type: 'FlexReservationUpdate',
    ...metadata,
    ...flex,
    contractId: 'contract',
    reference: 'reference',
    isp: [isp],
  },
  {
    $type: 'FlexReservationUpdateResponse',
    ...metadata,
    ...rejected,
    flexReservationUpdateMessageId: uuid(3),
  },
  {
    $type: 'FlexRequest',
    ...metadata,
    ...flex,
    revision: 1n,
    expirationDateTime: '2026-10-24T17:00:00Z',
    contractId: 'contract',
    serviceType: 'service',
    isp: [
      { disposition: 'Requested', minPower: -3000000, maxPower: 0, start: 1, duration: 2 },
      { minPower: 0, maxPower: 9007199254740991, start: 3, duration: 1 },
    ],
  },
  { $type: 'FlexRequestResponse', ...metadata, ...rejected, flexRequestMessageId: uuid(3) },
  {
    $type: 'FlexOffer',
    ...metadata,
    ...flex,
    expirationDateTime: '2026-10-24T17:00:00+02:00',
    unsolicited: false,
    flexRequestMessageId: uuid(3),
    contractId: 'contract',
    dPrognosisMessageId: uuid(4),
    baselineReference: 'baseline',
    currency: 'EUR',
    offerOption: [
      { optionReference: 'A', price: '-12.5000', minActivationFactor: '0.01', isp: [isp] },
      { optionReference: '', price: '0', minActivationFactor: '1.00', isp: [isp, isp] },
    ],
  },
  { $type: 'FlexOfferResponse', ...metadata, ...accepted, flexOfferMessageId: uuid(3) },
  { $type: 'FlexOfferRevocation', ...metadata, flexOfferMessageId: uuid(3) },
  { $type: 'FlexOfferRevocationResponse', ...metadata, ...accepted, flexOfferRevocationMessageId: uuid(3) },
  {
    $type: 'FlexOrder',
    ...metadata,
    ...flex,
    unsolicited: false,
    flexOfferMessageId: uuid(3),
    serviceType: 'service',
    contractId: 'contract',
    dPrognosisMessageId: uuid(4),
    baselineReference: 'baseline',
    price: '1250.75',
    currency: 'EUR',
    orderReference: ' order ',
    optionReference: 'A',
    activationFactor: '0.75',
    isp: [isp],
  },
  { $type: 'FlexOrderResponse', ...metadata, ...accepted, flexOrderMessageId: uuid(3) },
  {
    $type: 'FlexSettlement',
    ...metadata,
    ...accepted,
    periodStart: '2026-10-01',
    periodEnd: '2026-10-31',
    currency: 'EUR',
    flexOrderSettlement: [
      {
        orderReference: 'order',
        period: '2026-10-25',
        contractId: 'contract',
        dPrognosisMessageId: uuid(4),
        baselineReference: 'baseline',
        congestionPoint: 'ean.871690930000478611',
        price: '10.00',
        penalty: '0.5',
        netSettlement: '9.5',
        isp: [
          {
            start: 1,
            duration: 4,
            baselinePower: 100,
            orderedFlexPower: -50,
            actualPower: 60,
            deliveredFlexPower: -40,
            powerDeficiency: 10,
          },
        ],
      },
      {
        period: '2026-10-26',
        congestionPoint: 'ean.871690930000478611',
        price: '1',
        penalty: '0',
        netSettlement: '1',
        isp: [
          {
            start: 1,
            duration: 1,
            baselinePower: 0,
            orderedFlexPower: 0,
            actualPower: 0,
            deliveredFlexPower: 0,
            powerDeficiency: 0,
          },
        ],
      },
    ],
    contractSettlement: [
      {
        contractId: 'contract',
        period: [
          {
            period: '2026-10-25',
            isp: [
              {
                start: 1,
                duration: 1,
                reservedPower: 5,
                requestedPower: 4,
                availablePower: 3,
                offeredPower: 2,
                orderedPower: 1,
              },
              { start: 2, duration: 1, reservedPower: 0 },
            ],
          },
        ],
      },
    ],
  },
  {
    $type: 'FlexSettlementResponse',
    ...metadata,
    ...accepted,
    flexSettlementMessageId: uuid(3),
    flexOrderSettlementStatus: [
      { orderReference: 'order', disposition: 'Disputed', disputeReason: 'reason' },
      { disposition: 'Accepted' },
    ],
  },
  { $type: 'TestMessage', ...metadata },
  { $type: 'TestMessageResponse', ...metadata },
  {
    $type: 'DSOPortfolioUpdate',
    ...metadata,
    timeZone: 'Europe/Amsterdam',
    congestionPoint: [
      {
        entityAddress: 'ean.871690930000478611',
        ...term,
        ...redispatch,
        connection: [
          { ...connection, ...term },
          { ...connection, startPeriod: '2026-11-01' },
        ],
      },
    ],
  },
  {
    $type: 'DSOPortfolioUpdateResponse',
    ...metadata,
    ...accepted,
    dsoPortfolioUpdateResponseMessageId: uuid(3),
  },
  { $type: 'DSOPortfolioQuery', ...metadata, ...zone, entityAddress: 'ean.871690930000478611' },
  {
    $type: 'DSOPortfolioQueryResponse',
    ...metadata,
    ...accepted,
    dsoPortfolioQueryMessageId: uuid(3),
    ...zone,
    congestionPoint: {
      entityAddress: 'ean.871690930000478611',
      connection: [{ ...connection, agrDomain: 'agr.example' }, connection],
    },
  },
  {
    $type: 'Metering',
    ...metadata,
    revision: -9223372036854775808n,
    ispDuration: 'PT15M',
    timeZone: 'Europe/Amsterdam',
    currency: 'EUR',
    period: '2026-10-25',
    ean: 'E8716871200000010',
    profile: [
      { profileType: 'Power', unit: 'kW', isp: [{ start: 1, value: '-0.0000001' }] },
      { profileType: 'ImportMeterReading', unit: 'kWh', isp: [{ start: 1, value: '12345678.1250' }] },
    ],
  },
  { $type: 'MeteringResponse', ...metadata, ...accepted, meteringMessageId: uuid(3) },
];

/** What 3.0.0 lacks of what the samples say. */
const unknownTo3_0: Readonly<Record<string, readonly string[]>> = {
  FlexOffer: ['unsolicited'],
  FlexOrder: ['unsolicited', 'serviceType'],
};

/** One message of every type that a version has. */
export function samples(folder: Folder): Message[] {
  const { version } = protocols[folder];
  return of3_1.map((message) => {
    const copy: Message = { ...(folder === 'next' ? toNext(message) : copyOf(message)), version };
    if (folder === '3.0.0') {
      for (const key of unknownTo3_0[message.$type] ?? []) Reflect.deleteProperty(copy, key);
    }
    return copy;
  });
}

/** One message by the name of its root element. */
export function sample(folder: Folder, name: string): Message & Record<string, unknown> {
  const found = samples(folder).find(({ $type }) => $type === name);
  if (found === undefined) throw new Error(`no sample of ${name}`);
  return found as Message & Record<string, unknown>;
}

/** In `next` every response has ReferenceMessageID, a FlexSettlement has no Result, and a TestMessageResponse has one. */
function toNext(message: Of3_1): Message {
  const reference = v3_1.messages.get(message.$type)?.reference;
  const copy: Record<string, unknown> = { ...copyOf(message) };
  if (message.$type === 'FlexSettlement') delete copy.result;
  if (message.$type === 'TestMessageResponse') Object.assign(copy, rejected);
  if (reference !== undefined) delete copy[reference];
  if (message.$type.endsWith('Response')) copy.referenceMessageId = uuid(3);
  return copy as unknown as Message;
}

/** A copy in which nothing is shared, as it is in decoded messages. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)])) as T;
}
