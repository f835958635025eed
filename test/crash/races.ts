/** @module Races at two nodes of one AGR, each played many times at a durable store; one that has two outcomes throws. */

import { accept, type HistoryEntry, reject } from '../../runtime/roles.ts';
import { payload } from '../flow/drafts.ts';
import { type Gate, gate, minute } from '../support/participants.ts';
import { assert } from '../support/suite.ts';
import { type Nodes, openNodes } from './nodes.ts';
import { seeded } from './random.ts';
import { effectsOf, type Place } from './storage.ts';

/** How often each is played. */
const times = 200;

/** A race. */
export interface Race {
  readonly title: string;
  /** Plays it at a store that nobody has used. */
  run(place: Place): Promise<void>;
}

/** All races. */
export const races: readonly Race[] = [
  {
    title: 'of two orders for one offer, each at a node of its own, exactly one is accepted and takes effect',
    run: twoOrders,
  },
  {
    title:
      'an order is accepted where it came before the revocation of its offer, and rejected where it came after',
    run: orderAgainstRevocation,
  },
  { title: 'the same message at both nodes is stored, answered and processed once', run: sameMessage },
  {
    title: 'a node that hangs in mid-work and loses its lease writes and sends nothing when it comes to',
    run: lostLease,
  },
];

/** What a FlexOrder says, so that each race has a history of its own. */
function aboutOf(race: number) {
  const congestionPoint = `ean.87168712${String(race).padStart(10, '0')}`;
  const [conversationId, flexOfferMessageId] = [crypto.randomUUID(), crypto.randomUUID()];
  return { congestionPoint, conversationId, flexOfferMessageId };
}

const isTaken = ({ type, result }: HistoryEntry): boolean => type === 'FlexOrder' && result === 'accepted';
const isRevoked = ({ type, direction }: HistoryEntry): boolean =>
  type === 'FlexOfferRevocation' && direction === 'out';

/** Works until nothing is due at either node. */
async function drain({ nodes }: Nodes): Promise<void> {
  await Promise.all(nodes.map(({ service }) => service.drain()));
}

async function twoOrders(place: Place): Promise<void> {
  let met: { looked: number; readonly both: Gate } = { looked: 0, both: gate() };
  const market = await openNodes(place, (storage) => ({
    async preProcessFlexOrder(_, { history }) {
      met.looked += 1;
      if (met.looked === 2) met.both.open();
      await met.both.opened; // both have looked before either is committed
      return history.some(isTaken) ? reject('Flexibility procured') : accept();
    },
    processFlexOrder: ({ orderReference }, { onCommit }) =>
      onCommit((tx) => storage.write(tx, { kind: 'FlexOrder', id: orderReference })),
  }));
  for (let race = 0; race < times; race++) {
    met = { looked: 0, both: gate() };
    const about = { ...aboutOf(race), orderReference: `ORD-${race}` };
    const orders = [
      await market.dso.seal(payload('FlexOrder', about)),
      await market.dso.seal(payload('FlexOrder', about)),
    ];
    const receipts = await Promise.all(
      market.nodes.map(({ service }, i) => service.receive(orders[i] ?? '')),
    );
    assert.equal(receipts.map(({ result }) => result).sort(), ['accepted', 'rejected']);
    assert.is(met.looked, 3);
    await drain(market);
  }
  const effects = (await effectsOf(market.place)).map(({ id }) => id);
  assert.equal(effects.sort(), Array.from({ length: times }, (_, race) => `ORD-${race}`).sort());
  await market.close();
}

