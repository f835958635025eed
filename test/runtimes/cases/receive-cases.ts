/** @module Cases of receiving: a service takes requests through `fetch`, decides and commits; and it stops. */

import { accept, createHost, defaultLimits, defer, memory, reject, type Servable } from 'shapeshifter-uftp';
import { protocol as v3_0 } from 'shapeshifter-uftp/v3.0';
import { type AgrHandlers, agr, dso, type FlexRequest, protocol as v3_1 } from 'shapeshifter-uftp/v3.1';
import { type Case, equal } from './case.ts';
import {
  aggregator,
  both,
  dPrognosis,
  flexRequest,
  openMarket,
  operator,
  path,
  payload,
  told,
} from './market.ts';

const toAggregator = [operator, aggregator] as const;

/** An AGR in a market, and how a FlexRequest of the DSO comes. */
async function open(handlers: AgrHandlers) {
  const market = await openMarket();
  const service = await market.join(agr, { handlers });
  const request = (fields: object = {}) =>
    market.seal(payload('FlexRequest', toAggregator, { ...flexRequest, ...fields }), operator);
  return { market, service, request };
}

const xml = { 'content-type': 'text/xml; charset=utf-8' };

function post(service: Servable, body: Uint8Array | string, headers: object = xml): Promise<Response> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body.slice();
  const all = { 'content-length': String(bytes.length), ...headers };
  return service.fetch(
    new Request(`https://agr.example${path}`, { method: 'POST', headers: all, body: bytes }),
  );
}

/** Status and code of a refusal. */
async function refusal(response: Response): Promise<string> {
  const { code, status } = (await response.json()) as { code: string; status: number };
  equal(status, response.status, 'the status in the body');
  return `${status} ${code}`;
}

