import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { StoredMessage } from '../../runtime/ports/store.ts';
import { accept, defer, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import {
  changed,
  type Given,
  gate,
  minute,
  openScene,
  parties,
  post,
  said,
  until,
} from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { payload } from './drafts.ts';

const test = suite('flow: receive');

/** An AGR that counts how often its handlers run, and a DSO that can seal anything for it. */
async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const ran = { preProcess: 0, process: 0 };
  const handlers: Given<AgrKind>['handlers'] = {
    preProcessFlexRequest() {
      ran.preProcess += 1;
      return accept();
    },
    processFlexRequest() {
      ran.process += 1;
    },
  };
  const service = await scene.join(agr, { handlers, ...given });
  const stored = async (direction: 'in' | 'out'): Promise<readonly StoredMessage[]> =>
    (await service.messages({ direction })).messages;
  return { scene, outsider, service, ran, stored };
}

test('what was received, what is to be done and what answers it are in the store in one commit', async () => {
  const { service, outsider, stored } = await open();
  const body = payload('FlexRequest');
  const receipt = await service.receive(await outsider.seal(body));
  assert.is(receipt.result, 'accepted');
  const [incoming] = await stored('in');
  assert.is(incoming?.state, 'waiting');
  assert.equal(incoming?.verdict, { result: 'accepted', reasons: [] });
  assert.equal(incoming?.body.subarray(64), body);
  assert.equal(incoming?.partner, parties.DSO);
  const [reply] = await stored('out');
  assert.is(reply?.state, 'waiting');
  assert.is(reply?.answers, incoming?.messageId);
  assert.equal(reply?.verdict, { result: 'accepted', reasons: [] });
});

test('the same message again is answered 200, runs no handler, and its reply goes out again after a minute', async () => {
  const { scene, service, outsider, ran, stored } = await open();
  const envelope = await outsider.seal(payload('FlexRequest'));
  await service.receive(envelope);
  assert.is((await service.receive(envelope)).result, 'repeated'); // its reply is still queued
  await scene.drain();
  assert.is(scene.posts.length, 1);
  scene.clock.advance(minute);
  assert.is((await service.receive(envelope)).result, 'repeated'); // its reply was sent a minute ago
  await scene.drain();
  assert.is(scene.posts.length, 1);
  scene.clock.advance(1);
  const again = await service.receive(envelope);
  assert.is(again.result, 'repeated');
  assert.equal(again.status === 200 && 'reasons' in again ? again.reasons : [], ['Already Submitted']);
  await scene.drain();
  const [first, second] = scene.posts;
  assert.is(scene.posts.length, 2);
  assert.equal(second?.bytes, first?.bytes);
  assert.equal(ran, { preProcess: 1, process: 1 });
  assert.is((await stored('in')).length, 1);
  assert.is((await stored('out')).length, 1);
  assert.is(scene.told('repeated').length, 3);
});

test('the same message again after a restart is known', async () => {
  const store = memory();
  const { scene, service, outsider, ran } = await open({ store });
  const envelope = await outsider.seal(payload('FlexRequest'));
  await service.receive(envelope);
  await scene.drain();
  const restarted = await scene.join(agr, {
    store,
    handlers: { processFlexRequest: () => assert.unreachable() },
  });
  assert.is((await restarted.receive(envelope)).result, 'repeated');
  await scene.drain();
  assert.is(ran.process, 1);
});

test('a rejected message again is answered with the rejection again', async () => {
  const { scene, service, outsider } = await open({
    handlers: { preProcessFlexRequest: () => reject('No') },
  });
  const envelope = await outsider.seal(payload('FlexRequest'));
  await service.receive(envelope);
  await scene.drain();
  scene.clock.advance(2 * minute);
  await service.receive(envelope);
  await scene.drain();
  assert.is(scene.posts.length, 2);
  assert.equal(scene.posts[1]?.bytes, scene.posts[0]?.bytes);
});

