import { type AgrKind, agr, type FlexOrder } from '../../generated/3.1.0/index.ts';
import { accept, defer, type HistoryEntry, reject } from '../../runtime/roles.ts';
import { type Given, openScene, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, flexSettlement, payload } from './drafts.ts';

const test = suite('flow: decide');

/** An AGR with these handlers, and a DSO that can seal anything for it. */
async function open(handlers: NonNullable<Given<AgrKind>['handlers']> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { handlers });
  const take = async (body: Uint8Array) => service.receive(await outsider.seal(body));
  const verdict = async () => (await service.messages({ direction: 'in' })).messages[0]?.verdict?.result;
  return { scene, outsider, service, take, verdict };
}

test('a handler accepts, rejects or defers', async () => {
  const cases = [
    [accept(), 'accepted', 'Accepted'],
    [reject('No'), 'rejected', 'Rejected'],
    [defer(), 'deferred', undefined],
  ] as const;
  for (const [decision, result, answer] of cases) {
    const { scene, take, verdict } = await open({ preProcessFlexRequest: () => decision });
    assert.is((await take(payload('FlexRequest'))).result, result);
    assert.is(await verdict(), result);
    await scene.drain();
    assert.equal(
      scene.posts.map((one) => said(one).result),
      answer === undefined ? [] : [answer],
    );
  }
});

test('without preProcess a message is accepted, or deferred where the response needs data that only a handler has', async () => {
  const { scene, take } = await open({ processFlexRequest() {}, processFlexSettlement() {} });
  assert.is((await take(payload('FlexRequest'))).result, 'accepted');
  assert.is((await take(payload('FlexSettlement'))).result, 'deferred');
  await scene.drain();
  assert.equal(
    scene.posts.map(({ message }) => message.$type),
    ['FlexRequestResponse'],
  );
});

test('what a handler adds to an acceptance stands in the response', async () => {
  const status = [{ orderReference: 'ORD-1', disposition: 'Disputed' as const, disputeReason: 'Too little' }];
  const { scene, take } = await open({
    preProcessFlexSettlement: () => accept({ flexOrderSettlementStatus: status }),
  });
  await take(payload('FlexSettlement'));
  await scene.drain();
  assert.equal(said(scene.posts[0]).flexOrderSettlementStatus, status);
  assert.is(flexSettlement.flexOrderSettlement.length, 2);
});

test("what is no decision is the handler's fault: 500, and nothing is stored", async () => {
  const values: readonly unknown[] = [
    undefined,
    null,
    true,
    'accept',
    {},
    { decision: 'maybe' },
    { decision: 'reject' },
    { decision: 'reject', reasons: [] },
    { decision: 'reject', reasons: [''] },
  ];
  for (const value of values) {
    const { take, verdict, scene } = await open({ preProcessFlexRequest: () => value as never });
    const received = await take(payload('FlexRequest'));
    assert.is(received.result === 'refused' && received.code, 'handler-failed', JSON.stringify(value));
    assert.is(await verdict(), undefined);
    assert.match(String(scene.told('refused')[0]?.cause), /preProcessFlexRequest|reject/);
  }
});

test('a response can be accepted or rejected, not deferred', async () => {
  const response = payload('FlexOfferResponse', {
    result: 'Accepted',
    flexOfferMessageId: crypto.randomUUID(),
  });
  for (const [decision, result] of [
    [accept(), 'accepted'],
    [reject('No'), 'rejected'],
    [defer(), 'refused'],
  ] as const) {
    const { scene, take } = await open({ preProcessFlexOfferResponse: () => decision as never });
    assert.is((await take(response)).result, result);
    await scene.drain();
    assert.is(scene.posts.length, 0);
  }
});

test('a response that is rejected is not processed', async () => {
  let ran = 0;
  const { scene, take } = await open({
    preProcessFlexOfferResponse: () => reject('No'),
    processFlexOfferResponse() {
      ran += 1;
    },
  });
  await take(payload('FlexOfferResponse', { result: 'Accepted', flexOfferMessageId: crypto.randomUUID() }));
  await scene.drain();
  assert.is(ran, 0);
});

test("fields that the schema does not know are the handler's fault, and nothing is stored", async () => {
  const { take, verdict } = await open({ preProcessFlexRequest: () => accept({ nonsense: 1 }) as never });
  assert.is((await take(payload('FlexRequest'))).status, 500);
  assert.is(await verdict(), undefined);
});

