import { type AgrHandlers, agr, type DsoKind, dso } from '../../generated/3.1.0/index.ts';
import { createHost } from '../../runtime/host.ts';
import { accept, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { begin, changed, type Given, minute, openScene, said, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexRequest, payload } from './drafts.ts';

const test = suite('flow: waiting for a response');

/** A DSO that sends, and an AGR that takes. */
async function open(given: Given<DsoKind> = {}, handlers: AgrHandlers = { processFlexRequest() {} }) {
  const scene = openScene();
  const service = await scene.join(dso, given);
  const partner = await scene.join(agr, { handlers });
  return { scene, service, partner, client: service.agrClient('agr.example') };
}

test('reply: true gives the response, however it says no', async () => {
  for (const [decision, result] of [
    [accept(), 'Accepted'],
    [reject('No'), 'Rejected'],
  ] as const) {
    const { scene, client } = await open({}, { preProcessFlexRequest: () => decision });
    let response: { result: string } | undefined;
    const asked = client.sendFlexRequest(flexRequest, { reply: true }).then((message) => {
      response = message;
    });
    await until(() => scene.told('queued').length > 0);
    await scene.drain();
    await asked;
    assert.is(response?.result, result);
  }
});

test('reply: true gives the response in the version of the role object', async () => {
  const { scene, client } = await open({ partner: () => ({ version: '3.0.0' }) });
  const asked = client.sendFlexRequest(flexRequest, { reply: true });
  await until(() => scene.told('queued').length > 0);
  await scene.drain();
  assert.is((await asked).version, '3.1.0');
  assert.is(said(scene.posts[1]).version, '3.0.0');
});

test('a TestMessage is answered, although its response of 3.x names no request', async () => {
  const { scene, client } = await open();
  const asked = client.sendTestMessage({}, { reply: true });
  await until(() => scene.told('queued').length > 0);
  await scene.drain();
  assert.is((await asked).$type, 'TestMessageResponse');
});

test('a response that does not come in time is an error, and may still come', async () => {
  const { scene, service, client } = await open();
  let error: unknown;
  const asked = client.sendFlexRequest(flexRequest, { reply: true, withinMs: 10_000 }).catch((failed) => {
    error = failed;
  });
  await until(() => scene.told('queued').length > 0);
  for (let i = 0; i < 20 && error === undefined; i++) {
    scene.clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await asked;
  assert.match(String(error), /\[reply-expired\].*10000 ms/);
  await scene.drain();
  const { messages } = await service.messages({ type: 'FlexRequestResponse' });
  assert.is(messages[0]?.verdict?.result, 'accepted');
});

test('a response of another type, of another partner, or that we rejected does not end the wait (rule 43)', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('AGR');
  const stranger = await scene.outsider('AGR', 'stranger.example');
  const service = await scene.join(dso, {
    handlers: {
      preProcessFlexRequestResponse: (response) => (response.rejectionReason ? reject('No') : accept()),
    },
  });
  let response: { messageId: string } | undefined;
  const asked = service
    .agrClient('agr.example')
    .sendFlexRequest(flexRequest, { reply: true })
    .then((message) => {
      response = message;
    });
  await until(() => scene.told('queued').length > 0);
  const { messageId, conversationId } = scene.told('queued')[0]?.message ?? {};
  const domains = { senderDomain: 'agr.example', recipientDomain: 'dso.example' };
  const about = { result: 'Accepted', conversationId, ...domains };
  const answer = { ...about, flexRequestMessageId: messageId };
  const take = async (sealed: Promise<Uint8Array>): Promise<void> => {
    await service.receive(await sealed);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  await take(outsider.seal(payload('FlexOrderResponse', { ...about, flexOrderMessageId: messageId })));
  await take(stranger.seal(payload('FlexRequestResponse', { ...answer, senderDomain: 'stranger.example' })));
  await take(outsider.seal(payload('FlexRequestResponse', { ...answer, rejectionReason: 'odd' })));
  assert.is(response, undefined);
  const right = crypto.randomUUID();
  await take(outsider.seal(payload('FlexRequestResponse', { ...answer, messageId: right })));
  await asked;
  assert.is(response?.messageId, right);
});

test('a response that another process receives ends the wait, also where the store cannot tell', async () => {
  const store = memory();
  const { scene, client } = await open({ store: changed(store, { watch: () => () => {} }) });
  let response: unknown;
  const asked = client.sendFlexRequest(flexRequest, { reply: true }).then((message) => {
    response = message;
  });
  await until(() => scene.told('queued').length > 0);
  await scene.drain();
  assert.is(response, undefined);
  scene.clock.advance(1000);
  await asked;
  assert.ok(response);
});

test('a request that is undeliverable ends the wait at once, and says why', async () => {
  const { scene, client } = await open();
  scene.disturb = () => ({ status: 400, text: 'not for us' });
  const asked = client.sendFlexRequest(flexRequest, { reply: true }).then(() => '', String);
  await until(() => scene.told('queued').length > 0);
  await scene.drain();
  const { attempt } = scene.told('undeliverable')[0] ?? {};
  const text = await asked;
  assert.match(text, /^UftpError: \[reply-expired\] .* is undeliverable: ./);
  assert.ok(attempt !== undefined && text.endsWith(attempt.text));
  assert.is(scene.clock.now(), begin);
});

test('the end of the service or of its host ends the wait, also one that begins later; the request is kept', async () => {
  for (const hosted of [false, true]) {
    const { service, client, scene } = await open();
    const asked = client.sendFlexRequest(flexRequest, { reply: true }).then(() => '', String);
    await until(() => scene.told('queued').length > 0);
    await (hosted ? createHost([service]) : service).stop();
    assert.match(await asked, /\[stopped\]/);
    const later = await client.sendFlexRequest(flexRequest, { reply: true }).then(() => '', String);
    assert.match(later, /\[stopped\]/);
    const { messages } = await service.messages({ direction: 'out', state: 'waiting' });
    assert.is(messages.length, 2);
  }
});

test('a store that fails for a while does not end the wait; at its end it is said what failed', async () => {
  const store = memory();
  let broken = true;
  const gone = (): Promise<never> => Promise.reject(new Error('the database is gone'));
  const { scene, client } = await open({
    store: changed(store, { list: (filter) => (broken ? gone() : store.list(filter)) }),
  });
  const asked = client.sendFlexRequest(flexRequest, { reply: true });
  const hopeless = client
    .sendFlexRequest(flexRequest, { reply: true, withinMs: 500 })
    .catch((error) => error);
  await until(() => scene.told('queued').length > 1);
  await scene.drain();
  scene.clock.advance(1000);
  const error = await hopeless;
  assert.match(String(error), /\[reply-expired\] no response to .* within 500 ms; it may still come/);
  assert.is(error.cause?.message, 'the database is gone');
  broken = false;
  scene.clock.advance(1000);
  assert.is((await asked).$type, 'FlexRequestResponse');
});

test('a clock that is set back hides no response', async () => {
  const { scene, client } = await open(
    {},
    {
      preProcessFlexRequest() {
        scene.clock.advance(-60 * minute);
        return accept();
      },
    },
  );
  const asked = client.sendFlexRequest(flexRequest, { reply: true });
  await until(() => scene.told('queued').length > 0);
  await scene.drain();
  assert.is((await asked).$type, 'FlexRequestResponse');
});

test('a clock that is set forward does not end the wait', async () => {
  const scene = openScene();
  let jump = 0;
  const clock = { ...scene.clock, now: () => scene.clock.now() + jump };
  const service = await scene.join(dso, { clock });
  await scene.join(agr, { handlers: { processFlexRequest() {} } });
  const asked = service.agrClient('agr.example').sendFlexRequest(flexRequest, { reply: true });
  await until(() => scene.told('queued').length > 0);
  jump = 60 * minute;
  scene.clock.advance(1000);
  await scene.drain();
  assert.is((await asked).$type, 'FlexRequestResponse');
});

test('a message without a response cannot be waited for', async () => {
  const { client } = await open();
  const { sendTestMessageResponse } = client as unknown as {
    sendTestMessageResponse(draft: object, options: object): Promise<unknown>;
  };
  try {
    await sendTestMessageResponse({}, { reply: true });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TypeError);
  }
});

test('a time to wait that is none is a mistake, and nothing is sent', async () => {
  const { client, service } = await open();
  for (const withinMs of [Number.NaN, -1, 2 ** 31]) {
    const asked = client.sendFlexRequest(flexRequest, { reply: true, withinMs });
    const problem = await asked.then(() => undefined, String);
    assert.is(problem, `TypeError: withinMs: expected milliseconds from 0 to 2147483647, got ${withinMs}`);
  }
  assert.is((await service.messages()).messages.length, 0);
});
