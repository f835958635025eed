/** @module Forecast, request, offer and order between a DSO and an AGR, one of them of the Python library, under the market's rules. */

import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import {
  type AgrHandlers,
  agr,
  type DPrognosisDraft,
  type DsoHandlers,
  dso,
  type FlexOffer,
  type FlexOrder,
  type FlexOrderResponse,
  type FlexRequestDraft,
  protocol as v3_1,
} from '../../generated/3.1.0/index.ts';
import { decode, encode } from '../../runtime/codec/message.ts';
import { createService } from '../../runtime/node.ts';
import { accept, type Message, type Protocol } from '../../runtime/roles.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { assert, suite } from '../support/suite.ts';
import { deliveryOf, eventIn, eventOf, processedByPython, sendFromPython } from './exchange.ts';
import { onDemand } from './loopback.ts';
import { lenientToPython, type Ours } from './ours.ts';
import { addressed } from './payloads.ts';
import type { Line, Peer } from './peer.ts';
import { absent } from './shared.ts';

const test = suite('interop: flow');

/** A Python AGR that offers on requests, and a Python DSO that orders on offers. */
const world = onDemand(async (loopback) => {
  const [agr, dso] = await Promise.all([
    loopback.python('AGR', { respond: 'full' }),
    loopback.python('DSO', { respond: 'full' }),
  ]);
  return { loopback, agr, dso };
});

const dayMs = 24 * 3600 * 1000;

/** A Wednesday, more than a week ahead: the clocks do not change on it, so that it has 96 ISPs. */
function nextWednesday(): string {
  const day = new Date(Date.now() + 8 * dayMs);
  while (day.getUTCDay() !== 3) day.setTime(day.getTime() + dayMs);
  return day.toISOString().slice(0, 10);
}

function aboutIsps() {
  return {
    ispDuration: 'PT15M',
    timeZone: 'Europe/Amsterdam',
    period: nextWednesday(),
    congestionPoint: 'ean.871687120000000010',
  };
}

function prognosis(): DPrognosisDraft {
  return { ...aboutIsps(), revision: 1n, isp: [{ start: 1, duration: 96, power: 900_000 }] };
}

/** 100 kW less is wanted in eight ISPs; in the others, more may be drawn. */
function request(): FlexRequestDraft {
  return {
    ...aboutIsps(),
    revision: 1n,
    expirationDateTime: new Date(Date.now() + dayMs).toISOString(),
    isp: [
      { disposition: 'Available', start: 1, duration: 40, minPower: 0, maxPower: 250_000 },
      { disposition: 'Requested', start: 41, duration: 8, minPower: -100_000, maxPower: 0 },
      { disposition: 'Available', start: 49, duration: 48, minPower: 0, maxPower: 250_000 },
    ],
  };
}

/** A draft as a Python service sends it to ours. */
function complete(name: string, draft: object, peer: Peer, ours: Ours, protocol: Protocol): Message {
  const message = addressed({ $type: name, ...draft } as Message, peer.party, ours.party, protocol.version);
  return decode(encode(message, protocol), [protocol]);
}

/** What a Python handler was given, of a type and in a conversation. */
function inConversation(peer: Peer, type: string, conversationId: string): Promise<Line> {
  return peer.lines.find(
    `"process" of a ${type} in ${conversationId}`,
    (line) => line.stage === 'process' && line.type === type && line.conversationId === conversationId,
  );
}

/** A message that a Python service has sent us in a conversation, and that we have accepted. */
async function acceptedIn<T extends Message>(
  ours: Ours,
  type: T['$type'],
  conversationId: string,
): Promise<T> {
  const { message, result, reasons } = await eventIn(ours, 'received', type, conversationId);
  assert.is(result, 'accepted', `${type}: ${reasons.join('; ')}`);
  return message as T;
}

/** A message that we send in a conversation. */
async function queuedIn<T extends Message>(ours: Ours, type: T['$type'], conversationId: string): Promise<T> {
  return (await eventIn(ours, 'queued', type, conversationId)).message as T;
}

/** A DSO that orders the first option of every offer in full. */
const ordering: DsoHandlers<MemoryTx> = {
  preProcessDPrognosis: () => accept(),
  preProcessFlexOffer: () => accept(),
  async processFlexOffer(offer, context) {
    const [option] = offer.offerOption;
    if (option === undefined) throw new Error('an offer has at least one option');
    await context.agrClient(context.sender.domain).sendFlexOrder({
      conversationId: offer.conversationId,
      ispDuration: offer.ispDuration,
      timeZone: offer.timeZone,
      period: offer.period,
      congestionPoint: offer.congestionPoint,
      flexOfferMessageId: offer.messageId,
      price: option.price,
      currency: offer.currency,
      orderReference: `ORD-${offer.messageId}`,
      ...(option.optionReference === undefined ? {} : { optionReference: option.optionReference }),
      isp: option.isp,
    });
  },
};

