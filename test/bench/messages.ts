/** @module The messages that are measured: how many ISPs in, typed messages, payloads and sealed envelopes out. */

import { type DPrognosis, type FlexOffer, type FlexRequest, protocol } from '../../generated/3.1.0/index.ts';
import { encode } from '../../runtime/codec/message.ts';
import type { Signer } from '../../runtime/ports/signer.ts';
import type { Message, Party } from '../../runtime/roles.ts';
import { seal } from '../../runtime/seal/ed25519.ts';
import { writeEnvelope } from '../../runtime/seal/envelope.ts';

/** Who sends what is measured. */
export const agr: Party = { domain: 'aggregator.example', role: 'AGR' };
/** Who receives it. */
export const dso: Party = { domain: 'grid-operator.example', role: 'DSO' };

/** What is measured, by its name in the report. */
export type Measured = 'FlexOffer' | 'FlexRequest' | 'D-Prognosis' | 'FlexOfferResponse';

/** A message of each type, with 96 ISPs, the quarters of a day; the response has none. */
export function measured(): ReadonlyMap<Measured, Message> {
  return new Map<Measured, Message>([
    ['FlexOffer', flexOffer(96)],
    ['FlexRequest', flexRequest(96)],
    ['D-Prognosis', dPrognosis(96)],
    ['FlexOfferResponse', flexOfferResponse()],
  ]);
}

/** An offer for a congestion point of its own, unless its number says otherwise. */
export function flexOffer(isps: number, number = 0): FlexOffer {
  return {
    ...metadata('FlexOffer', agr, dso),
    ...about(number),
    expirationDateTime: `${daysFromNow(1)}T22:00:00Z`,
    flexRequestMessageId: crypto.randomUUID(),
    contractId: 'CSC-1',
    currency: 'EUR',
    offerOption: [
      {
        optionReference: 'opt-1',
        price: '126.50',
        minActivationFactor: '0.50',
        isp: starts(isps).map((start) => ({ power: -400_000 + start, start, duration: 1 })),
      },
    ],
  };
}

/** Offers that nobody has seen: each of a conversation and for a congestion point of its own, sealed. */
export async function freshOffers(signer: Signer, count: number): Promise<readonly Uint8Array[]> {
  const envelopes: Uint8Array[] = [];
  for (let i = 0; i < count; i += 1) {
    offers += 1;
    const payload = encode(flexOffer(96, offers), protocol);
    envelopes.push(writeEnvelope(agr, await seal(signer, payload)));
  }
  return envelopes;
}

let offers = 0;

function flexRequest(isps: number): FlexRequest {
  return {
    ...metadata('FlexRequest', dso, agr),
    ...about(0),
    revision: 1n,
    expirationDateTime: `${daysFromNow(1)}T22:00:00Z`,
    contractId: 'CSC-1',
    isp: starts(isps).map((start) => ({
      disposition: start % 2 === 0 ? 'Requested' : 'Available',
      minPower: -400_000 - start,
      maxPower: 0,
      start,
      duration: 1,
    })),
  };
}

function dPrognosis(isps: number): DPrognosis {
  return {
    ...metadata('D-Prognosis', agr, dso),
    ...about(0),
    revision: 1n,
    isp: starts(isps).map((start) => ({ power: 900_000 + start, start, duration: 1 })),
  };
}

function flexOfferResponse(): Message {
  const response = {
    ...metadata('FlexOfferResponse', dso, agr),
    flexOfferMessageId: crypto.randomUUID(),
    result: 'Accepted',
  };
  return response;
}

function metadata<Type extends string>($type: Type, from: Party, to: Party) {
  return {
    $type,
    version: protocol.version,
    senderDomain: from.domain,
    recipientDomain: to.domain,
    timeStamp: new Date().toISOString(),
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
  };
}

function about(number: number) {
  return {
    ispDuration: 'PT15M',
    timeZone: 'Europe/Amsterdam',
    period: daysFromNow(2),
    congestionPoint: `ean.87168712${String(number).padStart(10, '0')}`,
  };
}

function daysFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function starts(isps: number): readonly number[] {
  return Array.from({ length: isps }, (_, i) => i + 1);
}
