/** @module Messages for the tests of the flow: a draft of every request, and payloads of messages that nobody here would send. */

import {
  type AgrPortfolioQueryDraft,
  type AgrPortfolioUpdateDraft,
  type DPrognosisDraft,
  type DsoPortfolioQueryDraft,
  type DsoPortfolioUpdateDraft,
  type FlexOfferDraft,
  type FlexOfferRevocationDraft,
  type FlexOrderDraft,
  type FlexRequestDraft,
  type FlexReservationUpdateDraft,
  type FlexSettlementDraft,
  type MeteringDraft,
  protocol as v3_1,
} from '../../generated/3.1.0/index.ts';
import { encode, rowOf } from '../../runtime/codec/message.ts';
import type { Message, Party, Protocol } from '../../runtime/roles.ts';
import { begin, parties } from '../support/participants.ts';

export const congestionPoint = 'ean.871687120000000010';
export const period = '2026-03-03';
const connection = 'ean.871687120000000101';
const timeZone = 'Europe/Amsterdam';
const about = { ispDuration: 'PT15M', timeZone, period, congestionPoint };
const isp = { power: -400_000, start: 7, duration: 2 };

export const flexRequest: FlexRequestDraft = {
  ...about,
  revision: 1n,
  expirationDateTime: '2026-03-02T22:00:00Z',
  isp: [{ disposition: 'Requested', minPower: -400_000, maxPower: 0, start: 7, duration: 2 }],
};
export const flexOffer: FlexOfferDraft = {
  ...about,
  flexRequestMessageId: '11111111-1111-4111-8111-111111111111',
  expirationDateTime: '2026-03-02T23:00:00Z',
  currency: 'EUR',
  offerOption: [{ optionReference: 'full', price: '126.50', isp: [isp] }],
};
export const flexOrder: FlexOrderDraft = {
  ...about,
  flexOfferMessageId: '22222222-2222-4222-8222-222222222222',
  price: '126.50',
  currency: 'EUR',
  orderReference: 'ORD-1',
  optionReference: 'full',
  isp: [isp],
};
export const dPrognosis: DPrognosisDraft = { ...about, revision: 1n, isp: [{ power: 900_000, start: 1 }] };
export const flexReservationUpdate: FlexReservationUpdateDraft = {
  ...about,
  contractId: 'CSC-1',
  reference: 'RES-1',
  isp: [{ power: -400_000, start: 7 }],
};
export const flexOfferRevocation: FlexOfferRevocationDraft = {
  flexOfferMessageId: '22222222-2222-4222-8222-222222222222',
};
export const flexSettlement: FlexSettlementDraft = {
  periodStart: period,
  periodEnd: period,
  currency: 'EUR',
  flexOrderSettlement: ['ORD-1', 'ORD-2'].map((orderReference) => ({
    orderReference,
    period,
    congestionPoint,
    price: '126.50',
    netSettlement: '126.50',
    isp: [{ start: 7, baselinePower: 0, orderedFlexPower: -1, actualPower: -1, deliveredFlexPower: -1 }],
  })),
  contractSettlement: [
    { contractId: 'CSC-1', period: [{ period, isp: [{ start: 7, reservedPower: 1, requestedPower: 1 }] }] },
  ],
};
export const metering: MeteringDraft = {
  revision: 1n,
  ispDuration: 'PT15M',
  timeZone,
  period,
  ean: 'E8716871200000001',
  profile: [{ profileType: 'Power', unit: 'kW', isp: [{ start: 1, value: '12.5' }] }],
};
export const agrPortfolioUpdate: AgrPortfolioUpdateDraft = {
  timeZone,
  connection: [{ entityAddress: connection, startPeriod: period }],
};
export const agrPortfolioQuery: AgrPortfolioQueryDraft = { timeZone, period };
export const dsoPortfolioUpdate: DsoPortfolioUpdateDraft = {
  timeZone,
  congestionPoint: [
    {
      entityAddress: congestionPoint,
      startPeriod: period,
      mutexOffersSupported: false,
      dayAheadRedispatchBy: 'AGR',
      connection: [{ entityAddress: connection, startPeriod: period }],
    },
  ],
};
export const dsoPortfolioQuery: DsoPortfolioQueryDraft = { timeZone, period, entityAddress: congestionPoint };

/** A draft of every request of UFTP 3.1.0, by the message's name. */
export const drafts: Readonly<Record<string, object>> = {
  TestMessage: {},
  AGRPortfolioUpdate: agrPortfolioUpdate,
  AGRPortfolioQuery: agrPortfolioQuery,
  DSOPortfolioUpdate: dsoPortfolioUpdate,
  DSOPortfolioQuery: dsoPortfolioQuery,
  'D-Prognosis': dPrognosis,
  FlexReservationUpdate: flexReservationUpdate,
  FlexRequest: flexRequest,
  FlexOffer: flexOffer,
  FlexOfferRevocation: flexOfferRevocation,
  FlexOrder: flexOrder,
  FlexSettlement: flexSettlement,
  Metering: metering,
};

/** A message as it might come: from the DSO to the AGR, unless the fields say otherwise. */
export function message(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
  protocol: Protocol = v3_1,
): Message {
  const [from, to]: readonly Party[] = rowOf(name, protocol).from.includes('DSO')
    ? [parties.DSO, parties.AGR]
    : [parties.AGR, parties.DSO];
  return {
    ...rowOf(name, protocol).constants,
    ...drafts[name],
    $type: name,
    version: protocol.version,
    senderDomain: from?.domain ?? '',
    recipientDomain: to?.domain ?? '',
    timeStamp: new Date(begin).toISOString(),
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
    ...fields,
  };
}

/** The payload of such a message. */
export function payload(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
  protocol: Protocol = v3_1,
): Uint8Array {
  return encode(message(name, fields, protocol), protocol);
}