test('a copy that comes while the first is being decided is taken once, also by another process', async () => {
  const wait = gate();
  const store = memory();
  let asked = 0;
  const given: Given<AgrKind> = {
    store,
    handlers: {
      preProcessFlexRequest: async () => {
        asked += 1;
        await wait.opened;
        return accept();
      },
      processFlexRequest() {
        ran.process += 1;
      },
    },
  };
  const { scene, service, outsider, ran, stored } = await open(given);
  const another = await scene.join(agr, given);
  const envelope = await outsider.seal(payload('FlexRequest'));
  const all = [service, service, another].map((one) => one.receive(envelope));
  await until(() => asked === 2);
  wait.open();
  const results = (await Promise.all(all)).map(({ result }) => result);
  assert.equal(results.sort(), ['accepted', 'repeated', 'repeated']);
  assert.is(asked, 2);
  await scene.drain();
  assert.is(ran.process, 1);
  assert.is((await stored('in')).length, 1);
  assert.is(scene.posts.length, 1);
});

test('a hundred copies at once are taken once', async () => {
  const { scene, service, outsider, ran, stored } = await open();
  const envelope = await outsider.seal(payload('FlexRequest'));
  const responses = await Promise.all(Array.from({ length: 100 }, () => post(service, envelope)));
  assert.ok(responses.every(({ status }) => status === 200));
  await scene.drain();
  assert.is(ran.process, 1);
  assert.is((await stored('in')).length, 1);
  assert.is((await stored('out')).length, 1);
  assert.is(scene.posts.length, 1);
});

test('another message under the same MessageID is rejected with "Duplicate Identifier", once (rule 69)', async () => {
  const { scene, service, outsider, ran, stored } = await open();
  const messageId = crypto.randomUUID();
  const same = { messageId, conversationId: crypto.randomUUID() };
  const seal = (serviceType: string) => outsider.seal(payload('FlexRequest', { ...same, serviceType }));
  await service.receive(await seal('a'));
  const other = await service.receive(await seal('b'));
  assert.is(other.result, 'rejected');
  assert.equal(other.status === 200 && 'reasons' in other ? other.reasons : [], ['Duplicate Identifier']);
  assert.is((await service.receive(await seal('b'))).result, 'repeated');
  assert.is((await service.receive(await seal('a'))).result, 'repeated');
  assert.is((await service.receive(await seal('c'))).result, 'rejected');
  await scene.drain();
  const reasons = scene.posts.map((one) => said(one).rejectionReason);
  assert.equal(reasons.sort(), ['Duplicate Identifier', 'Duplicate Identifier', undefined]);
  assert.equal(ran, { preProcess: 1, process: 1 });
  assert.is((await stored('in')).length, 3);
  assert.is((await stored('out')).length, 3);
});

test('a hundred copies of another message under the same MessageID are rejected once', async () => {
  const { scene, service, outsider } = await open();
  const messageId = crypto.randomUUID();
  await service.receive(await outsider.seal(payload('FlexRequest', { messageId })));
  await scene.drain();
  const other = await outsider.seal(payload('FlexRequest', { messageId, serviceType: 'other' }));
  await Promise.all(Array.from({ length: 100 }, () => service.receive(other)));
  await scene.drain();
  assert.is(scene.posts.length, 2);
});

test('each copy is answered with its own reply, also where its MessageID has been used twice', async () => {
  const { scene, service, outsider } = await open({
    handlers: { preProcessFlexRequest: () => defer(), processFlexRequest() {} },
  });
  const messageId = crypto.randomUUID();
  const [a, b] = await Promise.all(
    ['a', 'b'].map((serviceType) => outsider.seal(payload('FlexRequest', { messageId, serviceType }))),
  );
  const take = async (envelope: Uint8Array | undefined): Promise<string | undefined> => {
    scene.clock.advance(2 * minute);
    scene.posts.length = 0;
    await service.receive(envelope ?? '');
    await scene.drain();
    assert.ok(scene.posts.length < 2);
    return (scene.posts[0]?.message as { result?: string } | undefined)?.result;
  };
  assert.is(await take(a), undefined); // deferred
  assert.is(await take(b), 'Rejected');
  assert.is(await take(a), undefined);
  assert.is(await take(b), 'Rejected');
  await service.respond({ messageId, sender: parties.DSO }, accept());
  await scene.drain();
  assert.is(await take(a), 'Accepted');
  assert.is(await take(b), 'Rejected');
});

test('the same MessageID of another sender is another message', async () => {
  const { scene, service, outsider, ran } = await open();
  const other = await scene.outsider('DSO', 'other.example');
  const messageId = crypto.randomUUID();
  await service.receive(await outsider.seal(payload('FlexRequest', { messageId })));
  const body = payload('FlexRequest', { messageId, senderDomain: 'other.example' });
  assert.is((await service.receive(await other.seal(body))).result, 'accepted');
  await scene.drain();
  assert.is(ran.process, 2);
});