test('a handler may be a method of a class, and is called on it', async () => {
  class Aggregator {
    readonly #refused = 'No, thanks';
    preProcessFlexRequest() {
      return reject(this.#refused);
    }
  }
  const { scene, take } = await open(new Aggregator());
  await take(payload('FlexRequest'));
  await scene.drain();
  assert.is(said(scene.posts[0]).rejectionReason, 'No, thanks');
});

/** Accepts the first order for an offer, and no other. */
function firstOnly(order: FlexOrder, history: readonly HistoryEntry[]) {
  const taken = history.some(
    ({ type, result, message }) =>
      type === 'FlexOrder' &&
      result === 'accepted' &&
      (message as FlexOrder).flexOfferMessageId === order.flexOfferMessageId,
  );
  return taken ? reject('Flexibility procured') : accept();
}

test('of two orders for one offer at once exactly one is accepted: in one process they take turns', async () => {
  let asked = 0;
  const { scene, service, outsider } = await open({
    preProcessFlexOrder: async (order, { history }) => {
      asked += 1;
      return firstOnly(order, history);
    },
  });
  const both = await Promise.all([1, 2].map(() => outsider.seal(payload('FlexOrder'))));
  const receipts = both.map((envelope) => service.receive(envelope));
  const results = (await Promise.all(receipts)).map(({ result }) => result);
  assert.equal(results.sort(), ['accepted', 'rejected']);
  assert.is(asked, 2);
  await scene.drain();
  const reasons = scene.posts.map((one) => said(one).rejectionReason);
  assert.equal(reasons.sort(), ['Flexibility procured', undefined]);
});

test('of twenty orders for one offer at once exactly one is accepted, and the others come back later', async () => {
  const { service, outsider } = await open({
    preProcessFlexOrder: async (order, { history }) => firstOnly(order, history),
  });
  const envelopes = await Promise.all(Array.from({ length: 20 }, () => outsider.seal(payload('FlexOrder'))));
  const results: string[] = [];
  for (let left = envelopes; left.length > 0; ) {
    const receipts = await Promise.all(left.map((envelope) => service.receive(envelope)));
    results.push(...receipts.map(({ result }) => result).filter((result) => result !== 'refused'));
    assert.ok(receipts.every((one) => one.status === 200 || one.status === 503));
    left = left.filter((_, i) => receipts[i]?.result === 'refused');
  }
  assert.is(results.filter((result) => result === 'accepted').length, 1);
  assert.is(results.filter((result) => result === 'rejected').length, 19);
});

test('a decision is told what was exchanged before in the conversation and at the congestion point on that day', async () => {
  const seen: (readonly HistoryEntry[])[] = [];
  const { scene, service, outsider } = await open({
    preProcessFlexRequest: () => reject('No'),
    preProcessFlexOrder: (_, { history }) => {
      seen.push(history);
      return accept();
    },
  });
  const conversationId = crypto.randomUUID();
  const elsewhere = { congestionPoint: 'ean.871687120000000999' };
  const otherDay = { period: '2026-03-04' };
  await service.receive(await outsider.seal(payload('FlexRequest')));
  await scene.pass(1000);
  await service.receive(await outsider.seal(payload('FlexRequest', elsewhere)));
  await service.receive(await outsider.seal(payload('FlexRequest', otherDay)));
  await service.receive(await outsider.seal(payload('FlexRequest', { ...otherDay, conversationId })));
  await scene.pass(1000);
  await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await service.dsoClient('other.example').sendFlexOffer(flexOffer); // no business of this partner
  await scene.pass(1000);
  await service.receive(await outsider.seal(payload('FlexOrder', { conversationId })));
  const entries = seen[0] ?? [];
  assert.equal(
    entries.map(({ direction, type, result }) => `${direction} ${type} ${result}`),
    [
      'in FlexRequest rejected',
      'in FlexRequest rejected', // of another day, but of this conversation
      'out FlexRequestResponse rejected',
      'out FlexOffer undefined',
    ],
  );
  assert.equal(
    entries.map(({ at }) => at),
    entries.map(({ at }) => at).sort(),
  );
  assert.is(entries[3]?.message, entries[3]?.message); // decoded once
  assert.is((entries[3]?.message as { currency?: string } | undefined)?.currency, 'EUR');
});