/** An AGR that offers what is requested. */
const offering: AgrHandlers<MemoryTx> = {
  preProcessFlexOrder: () => accept(),
  async processFlexRequest(request, context) {
    const requested = request.isp.filter((isp) => isp.disposition === 'Requested');
    await context.dsoClient(context.sender.domain).sendFlexOffer({
      conversationId: request.conversationId,
      flexRequestMessageId: request.messageId,
      ispDuration: request.ispDuration,
      timeZone: request.timeZone,
      period: request.period,
      congestionPoint: request.congestionPoint,
      expirationDateTime: request.expirationDateTime,
      currency: 'EUR',
      offerOption: [
        {
          optionReference: 'all',
          price: '126.5000',
          isp: requested.map(({ start, duration, minPower }) => ({ start, duration, power: minPower })),
        },
      ],
    });
  },
};

async function ourDsoBuys(protocol: Protocol): Promise<void> {
  const { loopback, agr: peer } = await world();
  const { version } = protocol;
  const ours = await loopback.ours(dso, {
    domain: `dso-${version.replaceAll('.', '-')}.example`,
    handlers: ordering,
    partner: { ...lenientToPython, version },
    create: createService,
  });
  const forecast = complete('D-Prognosis', prognosis(), peer, ours, protocol);
  assert.is((await sendFromPython(loopback, peer, ours.party, forecast, protocol)).ok, true);
  assert.is((await inConversation(peer, 'DPrognosisResponse', forecast.conversationId)).result, 'Accepted');

  const asked = { ...request(), messageId: crypto.randomUUID(), conversationId: crypto.randomUUID() };
  const { conversationId } = asked;
  const response = await ours.service.agrClient(peer.party.domain).sendFlexRequest(asked, { reply: true });
  assert.equal([response.result, response.flexRequestMessageId], ['Accepted', asked.messageId]);

  const offer = await acceptedIn<FlexOffer>(ours, 'FlexOffer', conversationId);
  assert.is(offer.flexRequestMessageId, asked.messageId);
  assert.is((await inConversation(peer, 'FlexOfferResponse', conversationId)).result, 'Accepted');

  const order = await queuedIn<FlexOrder>(ours, 'FlexOrder', conversationId);
  assert.equal(order.isp, offer.offerOption[0]?.isp);
  assert.is((await processedByPython(peer, order.messageId)).isps, order.isp.length);
  const ordered = await acceptedIn<FlexOrderResponse>(ours, 'FlexOrderResponse', conversationId);
  assert.equal([ordered.result, ordered.flexOrderMessageId], ['Accepted', order.messageId]);
}

async function ourAgrSells(protocol: Protocol): Promise<void> {
  const { loopback, dso: peer } = await world();
  const { version } = protocol;
  const ours = await loopback.ours(agr, {
    domain: `agr-${version.replaceAll('.', '-')}.example`,
    handlers: offering,
    partner: { ...lenientToPython, version },
    create: createService,
  });
  const forecast = await ours.service
    .dsoClient(peer.party.domain)
    .sendDPrognosis(prognosis(), { reply: true });
  assert.is(forecast.result, 'Accepted');

  const asked = complete('FlexRequest', request(), peer, ours, protocol);
  const { conversationId } = asked;
  assert.is((await sendFromPython(loopback, peer, ours.party, asked, protocol)).ok, true);
  assert.is((await eventOf(ours, 'received', asked.messageId)).result, 'accepted');
  assert.is((await inConversation(peer, 'FlexRequestResponse', conversationId)).result, 'Accepted');

  const offer = await queuedIn<FlexOffer>(ours, 'FlexOffer', conversationId);
  await deliveryOf(ours, 'delivered', offer.messageId);
  await processedByPython(peer, offer.messageId);
  const order = await acceptedIn<FlexOrder>(ours, 'FlexOrder', conversationId);
  assert.equal(
    [order.flexOfferMessageId, order.price, order.isp],
    [offer.messageId, offer.offerOption[0]?.price, offer.offerOption[0]?.isp],
  );
  assert.is((await inConversation(peer, 'FlexOrderResponse', conversationId)).result, 'Accepted');
}

if (absent === undefined) {
  for (const protocol of [v3_1, v3_0]) {
    test(`Our DSO buys from a Python AGR in ${protocol.version}: forecast, request, offer and order are answered and found.`, () =>
      ourDsoBuys(protocol));
    test(`Our AGR sells to a Python DSO in ${protocol.version}: forecast, request, offer and order are answered and found.`, () =>
      ourAgrSells(protocol));
  }
} else {
  test.skip('A DSO buys from an AGR, one of them of the Python library.', absent);
}

test.after(world.close);
