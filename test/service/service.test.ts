import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { accept, defer, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { flexOffer, payload } from '../flow/drafts.ts';
import { begin, changed, type Given, minute, openScene, parties, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: respond and read');

/** An AGR that defers, and a FlexRequest that waits for its answer. */
async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const store = memory();
  const handlers = { preProcessFlexRequest: () => defer(), preProcessFlexSettlement: () => defer() };
  const service = await scene.join(agr, { store, handlers, ...given });
  const request = { messageId: crypto.randomUUID(), sender: parties.DSO };
  const ids = { messageId: request.messageId, conversationId: crypto.randomUUID() };
  await service.receive(await outsider.seal(payload('FlexRequest', ids)));
  return { scene, outsider, store, service, request, ids };
}

async function problem(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'none', String);
}

test('a deferred request is answered at any later time, once', async () => {
  const { scene, service, request, ids } = await open();
  await scene.pass(5 * minute);
  assert.is(scene.posts.length, 0);
  const sent = await service.respond(request, reject(['Too late', 'Too much']));
  assert.is(sent?.conversationId, ids.conversationId);
  await scene.drain();
  const reply = said(scene.posts[0]);
  assert.is(reply.messageId, sent?.messageId);
  assert.is(reply.flexRequestMessageId, ids.messageId);
  assert.is(reply.rejectionReason, 'Too late; Too much');
  assert.match(await problem(service.respond(request, accept())), /\[reply-not-awaited\]/);
  await scene.drain();
  assert.is(scene.posts.length, 1);
  assert.is(scene.told('queued').length, 1);
  const { messages } = await service.messages({ messageId: ids.messageId });
  assert.equal(messages[0]?.verdict, { result: 'rejected', reasons: ['Too late', 'Too much'] });
});

test('an answer survives a restart: any service on the same store can give it', async () => {
  const { scene, store, request } = await open();
  const restarted = await scene.join(agr, { store });
  await restarted.respond(request, accept());
  await scene.drain();
  assert.is(said(scene.posts[0]).result, 'Accepted');
});

test('of two answers at once one counts', async () => {
  const { scene, service, request } = await open();
  const problems = await Promise.all([
    problem(service.respond(request, accept())),
    problem(service.respond(request, reject('No'))),
  ]);
  assert.is(problems.filter((text) => text === 'none').length, 1);
  assert.is(problems.filter((text) => text.includes('[reply-not-awaited]')).length, 1);
  await scene.drain();
  assert.is(scene.posts.length, 1);
});

test('an answer goes out ahead of what waits in its conversation', async () => {
  const { scene, service, request, ids } = await open();
  const { conversationId } = ids;
  await service.dsoClient('dso.example').sendFlexOffer({ ...flexOffer, conversationId });
  await service.respond(request, accept());
  await scene.drain();
  assert.equal(
    scene.posts.map(({ message }) => message.$type),
    ['FlexRequestResponse', 'FlexOffer'],
  );
});

test('only a deferred request of that sender awaits an answer', async () => {
  const { scene, service, outsider, request } = await open({
    handlers: { preProcessFlexRequest: () => defer(), processFlexReservationUpdate() {} },
  });
  const messageId = crypto.randomUUID();
  await service.receive(await outsider.seal(payload('FlexReservationUpdate', { messageId })));
  for (const wrong of [
    { messageId: crypto.randomUUID(), sender: parties.DSO },
    { messageId, sender: parties.DSO }, // accepted at once
    { ...request, sender: { domain: 'other.example', role: 'DSO' as const } },
    { ...request, sender: { domain: 'dso.example', role: 'CRO' as const } },
  ])
    assert.match(await problem(service.respond(wrong, accept())), /\[reply-not-awaited\]/);
  await scene.drain();
  assert.is(scene.posts.length, 1);
});

test('an answer that the schema does not know is refused, and the request still awaits one', async () => {
  const { scene, service, outsider } = await open();
  const messageId = crypto.randomUUID();
  await service.receive(await outsider.seal(payload('FlexSettlement', { messageId })));
  const request = { messageId, sender: parties.DSO };
  assert.match(
    await problem(service.respond(request, accept())),
    /\[message-invalid\].*FlexOrderSettlementStatus/,
  );
  await service.respond(request, reject('No'));
  await scene.drain();
  assert.is(said(scene.posts[0]).$type, 'FlexSettlementResponse');
});

test('a store that fails leaves the request unanswered, and is told of', async () => {
  const store = memory();
  let broken = false;
  const { service, request } = await open({
    store: changed(store, {
      commit: (item) => (broken ? Promise.reject(new Error('disk full')) : store.commit(item)),
    }),
  });
  broken = true;
  assert.match(await problem(service.respond(request, accept())), /\[store-unavailable\]/);
  broken = false;
  await service.respond(request, accept());
});

test('stored messages are listed with what has become of them, and read in the version of the role object', async () => {
  const { scene, service, ids } = await open();
  await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await scene.drain();
  const { messages } = await service.messages();
  assert.equal(
    messages.map(({ direction, type, state, at }) => [direction, type, state, at - begin]),
    [
      ['in', 'FlexRequest', 'none', 0],
      ['out', 'FlexOffer', 'done', 0],
    ],
  );
  const [request, offer] = messages.map((one) => service.read(one));
  assert.is(request?.messageId, ids.messageId);
  assert.is(offer?.$type, 'FlexOffer');
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 1);
  assert.is((await service.messages({ limit: 1 })).messages.length, 1);
});

test('a message whose body retention has removed cannot be read', async () => {
  const { store, service, scene } = await open();
  await scene.drain();
  await scene.pass(24 * 60 * minute);
  await service.respond(
    { messageId: (await service.messages()).messages[0]?.messageId ?? '', sender: parties.DSO },
    accept(),
  );
  await scene.drain();
  await store.prune({ bodiesBefore: scene.clock.now() + 1, recordsBefore: 0 });
  const [stored] = (await service.messages()).messages;
  assert.throws(() => stored && service.read(stored), /retention has removed its payload/);
});

test('a store that is not durable is warned of', async () => {
  const { scene } = await open();
  assert.match(scene.told('warning')[0]?.text ?? '', /memory store is not durable/);
});

test('an observer that throws changes nothing', async () => {
  const { service, outsider } = await open({
    observe: () => {
      throw new Error('the log is full');
    },
  });
  const received = await service.receive(await outsider.seal(payload('FlexRequest')));
  assert.is(received.status, 200);
});
