import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import { type AgrKind, agr, protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import type { Message } from '../../runtime/roles.ts';
import { begin, type Given, hour, minute, openScene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { payload } from './drafts.ts';

const test = suite('flow: admit');

type Fields = Readonly<Record<string, unknown>>;
const day = 24 * hour;

/** An AGR that handles FlexRequests, and what becomes of a payload that a DSO seals for it. */
async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const ran: Message[] = [];
  const handlers = { processFlexRequest: (request: Message) => void ran.push(request) };
  const service = await scene.join(agr, { handlers, ...given });
  /** Reasons of the rejection; undefined where it was accepted. Replies are in `scene.posts`. */
  const judge = async (body: Uint8Array | string): Promise<readonly string[] | undefined> => {
    const received = await service.receive(await outsider.seal(body));
    if (received.result === 'refused') throw new Error(`refused: ${received.code}`);
    await scene.drain();
    return received.result === 'accepted' ? undefined : received.reasons;
  };
  const reply = (): Message & Fields => {
    const last = scene.posts.at(-1);
    if (last === undefined) throw new Error('nothing was answered');
    return last.message as Message & Fields;
  };
  return { scene, service, outsider, judge, reply, ran };
}

test('a message that is in order is accepted, answered and processed', async () => {
  const { judge, reply, ran, scene } = await open();
  assert.is(await judge(payload('FlexRequest')), undefined);
  assert.is(reply().result, 'Accepted');
  assert.is(scene.posts.length, 1);
  assert.is(ran.length, 1);
});

test('each fault has its reason (rules 45, 46, 62, 65, 66, 68), and the message is never processed', async () => {
  const cases: readonly [reason: string, name: string, fields: Fields, given?: Given<AgrKind>][] = [
    ['Mismatch SenderDomain', 'FlexRequest', { senderDomain: 'other.example' }],
    ['Invalid SenderRole; Invalid Message', 'FlexOffer', { recipientDomain: 'agr.example' }],
    ['Barred Sender', 'FlexRequest', {}, { partner: () => ({ barred: true }) }],
    ['Unknown RecipientDomain', 'FlexRequest', { recipientDomain: 'other.example' }],
    ['Invalid Message', 'FlexOrder', {}],
    ['TimeStamp out of bounds', 'FlexRequest', { timeStamp: new Date(begin - 15 * day).toISOString() }],
    ['TimeStamp out of bounds', 'FlexRequest', { timeStamp: new Date(begin + 11 * minute).toISOString() }],
    [
      'Mismatch SenderDomain; Barred Sender; Unknown RecipientDomain',
      'FlexRequest',
      { senderDomain: 'other.example', recipientDomain: 'another.example' },
      { partner: () => ({ barred: true }) },
    ],
  ];
  for (const [reason, name, fields, given] of cases) {
    const { judge, reply, ran, scene } = await open(given);
    const body = payload(name, { senderDomain: 'dso.example', ...fields });
    assert.equal(await judge(body), reason.split('; '), reason);
    assert.is(reply().result, 'Rejected');
    assert.is(reply().rejectionReason, reason);
    assert.is(scene.posts.length, 1);
    assert.is(scene.posts[0]?.to, 'dso.example');
    assert.is(ran.length, 0);
  }
});

test('a rejection goes to the verified sender of the envelope, whoever the payload names', async () => {
  const { judge, reply, scene } = await open();
  await scene.outsider('DSO', 'victim.example');
  await judge(payload('FlexRequest', { senderDomain: 'victim.example' }));
  assert.equal(
    scene.posts.map(({ to }) => to),
    ['dso.example'],
  );
  assert.is(reply().recipientDomain, 'dso.example');
});

test('a rejected response is never answered', async () => {
  const { judge, scene } = await open();
  const fields = { result: 'Accepted', flexOfferMessageId: crypto.randomUUID() };
  const reasons = await judge(payload('FlexOfferResponse', { ...fields, recipientDomain: 'other.example' }));
  assert.equal(reasons, ['Unknown RecipientDomain']);
  assert.is(scene.posts.length, 0);
});

test('a response needs no handler', async () => {
  const { judge, scene } = await open({ handlers: {} });
  const fields = { result: 'Accepted', flexOfferMessageId: crypto.randomUUID() };
  assert.is(await judge(payload('FlexOfferResponse', fields)), undefined);
  assert.is(scene.posts.length, 0);
});

test('a type that no handler is there for is rejected with "Invalid Message" (rule 65)', async () => {
  const { judge, reply } = await open({ handlers: {} });
  const from: Readonly<Record<string, Fields>> = {
    FlexRequest: {},
    FlexOrder: {},
    FlexSettlement: {},
    FlexReservationUpdate: {},
  };
  for (const [name, fields] of Object.entries(from)) {
    assert.equal(await judge(payload(name, fields)), ['Invalid Message'], name);
    assert.is(reply().$type, `${name}Response`);
    assert.is(reply().rejectionReason, 'Invalid Message');
  }
});

test('a TestMessage is answered by itself (rule 130)', async () => {
  const { judge, reply } = await open({ handlers: {} });
  const fields = { senderDomain: 'dso.example', recipientDomain: 'agr.example' };
  assert.is(await judge(payload('TestMessage', fields)), undefined);
  assert.is(reply().$type, 'TestMessageResponse');
});

test('a rejected TestMessage is not answered in 3.x, whose TestMessageResponse cannot say so', async () => {
  const { judge, scene } = await open();
  const fields = { senderDomain: 'dso.example', recipientDomain: 'other.example' };
  assert.equal(await judge(payload('TestMessage', fields)), ['Unknown RecipientDomain']);
  assert.is(scene.posts.length, 0);
});

test('a version that is not supported is answered in the nearest that is (rule 12)', async () => {
  const three = [v3_1, v3_0];
  const all = [...three, next];
  const cases: readonly [
    said: string,
    versions: typeof three,
    answered: string,
    supported: string | undefined,
  ][] = [
    ['3.1.0', three, '3.1.0', undefined],
    ['3.0.0', three, '3.0.0', undefined],
    ['3.1.7', three, '3.1.7', undefined], // the patch number decides nothing, and is copied
    ['3.0.12', three, '3.0.12', undefined],
    ['3.2.0', three, '3.1.0', '3.1.0, 3.0.0'],
    ['3.10.0', three, '3.1.0', '3.1.0, 3.0.0'],
    ['2.0.0', three, '3.1.0', '3.1.0, 3.0.0'],
    ['9.9.9', three, '3.1.0', '3.1.0, 3.0.0'],
    ['4.0.0', three, '3.1.0', '3.1.0, 3.0.0'],
    ['3.0.0', [v3_1], '3.1.0', '3.1.0'],
    ['4.0.0', all, '4.0.0', undefined],
    ['4.1.0', all, '4.0.0', '3.1.0, 3.0.0, 4.0.0'],
    ['9.9.9', all, '3.1.0', '3.1.0, 3.0.0, 4.0.0'], // nobody is taken to mean an unreleased one
  ];
  for (const [said, versions, answered, supported] of cases) {
    const { judge, reply, ran } = await open({ versions });
    const text = new TextDecoder().decode(payload('FlexRequest'));
    const reasons = await judge(text.replace('Version="3.1.0"', `Version="${said}"`));
    const expected = supported === undefined ? undefined : [`Invalid Version; supported: ${supported}`];
    assert.equal(reasons, expected, said);
    assert.is(reply().version, answered, said);
    assert.is(reply().rejectionReason, expected?.[0], said);
    assert.is(ran.length, supported === undefined ? 1 : 0);
  }
});

test('a version that is not supported and cannot be decoded is refused', async () => {
  const { service, outsider } = await open();
  const text = new TextDecoder().decode(payload('FlexRequest')).replace('"3.1.0"', '"9.9.9" NewIn9="1"');
  const received = await service.receive(await outsider.seal(text));
  assert.is(received.status, 400);
});

test('a TimeStamp is taken up to 14 days back and 10 minutes ahead, in every zone and without one', async () => {
  const at = (ms: number): string => new Date(begin + ms).toISOString();
  const cases: readonly [timeStamp: string, taken: boolean, given?: Given<AgrKind>][] = [
    [at(-14 * day), true],
    [at(-14 * day - 1), false],
    [at(10 * minute), true],
    [at(10 * minute + 1), false],
    ['2026-03-02T13:00:00+01:00', true],
    ['2026-03-02T12:00:00', true], // taken for UTC, as the Java library takes it
    ['2026-03-02T12:00:00.123456789Z', true],
    ['12026-03-02T12:00:00Z', false],
    ['2027-03-02T12:00:00Z', true, { timeStampAheadMsMax: Number.POSITIVE_INFINITY }],
    ['2020-03-02T12:00:00Z', true, { timeStampAgeMsMax: Number.POSITIVE_INFINITY }],
    [at(-2 * minute), false, { timeStampAgeMsMax: minute }],
  ];
  for (const [timeStamp, taken, given] of cases) {
    const { judge } = await open(given);
    const expected = taken ? undefined : ['TimeStamp out of bounds'];
    assert.equal(await judge(payload('FlexRequest', { timeStamp })), expected, timeStamp);
  }
});

test('what was rejected at admission is in the history, with its verdict', async () => {
  const { judge, service } = await open({ partner: () => ({ barred: true }) });
  await judge(payload('FlexRequest'));
  const { messages } = await service.messages({ direction: 'in' });
  assert.equal(
    messages.map(({ verdict }) => verdict),
    [{ result: 'rejected', reasons: ['Barred Sender'] }],
  );
  assert.is(messages[0]?.state, 'none');
});

test('at the smallest settings a message whose TimeStamp lay ahead is known as long as it could be taken', async () => {
  const ahead = 10 * minute;
  const { scene, service, outsider, ran } = await open({
    ...{ keepBodiesMs: day, timeStampAgeMsMax: day, timeStampAheadMsMax: ahead, keepRecordsMs: day + ahead },
  });
  const body = payload('FlexRequest', { timeStamp: new Date(begin + ahead).toISOString() });
  const envelope = await outsider.seal(body);
  assert.is((await service.receive(envelope)).result, 'accepted');
  await scene.drain(); // forgets for the first time
  await scene.pass(day + ahead); // and again
  assert.is((await service.receive(envelope)).result, 'repeated');
  await scene.pass(day);
  assert.is((await service.receive(envelope)).result, 'rejected'); // forgotten, and too old
  await scene.drain();
  assert.is(ran.length, 1);
});
