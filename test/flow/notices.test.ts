import { type AgrKind, agr, type DsoHandlers, dso } from '../../generated/3.1.0/index.ts';
import { candidate, putBack } from '../../runtime/cli/store/dead-letter.ts';
import { accept, defer, type Message, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { begin, type Given, gate, hour, minute, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, flexRequest, payload } from './drafts.ts';
import { open } from './requesting.ts';

const test = suite('flow: what an application is told of');

test('how long a reply may take is said for each message', async () => {
  const { scene, client, told } = await open({
    replyWithinMs: { FlexRequest: 5 * minute, TestMessage: minute },
  });
  await client.sendFlexRequest(flexRequest);
  await client.sendTestMessage({});
  await client.sendFlexOrder({
    ...{ ispDuration: 'PT15M', timeZone: 'Europe/Amsterdam', period: '2026-03-03' },
    ...{ congestionPoint: 'ean.871687120000000010', price: '1', currency: 'EUR', orderReference: 'O' },
    ...{ unsolicited: true, isp: [{ power: 1, start: 40, duration: 1 }] },
  });
  const types: string[] = [];
  for (const ms of [minute, 4 * minute, 55 * minute]) {
    await scene.pass(ms);
    types.push(
      told
        .splice(0)
        .map((line) => line.split(' ')[1])
        .join(),
    );
  }
  assert.equal(types, ['TestMessage', 'FlexRequest', 'FlexOrder']);
});

test('a response that we accepted ends the deadline, and one that we rejected does not (rule 43)', async () => {
  for (const [decision, expired] of [
    [accept(), 0],
    [reject('No'), 1],
  ] as const) {
    const handlers: DsoHandlers = { preProcessFlexRequestResponse: () => decision };
    const { scene, client, told, service, answer } = await open({ handlers });
    const sent = await client.sendFlexRequest(flexRequest);
    await service.receive(await answer(sent));
    await scene.pass(2 * hour);
    assert.is(told.length, expired);
  }
});

test('what is told is told again where the application fails, and holds up nothing else', async () => {
  let failures = 0;
  const told: string[] = [];
  const { scene, client } = await open({
    onExpired(request) {
      told.push(request.messageId);
      failures += 1;
      if (failures === 1) throw new Error('the database is gone');
    },
  });
  const { messageId } = await client.sendFlexRequest(flexRequest);
  await scene.pass(hour);
  assert.equal(told, [messageId]);
  await scene.pass(minute);
  assert.equal(told, [messageId, messageId]);
});

test('a deadline outlives the process that set it', async () => {
  const { scene, client, store, told, service } = await open();
  const { messageId } = await client.sendFlexRequest(flexRequest);
  await service.stop();
  const options = { store, onExpired: (request: Message) => void told.push(request.messageId) };
  await scene.join(dso, options);
  await scene.pass(hour);
  assert.equal(told, [messageId]);
});

test('a dead letter that is sent again after its deadline has a deadline again, once', async () => {
  const { scene, client, store, told, service } = await open();
  scene.disturb = () => ({ status: 400 });
  const { messageId } = await client.sendFlexRequest(flexRequest);
  await scene.drain();
  await scene.pass(2 * hour);
  const dead = `undeliverable FlexRequest ${messageId} AGR agr.example`;
  assert.equal(told, [dead]);
  const [message] = (await service.messages({ messageId })).messages;
  assert.ok(message);
  const dueAt = scene.clock.now();
  await store.commit({ resend: { message, dueAt, unlessTriedSince: dueAt } });
  scene.disturb = () => ({ status: 200 });
  await scene.drain();
  await scene.pass(hour - 1);
  assert.equal(told, [dead]);
  await scene.pass(1);
  assert.equal(told, [dead, `expired FlexRequest ${messageId} AGR agr.example`]);
  await scene.pass(10 * hour);
  assert.is(told.length, 2);
});

test('where nobody hears of dead letters, the deadline of one is told of', async () => {
  const scene = openScene();
  await scene.outsider('AGR');
  const told: string[] = [];
  const service = await scene.join(dso, { onExpired: ({ messageId }) => void told.push(messageId) });
  scene.disturb = () => ({ status: 400 });
  const { messageId } = await service.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.pass(hour);
  assert.equal(told, [messageId]);
});

test('the same message at two processes at the same instant is taken once, and answered with one and the same reply', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const wait = gate();
  let asked = 0;
  const ran: string[] = [];
  const handlers: Given<AgrKind>['handlers'] = {
    async preProcessFlexRequest() {
      asked += 1;
      await wait.opened;
      return accept();
    },
    processFlexRequest: ({ messageId }) => void ran.push(messageId),
  };
  const store = memory();
  const nodes = [await scene.join(agr, { store, handlers }), await scene.join(agr, { store, handlers })];
  const bytes = await outsider.seal(payload('FlexRequest'));
  const receipts = nodes.map((node) => node.receive(bytes));
  await until(() => asked === 2);
  wait.open();
  assert.equal((await Promise.all(receipts)).map(({ result }) => result).sort(), ['accepted', 'repeated']);
  await scene.drain();
  assert.is(ran.length, 1);
  assert.is(new Set(scene.posts.map(({ message }) => message.messageId)).size, 1);
});

test('a response of a barred partner is no conflict', async () => {
  let barred = false;
  const { scene, client, told, service, answer } = await open({ partner: () => ({ barred }) });
  const sent = await client.sendFlexRequest(flexRequest);
  await service.receive(await answer(sent));
  barred = true;
  await service.receive(await answer(sent));
  await scene.drain();
  assert.equal(told, []);
});