/** Cases of receive, decide, commit and stop. */
export const receiveCases: readonly Case[] = [
  {
    title: 'a message that is posted is answered 200 without a body, and is stored with its answer',
    async run() {
      const { service, request } = await open({ processFlexRequest() {} });
      const response = await post(service, await request());
      equal([response.status, await response.text()], [200, ''], 'the HTTP response');
      const { messages } = await service.messages();
      const kept = messages.map(({ direction, type, state }) => `${direction} ${type} ${state}`);
      equal(kept, ['in FlexRequest waiting', 'out FlexRequestResponse waiting'], 'what is stored');
      const [stored] = messages;
      if (stored === undefined) throw new Error('nothing is stored');
      const { revision } = service.read(stored) as FlexRequest;
      equal(revision, flexRequest.revision, 'Revision');
    },
  },
  {
    title: 'what cannot be taken is answered with the status of the rule, and nothing is stored',
    async run() {
      const { market, service, request } = await open({ processFlexRequest() {} });
      const good = await request();
      const stranger = { domain: 'stranger.example', role: 'DSO' } as const;
      const body = payload('FlexRequest', toAggregator, flexRequest);
      const unsized = new Request(`https://agr.example${path}`, {
        method: 'POST',
        headers: xml,
        body: good.slice(),
      });
      const get = await service.fetch(new Request(`https://agr.example${path}`));
      equal(get.headers.get('allow'), 'POST', 'Allow');
      for (const [expected, response] of [
        ['405 method-not-allowed', get],
        ['411 length-required', await service.fetch(unsized)],
        ['413 body-too-large', await post(service, ' '.repeat(defaultLimits.bytesMax + 1))],
        ['400 content-type', await post(service, good, { 'content-type': 'application/json' })],
        ['400 envelope-invalid', await post(service, '<SignedMessage/>')],
        ['419 key-unknown', await post(service, await market.seal(body, stranger, operator))],
        ['401 signature-invalid', await post(service, await market.seal(body, operator, aggregator))],
        ['400 message-invalid', await post(service, await market.seal('<FlexRequest/>', operator))],
      ] as const) {
        equal(await refusal(response), expected, 'the refusal');
      }
      const elsewhere = await service.fetch(new Request('https://agr.example/', { method: 'POST' }));
      equal(elsewhere.status, 404, 'the status of another path');
      equal((await service.messages()).messages, [], 'what is stored');
    },
  },
  {
    title: 'a handler that throws is answered 500, without a word of it, and nothing is stored',
    async run() {
      const { market, service, request } = await open({
        preProcessFlexRequest() {
          throw new Error('secret');
        },
      });
      const response = await post(service, await request());
      equal((await response.clone().text()).includes('secret'), false, 'the secret in the body');
      equal(await refusal(response), '500 handler-failed', 'the refusal');
      equal((await service.messages()).messages, [], 'what is stored');
      equal(market.events.filter(({ event }) => event === 'refused').length, 1, 'what the observer heard');
    },
  },
  {
    title: 'a handler accepts or rejects, and the response says so',
    async run() {
      for (const [decision, result, answer] of [
        [accept(), 'accepted', 'FlexRequestResponse Accepted'],
        [reject(['No', 'Never']), 'rejected', 'FlexRequestResponse Rejected'],
      ] as const) {
        const { market, service, request } = await open({ preProcessFlexRequest: () => decision });
        equal((await service.receive(await request())).result, result, 'the receipt');
        await market.drain();
        equal(market.posts.map(told), [answer], 'what is sent');
        const { rejectionReason } = (market.posts[0]?.message ?? {}) as { rejectionReason?: string };
        equal(rejectionReason, result === 'rejected' ? 'No; Never' : undefined, 'RejectionReason');
      }
    },
  },
  {
    title: 'a request that is deferred is answered later, once',
    async run() {
      const { market, service, request } = await open({
        preProcessFlexRequest: () => defer(),
        processFlexRequest() {},
      });
      const messageId = crypto.randomUUID();
      equal((await service.receive(await request({ messageId }))).result, 'deferred', 'the receipt');
      await market.drain();
      equal(market.posts, [], 'what is sent before');
      await service.respond({ messageId, sender: operator }, reject('Too late'));
      const again = await service
        .respond({ messageId, sender: operator }, accept())
        .catch((error: unknown) => String(error).split(' ', 2)[1]);
      equal(again, '[reply-not-awaited]', 'a second answer');
      await market.drain();
      equal(market.posts.map(told), ['FlexRequestResponse Rejected'], 'what is sent');
    },
  },
  {
    title: 'copies of a message, one after another and at once, run its handlers once',
    async run() {
      let ran = 0;
      const { market, service, request } = await open({
        processFlexRequest() {
          ran += 1;
        },
      });
      const envelope = await request();
      const copies = await Promise.all([1, 2, 3, 4].map(() => service.receive(envelope)));
      await market.drain();
      const results = [...copies, await service.receive(envelope)].map(({ result }) => result);
      const expected = ['accepted', 'repeated', 'repeated', 'repeated', 'repeated'];
      equal(results.sort(), expected, 'the receipts');
      await market.drain();
      equal([ran, market.posts.length], [1, 1], 'runs and responses');
    },
  },
  {
    title: 'another message under the same MessageID is rejected with "Duplicate Identifier"',
    async run() {
      const { service, request } = await open({ processFlexRequest() {} });
      const messageId = crypto.randomUUID();
      await service.receive(await request({ messageId }));
      const other = await service.receive(await request({ messageId, serviceType: 'other' }));
      const reasons = 'reasons' in other ? other.reasons : undefined;
      equal([other.result, reasons], ['rejected', ['Duplicate Identifier']], 'the receipt');
    },
  },
  {
    title: 'a message of 3.0.0 reaches the handler in 3.1.0, and is answered in 3.0.0',
    async run() {
      const market = await openMarket();
      const seen: string[] = [];
      const service = await market.join(agr, {
        versions: [v3_0, v3_1],
        handlers: {
          preProcessFlexRequest({ version }, { original }) {
            seen.push(version, original.version);
            return accept();
          },
        },
      });
      const body = payload('FlexRequest', toAggregator, flexRequest, v3_0);
      await service.receive(await market.seal(body, operator));
      await market.drain();
      equal([...seen, market.posts[0]?.message.version], ['3.1.0', '3.0.0', '3.0.0'], 'versions');
    },
  },
  {
    title: 'a host serves two roles of one domain on one endpoint and store',
    async run() {
      const market = await openMarket();
      const store = memory();
      const took: string[] = [];
      const given = { store, domain: 'both.example' };
      const asAggregator = await market.join(agr, {
        ...given,
        handlers: { processFlexRequest: () => void took.push('AGR') },
      });
      const asOperator = await market.join(dso, {
        ...given,
        handlers: { processDPrognosis: () => void took.push('DSO') },
      });
      const host = createHost([asAggregator, asOperator]);
      market.services.set('https://both.example', host);
      const request = payload('FlexRequest', [operator, both[0]], flexRequest);
      const prognosis = payload('D-Prognosis', [aggregator, both[1]], dPrognosis);
      equal((await post(host, await market.seal(request, operator))).status, 200, 'to the AGR');
      equal((await post(host, await market.seal(prognosis, aggregator))).status, 200, 'to the DSO');
      await market.drain();
      equal(took.sort(), ['AGR', 'DSO'], 'who took');
      const answers = ['D-PrognosisResponse Accepted', 'FlexRequestResponse Accepted'];
      equal(market.posts.map(told).sort(), answers, 'what is sent');
      for (const one of [asAggregator, asOperator])
        equal((await one.messages()).messages.length, 2, `messages of the ${one.party.role}`);
    },
  },
  {
    title: 'a service that is stopped finishes what is under way and answers 503 afterwards',
    async run() {
      let go = (): void => {};
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      const { service, request } = await open({
        async preProcessFlexRequest() {
          await gate;
          return accept();
        },
      });
      const underWay = post(service, await request());
      const stopping = service.stop();
      go();
      await stopping;
      equal((await underWay).status, 200, 'what was under way');
      const late = await post(service, await request());
      equal(late.headers.get('retry-after'), '5', 'Retry-After');
      equal(await refusal(late), '503 stopping', 'the refusal');
      equal((await service.receive(await request())).status, 503, 'what came another way');
      equal((await service.messages()).messages.length, 2, 'messages');
    },
  },
];
