import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import { type AgrHandlers, agr, type DsoKind, dso, protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import { isUftpError, type UftpError } from '../../runtime/errors.ts';
import type { Commit } from '../../runtime/ports/store.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { begin, changed, type Given, holds, hour, openScene, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOrder, flexRequest } from './drafts.ts';

const test = suite('flow: send');

/** A DSO that sends, and an AGR that takes. */
async function open(given: Given<DsoKind> = {}, handlers: AgrHandlers = { processFlexRequest() {} }) {
  const scene = openScene();
  const service = await scene.join(dso, given);
  const partner = await scene.join(agr, { handlers });
  const outgoing = async () => (await service.messages({ direction: 'out' })).messages;
  return { scene, service, partner, outgoing, client: service.agrClient('agr.example') };
}

async function failure(promise: Promise<unknown>): Promise<UftpError> {
  try {
    await promise;
  } catch (error) {
    if (isUftpError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

test('the library fills in the metadata, and leaves the draft as it was', async () => {
  const { scene, client, outgoing } = await open();
  const draft = structuredClone(flexRequest);
  const sent = await client.sendFlexRequest(draft);
  assert.equal(draft, flexRequest);
  assert.is((await outgoing())[0]?.state, 'waiting'); // committed before it returns
  await scene.drain();
  const { version, senderDomain, recipientDomain, timeStamp, messageId, conversationId } = said(
    scene.posts[0],
  );
  assert.equal(
    { version, senderDomain, recipientDomain, timeStamp, messageId, conversationId },
    {
      version: '3.1.0',
      senderDomain: 'dso.example',
      recipientDomain: 'agr.example',
      timeStamp: '2026-03-02T12:00:00.000Z',
      ...sent,
    },
  );
  assert.match(sent.messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.not.equal(sent.messageId, sent.conversationId);
  assert.is(scene.told('queued')[0]?.message.messageId, sent.messageId);
  assert.is(scene.told('delivered')[0]?.messageId, sent.messageId);
});

test("what is sent is sealed with the participant's key and says who sends it", async () => {
  const { scene, client } = await open();
  await client.sendFlexRequest(flexRequest);
  await scene.drain();
  const { bytes } = scene.posts[0] ?? { bytes: new Uint8Array() };
  assert.ok(await holds(bytes, scene.keys.get('DSO dso.example') as string));
  assert.match(new TextDecoder().decode(bytes), /SenderDomain="dso\.example" SenderRole="DSO"/);
});

test('MessageID and ConversationID may be given', async () => {
  const { client } = await open();
  const ids = { messageId: crypto.randomUUID(), conversationId: crypto.randomUUID() };
  assert.equal(await client.sendFlexRequest({ ...flexRequest, ...ids }), ids);
});

test('a message that the schema does not know is refused with every issue, and nothing is stored', async () => {
  const { client, outgoing } = await open();
  const wrong = { ...flexRequest, timeZone: 'Amsterdam', period: '2026-02-30', congestionPoint: 'here' };
  const error = await failure(client.sendFlexRequest(wrong));
  assert.is(error.code, 'message-invalid');
  assert.equal(error.issues.map(({ path }) => path).sort(), [
    '/FlexRequest/@CongestionPoint',
    '/FlexRequest/@Period',
    '/FlexRequest/@TimeZone',
  ]);
  assert.is((await outgoing()).length, 0);
});

test('what is sent is the draft as it was when it was given, whatever becomes of it', async () => {
  const { client, scene } = await open();
  const draft = structuredClone(flexRequest) as { revision: bigint };
  const sent: Promise<unknown>[] = [];
  for (const revision of [1n, 2n, 3n]) {
    draft.revision = revision;
    sent.push(client.sendFlexRequest(draft as typeof flexRequest));
  }
  await Promise.all(sent);
  await scene.drain();
  const requests = scene.posts.map((post) => said(post)).filter(({ $type }) => $type === 'FlexRequest');
  assert.equal(requests.map(({ revision }) => revision).sort(), [1n, 2n, 3n]);
});

test('a MessageID that has been used before is refused, and the first message stays', async () => {
  const { scene, client, outgoing } = await open();
  const messageId = crypto.randomUUID();
  await client.sendFlexRequest({ ...flexRequest, messageId });
  const error = await failure(client.sendFlexRequest({ ...flexRequest, messageId, revision: 2n }));
  assert.is(error.code, 'conflict');
  assert.match(error.message, new RegExp(messageId));
  await scene.drain();
  assert.is((await outgoing()).length, 1);
  assert.is(said(scene.posts[0]).revision, 1n);
});

test('a store that fails at the commit may have the message: the error says so, and which it is', async () => {
  const store = memory();
  const cause = new Error('connection lost');
  const commit = async (item: Commit): Promise<never> => {
    await store.commit(item);
    throw cause;
  };
  const { scene, client, outgoing } = await open({ store: changed(store, { commit }) });
  const error = await failure(client.sendFlexRequest(flexRequest));
  assert.is(error.code, 'store-unavailable');
  assert.is(error.cause, cause);
  const [kept] = await outgoing();
  assert.match(error.text, `not known whether it has FlexRequest ${kept?.messageId}`);
  assert.is(scene.told('queued').length, 0);
});

test('a mistake that only the commit finds is not blamed on the store', async () => {
  for (const cause of [new TypeError('no key'), new RangeError('too far')]) {
    const { client } = await open({ store: changed(memory(), { commit: () => Promise.reject(cause) }) });
    assert.is(await client.sendFlexRequest(flexRequest).catch((error) => error), cause);
  }
});

test('what is no draft, or no moment, is refused in words, and nothing is stored', async () => {
  const { client, outgoing } = await open();
  const moment = /notAfter of a FlexRequest must be a valid Date/;
  const cases: readonly [draft: unknown, options: object, words: RegExp][] = [
    [undefined, {}, /a FlexRequest needs a draft/],
    [null, {}, /a FlexRequest needs a draft/],
    ['<FlexRequest/>', {}, /a FlexRequest needs a draft/],
    [flexRequest, { notAfter: new Date('soon') }, moment],
    [flexRequest, { notAfter: '2026-03-02T13:00:00Z' }, moment],
    [flexRequest, { notAfter: null }, moment],
  ];
  for (const [draft, options, words] of cases) {
    const error = await client.sendFlexRequest(draft as typeof flexRequest, options).catch((one) => one);
    assert.instance(error, TypeError);
    assert.match(error.message, words);
  }
  assert.is((await outgoing()).length, 0);
});

test('a client needs a domain', async () => {
  const { service } = await open();
  for (const domain of ['', undefined, 5])
    assert.throws(
      () => service.agrClient(domain as string),
      (error: unknown) => error instanceof TypeError,
    );
});

test('a role has clients for the other two, with a method for each message that it may send there', async () => {
  const { service } = await open();
  const methods = (client: object): string[] => Object.keys(client).sort();
  assert.equal(methods(service.croClient('cro.example')), [
    'sendDsoPortfolioQuery',
    'sendDsoPortfolioUpdate',
    'sendTestMessage',
    'sendTestMessageResponse',
  ]);
  assert.ok(methods(service.agrClient('agr.example')).includes('sendFlexOrder'));
  assert.not.ok(methods(service.agrClient('agr.example')).includes('sendFlexOffer'));
  assert.not.ok('dsoClient' in service);
});

// ---- versions ----

test('a message is written in the version that is settled with its recipient', async () => {
  for (const [version, written] of [
    [undefined, '3.1.0'],
    ['3.1.0', '3.1.0'],
    ['3.0.0', '3.0.0'],
    ['3.0', '3.0.0'],
    ['4.0.0', '4.0.0'],
  ] as const) {
    const partner = () => (version === undefined ? {} : { version });
    const { scene, client } = await open({ versions: [v3_0, v3_1, next], partner });
    await client.sendFlexRequest(flexRequest);
    await scene.drain();
    assert.is(said(scene.posts[0]).version, written);
  }
});

test('a version that is not supported here is an error before anything is stored', async () => {
  const { client, outgoing } = await open({ partner: () => ({ version: '4.0.0' }) });
  const error = await failure(client.sendFlexRequest(flexRequest));
  assert.is(error.code, 'version-unsupported');
  assert.match(error.message, /AGR agr\.example.*4\.0\.0.*3\.1\.0, 3\.0\.0/);
  assert.is((await outgoing()).length, 0);
});

test("what the partner's version cannot say is an error before anything is stored", async () => {
  const { client, outgoing } = await open({ partner: () => ({ version: '3.0.0' }) });
  const { flexOfferMessageId: _, ...unsolicited } = flexOrder;
  const error = await failure(client.sendFlexOrder({ ...unsolicited, serviceType: 'redispatch' }));
  assert.is(error.code, 'conversion-lossy');
  assert.equal(error.issues.map(({ path }) => path).sort(), [
    '/FlexOrder/@FlexOfferMessageID',
    '/FlexOrder/@ServiceType',
    '/FlexOrder/@Unsolicited',
  ]);
  assert.is((await outgoing()).length, 0);
});

// ---- how long it is worth delivering ----

test('a message is not delivered past notAfter, or past the time that it names itself', async () => {
  const at = (ms: number): Date => new Date(begin + ms);
  const cases: readonly [draft: object, notAfter: Date | undefined, lateMs: number, delivered: boolean][] = [
    [flexRequest, undefined, 10 * hour - 1, true],
    [flexRequest, undefined, 10 * hour, false], // its ExpirationDateTime
    [flexRequest, at(hour), hour - 1, true],
    [flexRequest, at(hour), hour, false],
    [flexRequest, at(20 * hour), 15 * hour, true],
  ];
  for (const [draft, notAfter, lateMs, delivered] of cases) {
    const { scene, client } = await open();
    await client.sendFlexRequest(draft as typeof flexRequest, notAfter === undefined ? {} : { notAfter });
    await scene.pass(lateMs);
    assert.is(scene.told('delivered').filter(({ type }) => type === 'FlexRequest').length, delivered ? 1 : 0);
    assert.equal(
      scene.told('undeliverable').map(({ attempt }) => attempt.text),
      delivered ? [] : ['expired'],
    );
    assert.is(scene.posts.filter(({ message }) => message.$type === 'FlexRequest').length, delivered ? 1 : 0);
  }
});