test('two responses to two TestMessages of a conversation, which name none, are no conflict', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('AGR');
  const conflicts: string[] = [];
  const onConflict = ({ messageId }: Message): void => void conflicts.push(messageId);
  const service = await scene.join(dso, { onConflict });
  const conversationId = crypto.randomUUID();
  for (let i = 0; i < 2; i++) await service.agrClient('agr.example').sendTestMessage({ conversationId });
  const domains = { senderDomain: 'agr.example', recipientDomain: 'dso.example', conversationId };
  const results: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { result } = await service.receive(await outsider.seal(payload('TestMessageResponse', domains)));
    results.push(result);
  }
  await scene.drain();
  assert.equal(results, ['accepted', 'accepted', 'rejected']);
  assert.is(conflicts.length, 1);
});

test('nothing is kept for later where nobody wants to be told', async () => {
  const scene = openScene();
  await scene.outsider('DSO');
  const service = await scene.join(agr);
  await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  assert.equal(await service.drain(), { tasks: 1, nextDueAt: undefined });
  assert.is(scene.clock.now(), begin);
});

test('what a process does not know how to tell waits for one that does', async () => {
  const { scene, client, store, told, service, answer } = await open();
  const silent = await scene.join(dso, { store });
  const sent = await client.sendFlexRequest(flexRequest);
  await client.sendFlexRequest(flexRequest);
  for (let i = 0; i < 2; i++) await service.receive(await answer(sent));
  scene.clock.advance(hour);
  await silent.drain();
  const causes = scene.told('handler-failed').map(({ cause }) => String(cause));
  for (const name of ['onConflict', 'onExpired'])
    assert.ok(causes.some((cause) => cause.includes(`no ${name} here`)));
  assert.equal([told, scene.told('expired')], [[], []]);
  scene.clock.advance(minute);
  await service.drain();
  assert.equal(told.map((line) => line.split(' ')[0]).sort(), ['conflict', 'expired']);
});

test('that an answer is late waits for a process with onOverdue where one had it, else any process tells the observer', async () => {
  for (const queuedBy of ['wanting', 'silent'] as const) {
    const scene = openScene();
    const outsider = await scene.outsider('DSO');
    const store = memory();
    const told: string[] = [];
    const given = { store, handlers: { preProcessFlexRequest: () => defer() } };
    const onOverdue = ({ messageId }: Message) => void told.push(messageId);
    const nodes = {
      silent: await scene.join(agr, given),
      wanting: await scene.join(agr, { ...given, onOverdue }),
    };
    await nodes[queuedBy].receive(await outsider.seal(payload('FlexRequest')));
    scene.clock.advance(hour);
    await nodes.silent.drain();
    const isWanted = queuedBy === 'wanting';
    assert.equal(
      scene.told('handler-failed').map(({ cause, dead }) => `${cause} ${dead}`),
      isWanted ? ['Error: no onOverdue here: this was queued by a process that has one false'] : [],
    );
    assert.is(scene.told('overdue').length, isWanted ? 0 : 1);
    scene.clock.advance(minute);
    await nodes.wanting.drain();
    assert.equal([told.length, scene.told('overdue').length], [isWanted ? 1 : 0, 1]);
    assert.is(await store.nextDueAt([nodes.silent.party]), undefined);
  }
});

test('a conflict that could not be told is put back beside its conversation: it neither waits for it nor holds it up', async () => {
  const { scene, client, service, store, answer } = await open({
    processAttemptsMax: 1,
    handlers: { processFlexRequestResponse() {} },
    onConflict() {
      throw new Error('the database is gone');
    },
  });
  const { conversationId, messageId } = await client.sendFlexRequest(flexRequest);
  const other = await client.sendFlexRequest({ ...flexRequest, conversationId });
  for (let i = 0; i < 2; i++) await service.receive(await answer({ conversationId, messageId }));
  await scene.drain();
  await service.receive(await answer(other)); // waits in its conversation
  const [dead] = (await store.list({ direction: 'in', state: 'dead' })).messages;
  assert.ok(dead);
  assert.is(await putBack(store, candidate(dead)), undefined);
  const now = Date.now();
  const leases = await store.claim({
    ...{ queue: 'work', participants: [service.party], now, until: now + 1, limit: 10 },
  });
  const those = leases.filter(({ kind }) => kind === 'process').map(({ message }) => message);
  assert.equal(those.map(({ type, verdict }) => `${type} ${verdict?.result}`).sort(), [
    'FlexRequestResponse accepted',
    'FlexRequestResponse rejected',
  ]);
});

test('an onConflict that fails holds up nothing in its conversation', async () => {
  const ran: string[] = [];
  let failures = 0;
  const { scene, client, service, answer } = await open({
    handlers: { processFlexRequestResponse: ({ messageId }) => void ran.push(messageId) },
    onConflict() {
      failures += 1;
      throw new Error('the database is gone');
    },
  });
  const { conversationId, messageId } = await client.sendFlexRequest(flexRequest);
  const other = await client.sendFlexRequest({ ...flexRequest, conversationId });
  await service.receive(await answer({ conversationId, messageId }));
  await service.receive(await answer({ conversationId, messageId }));
  const last = await service.receive(await answer(other));
  assert.is(last.result, 'accepted');
  await scene.drain();
  assert.equal([ran.length, failures], [2, 1]);
});