test('identifiers that come again are answered 503, not tried for ever', async () => {
  const { service, outsider } = await open({ newId: () => '44444444-4444-4444-8444-444444444444' });
  assert.is((await service.receive(await outsider.seal(payload('FlexRequest')))).status, 200);
  assert.is((await service.receive(await outsider.seal(payload('FlexRequest')))).status, 503);
});

test('a store that fails at a repeated message is answered 503', async () => {
  let broken = false;
  const store = memory();
  const { scene, service, outsider } = await open({
    store: changed(store, {
      list: (filter) => (broken ? Promise.reject(new Error('gone')) : store.list(filter)),
    }),
  });
  const envelope = await outsider.seal(payload('FlexRequest'));
  await service.receive(envelope);
  await scene.drain();
  broken = true;
  assert.is((await service.receive(envelope)).status, 503);
});

// ---- turns ----

test('messages of one conversation that come at once are decided one after another: each is taken, and asked about once', async () => {
  let asked = 0;
  const { service, outsider, stored } = await open({
    handlers: {
      preProcessFlexRequest: async (_, { history }) => {
        assert.is(history.filter((one) => one.direction === 'in').length, asked);
        asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return accept();
      },
    },
  });
  const conversationId = crypto.randomUUID();
  const envelopes = await Promise.all(
    Array.from({ length: 20 }, () => outsider.seal(payload('FlexRequest', { conversationId }))),
  );
  const responses = await Promise.all(envelopes.map((envelope) => post(service, envelope)));
  assert.equal([...new Set(responses.map(({ status }) => status))], [200]);
  assert.is(asked, 20);
  assert.is((await stored('in')).length, 20);
});

test('a message whose turn does not come within three times decideMsMax is answered 503; one elsewhere does not wait', async () => {
  let asked = 0;
  const { scene, service, outsider } = await open({
    decideMsMax: 1000,
    handlers: {
      preProcessFlexRequest: () => {
        asked += 1;
        return new Promise(() => {});
      },
    },
  });
  const statuses: number[] = [];
  const take = async (fields: object = {}): Promise<void> => {
    const envelope = await outsider.seal(payload('FlexRequest', { ...fields }));
    void service.receive(envelope).then(({ status }) => statuses.push(status));
  };
  for (let i = 0; i < 5; i++) await take();
  await until(() => asked === 1);
  await take({ congestionPoint: 'ea1.2026-03.example:elsewhere' });
  await until(() => asked === 2);
  for (const [done, begun] of [
    [2, 3], // the first, and the one elsewhere
    [3, 4],
  ] as const) {
    scene.clock.advance(1000);
    await until(() => statuses.length === done && asked === begun);
  }
  scene.clock.advance(1000); // the third ends; the others have waited long enough
  await until(() => statuses.length === 6);
  assert.equal(statuses, Array(6).fill(503));
  assert.is(asked, 4);
});

// ---- what is read ----

test('the history is read only for a handler that decides, and of a response for what answered the same request', async () => {
  const store = memory();
  const read: string[] = [];
  const given: Given<AgrKind> = {
    store: changed(store, {
      read: (request) => {
        read.push(request.scopes.map(({ name }) => name).join(' '));
        return store.read(request);
      },
    }),
    handlers: { preProcessFlexOrder: () => accept() },
  };
  const { service, outsider } = await open(given);
  const flexOfferMessageId = crypto.randomUUID();
  for (const [name, scopes] of [
    ['FlexRequest', ''],
    ['FlexOfferResponse', 'answers'],
    ['TestMessageResponse', 'conversation'],
  ] as const) {
    const answer = name === 'FlexOfferResponse' ? { result: 'Accepted', flexOfferMessageId } : {};
    const domains = { senderDomain: 'dso.example', recipientDomain: 'agr.example' };
    read.length = 0;
    await service.receive(await outsider.seal(payload(name, { ...answer, ...domains })));
    assert.equal(read, [scopes], name);
  }
  read.length = 0;
  await service.receive(await outsider.seal(payload('FlexOrder')));
  assert.match(read.join(), /^conversation \S/);
});