async function orderAgainstRevocation(place: Place): Promise<void> {
  const random = seeded(1);
  let revoke = async (): Promise<unknown> => undefined;
  const market = await openNodes(place, () => ({
    async preProcessFlexOrder(_, { history }) {
      const isLate = history.some(isRevoked);
      await revoke(); // in between what was looked at and what is committed on it
      return isLate ? reject('Offer was revoked') : accept();
    },
    processFlexOfferRevocationResponse() {},
  }));
  const [{ service }, other] = market.nodes;
  const outcomes = { accepted: 0, rejected: 0 };
  for (let race = 0; race < times; race++) {
    const { flexOfferMessageId, ...about } = aboutOf(race);
    const { conversationId } = about;
    const order = await market.dso.seal(payload('FlexOrder', { ...about, flexOfferMessageId }));
    let sent: Promise<unknown> | undefined;
    const send = (): Promise<unknown> => {
      sent ??= other.service
        .dsoClient('dso.example')
        .sendFlexOfferRevocation({ flexOfferMessageId, conversationId });
      return sent;
    };
    const how = race % 3; // at a moment of chance; in between; once the order has been accepted
    revoke = async () => {
      if (how === 1) await send();
    };
    const receiving = service.receive(order);
    for (let turns = Math.floor(random() * 8); how === 0 && turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    if (how === 0) await send();
    const { result } = await receiving;
    await send();
    const committed = (await market.conversation(conversationId)).map(({ type }) => type);
    const first = committed.indexOf('FlexOrder') < committed.indexOf('FlexOfferRevocation');
    assert.is(result, first ? 'accepted' : 'rejected', committed.join(', '));
    outcomes[first ? 'accepted' : 'rejected'] += 1;
    await drain(market);
  }
  assert.ok(outcomes.accepted > times / 4 && outcomes.rejected > times / 4, JSON.stringify(outcomes));
  await market.close();
}

async function sameMessage(place: Place): Promise<void> {
  const market = await openNodes(place, (storage) => ({
    preProcessFlexOrder: () => accept(),
    processFlexOrder: ({ messageId }, { onCommit }) =>
      onCommit((tx) => storage.write(tx, { kind: 'FlexOrder', id: messageId })),
  }));
  const ids: string[] = [];
  for (let race = 0; race < times; race++) {
    const messageId = crypto.randomUUID();
    const about = aboutOf(race);
    const order = await market.dso.seal(payload('FlexOrder', { ...about, messageId }));
    const receipts = await Promise.all(market.nodes.map(({ service }) => service.receive(order)));
    assert.equal(receipts.map(({ status, result }) => `${status} ${result}`).sort(), [
      '200 accepted',
      '200 repeated',
    ]);
    await drain(market);
    const types = (await market.conversation(about.conversationId)).map(({ type }) => type);
    assert.equal(types, ['FlexOrder', 'FlexOrderResponse']);
    ids.push(messageId);
  }
  const effects = (await effectsOf(market.place)).map(({ id }) => id);
  assert.equal(effects.sort(), ids.sort());
  await market.close();
}

async function lostLease(place: Place): Promise<void> {
  let [hangs, comesTo] = [gate(), gate()];
  const market = await openNodes(place, (storage, number) => ({
    preProcessFlexOrder: () => accept(),
    async processFlexOrder({ messageId, conversationId }, context) {
      const by = `${messageId} by node ${number}`;
      context.onCommit((tx) => storage.write(tx, { kind: 'FlexOrder', id: by }));
      const draft = { flexOfferMessageId: messageId, conversationId };
      await context.dsoClient('dso.example').sendFlexOfferRevocation(draft);
      if (number === 1) return;
      hangs.open();
      await comesTo.opened;
    },
  }));
  const [slow, quick] = market.nodes;
  const expected: string[] = [];
  for (let race = 0; race < times; race++) {
    [hangs, comesTo] = [gate(), gate()];
    const messageId = crypto.randomUUID();
    const about = aboutOf(race);
    await slow.service.receive(await market.dso.seal(payload('FlexOrder', { ...about, messageId })));
    const working = slow.service.drain();
    await hangs.opened;
    quick.clock.advance(minute); // it stands still for the one that hangs
    const taking = race % 2 === 0 ? quick.service.drain() : undefined; // before it comes to, or not at all
    if (taking !== undefined) await taking;
    comesTo.open();
    await working;
    slow.clock.advance(minute);
    await drain(market);
    expected.push(`${messageId} by node ${taking === undefined ? 0 : 1}`);
    const types = (await market.conversation(about.conversationId)).map(({ type }) => type);
    assert.equal(types, ['FlexOrder', 'FlexOrderResponse', 'FlexOfferRevocation']);
  }
  const effects = (await effectsOf(market.place)).map(({ id }) => id);
  assert.equal(effects.sort(), expected.sort());
  await market.close();
}
