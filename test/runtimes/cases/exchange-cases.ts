/** @module Cases of sending: look-ups, delivery and its retries, handlers that send, and answers that are waited for. */

import { accept, addressBook, generateKeys, reject } from 'shapeshifter-uftp';
import { agr, dso } from 'shapeshifter-uftp/v3.1';
import { type Case, equal } from './case.ts';
import {
  aggregator,
  flexOffer,
  flexRequest,
  type Market,
  openMarket,
  operator,
  path,
  payload,
  told,
} from './market.ts';

const minute = 60_000;

/** How many attempts at delivery failed, for now and for good. */
function failures({ events }: Market): readonly [retrying: number, undeliverable: number] {
  const count = (name: string): number => events.filter(({ event }) => event === name).length;
  return [count('retrying'), count('undeliverable')];
}

/** Cases of the address book, send, deliver, drain and reply. */
export const exchangeCases: readonly Case[] = [
  {
    title: 'the address book knows keys and endpoints by domain and role, and asks no network',
    async run() {
      const [{ publicKey: one }, other] = [await generateKeys(), await generateKeys()];
      const endpoint = `https://dso.example${path}`;
      const lookup = addressBook([{ ...operator, key: [one, other.cs1], endpoint }]);
      equal(lookup.keys(operator, { fresh: false }), [one, other.publicKey], 'keys');
      equal(String(lookup.endpoint(operator)), endpoint, 'endpoint');
      const sameDomain = { ...operator, role: 'AGR' } as const;
      equal(lookup.keys(sameDomain, { fresh: true }), undefined, 'keys in another role');
      equal(lookup.endpoint(aggregator), undefined, 'endpoint of another');
    },
  },
  {
    title: 'a message that failed is sent again when it is due, to the byte, and is then done',
    async run() {
      const market = await openMarket();
      const service = await market.join(agr, {});
      const answers: readonly (number | Error)[] = [new Error('connection reset'), 503, 200];
      market.disturb = () => {
        const answer = answers[market.posts.length - 1];
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const { messageId } = await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
      const state = async () => (await service.messages({ messageId })).messages[0]?.state;
      const pauses: number[] = [];
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        const { nextDueAt = 0 } = await service.drain();
        equal([market.posts.length, await state()], [attempt, 'waiting'], 'attempts, and state');
        pauses.push(nextDueAt - market.clock.now());
        market.clock.advance(nextDueAt - market.clock.now());
      }
      equal(pauses, [2_501, 5_001], 'pauses');
      equal(await service.drain(), { tasks: 1, nextDueAt: undefined }, 'the last drain');
      equal(await state(), 'done', 'state');
      const [first, ...retries] = market.posts;
      for (const { bytes } of retries) equal(bytes, first?.bytes, 'what is sent again');
      equal([retries.length, ...failures(market)], [2, 2, 0], 'retries');
    },
  },
  {
    title: 'a message that is refused for good, and one without endpoint, end as rules 25 to 29 say',
    async run() {
      const market = await openMarket();
      const service = await market.join(agr, {});
      market.disturb = () => 400;
      await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
      await service.dsoClient('unknown.example').sendFlexOffer(flexOffer);
      await market.drain();
      const { messages } = await service.messages();
      const states = messages.map(({ partner, state }) => `${partner.domain} ${state}`);
      equal(states.sort(), ['dso.example dead', 'unknown.example waiting'], 'states');
      equal(failures(market), [1, 1], 'failures');
    },
  },
  {
    title: 'what a handler sends goes out when it ends, with what it writes, and not when it throws',
    async run() {
      const market = await openMarket();
      const written: number[] = [];
      const service = await market.join(agr, {
        handlers: {
          async processFlexRequest({ messageId, conversationId }, context) {
            const draft = { ...flexOffer, conversationId, flexRequestMessageId: messageId };
            await context.dsoClient(context.sender.domain).sendFlexOffer(draft);
            context.onCommit((tx) => {
              tx.set('attempt', context.attempt);
              written.push(context.attempt);
            });
            if (context.attempt === 1) throw new Error('not yet');
          },
        },
      });
      await service.receive(
        await market.seal(payload('FlexRequest', [operator, aggregator], flexRequest), operator),
      );
      await market.drain();
      equal([market.posts.map(told), written], [['FlexRequestResponse Accepted'], []], 'after the throw');
      market.clock.advance(minute);
      await market.drain();
      equal(market.posts.map(told), ['FlexRequestResponse Accepted', 'FlexOffer'], 'what is sent');
      equal(written, [2], 'what is written');
    },
  },
  {
    title: 'reply: true gives the response, however it says no',
    async run() {
      for (const [decision, answer] of [
        [accept(), ['Accepted', undefined]],
        [reject('No'), ['Rejected', 'No']],
      ] as const) {
        const market = await openMarket();
        const asking = await market.join(dso, {});
        await market.join(agr, { handlers: { preProcessFlexRequest: () => decision } });
        const asked = asking.agrClient('agr.example').sendFlexRequest(flexRequest, { reply: true });
        const { result, rejectionReason } = await market.settle(asked);
        equal([result, rejectionReason], answer, 'the response');
      }
    },
  },
  {
    title: 'a request, an offer and an order pass between two services, each answered',
    async run() {
      const market = await openMarket();
      const asking = await market.join(dso, {
        handlers: {
          async processFlexOffer({ messageId, conversationId, offerOption, ...offer }, context) {
            const { ispDuration, timeZone, period, congestionPoint, currency } = offer;
            const [option] = offerOption;
            if (option === undefined) throw new Error('an offer without option');
            const { optionReference, price, isp } = option;
            await context.agrClient(context.sender.domain).sendFlexOrder({
              ...{ ispDuration, timeZone, period, congestionPoint, currency, conversationId, price, isp },
              flexOfferMessageId: messageId,
              orderReference: 'ORD-1',
              ...(optionReference !== undefined && { optionReference }),
            });
          },
        },
      });
      const taken: string[] = [];
      await market.join(agr, {
        handlers: {
          async processFlexRequest({ messageId, conversationId }, context) {
            const draft = { ...flexOffer, conversationId, flexRequestMessageId: messageId };
            await context.dsoClient(context.sender.domain).sendFlexOffer(draft);
          },
          preProcessFlexOrder: (_, { history }) => {
            taken.push(...history.map(({ direction, type }) => `${direction} ${type}`));
            return accept();
          },
        },
      });
      await asking.agrClient('agr.example').sendFlexRequest(flexRequest);
      await market.drain();
      equal(
        market.posts.map(told).sort(),
        [
          ...['FlexOffer', 'FlexOfferResponse Accepted', 'FlexOrder', 'FlexOrderResponse Accepted'],
          ...['FlexRequest', 'FlexRequestResponse Accepted'],
        ],
        'what is sent',
      );
      equal(taken.slice(0, 3), ['in FlexRequest', 'out FlexRequestResponse', 'out FlexOffer'], 'history');
      equal(new Set(market.posts.map(({ message }) => message.conversationId)).size, 1, 'conversations');
      equal(failures(market), [0, 0], 'failures');
    },
  },
];
