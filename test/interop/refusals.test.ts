/** @module What is refused with an HTTP error on either side, what is let through, and what a message sent twice comes to. */

import { agr, dso, type FlexOrderDraft, type MeteringDraft } from '../../generated/3.1.0/index.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Message, Role, RoleKind } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import {
  deliveryOf,
  type EventOf,
  eventIn,
  eventOf,
  firstEvent,
  processedByPython,
  sendFromPython,
} from './exchange.ts';
import { acceptAll } from './handlers.ts';
import { Journal } from './journal.ts';
import { type Loopback, onDemand } from './loopback.ts';
import { lenientToPython, type Ours, type OursOptions } from './ours.ts';
import { addressed, draftOf, payloadOf, protocols } from './payloads.ts';
import type { Line, Peer } from './peer.ts';
import { absent } from './shared.ts';

const test = suite('interop: refusals');

const v3_1 = protocols['3.1.0'];

/** Three Python services: of these, `impostor` signs with another key than the one that all others know. */
const world = onDemand(async (loopback) => {
  const [agr, dso, impostor] = await Promise.all([
    loopback.python('AGR'),
    loopback.python('DSO'),
    loopback.python('AGR', { impostor: 'impostor.example' }),
  ]);
  return { loopback, agr, dso, impostor };
});

/** A service of ours that accepts everything. */
function accepting(
  loopback: Loopback,
  role: Role,
  options: Partial<OursOptions<RoleKind>> & { domain: string },
): Promise<Ours> {
  return loopback.ours(role, { handlers: acceptAll(role, new Journal('our handlers')), ...options });
}

/** A valid message, by the name of its file. */
function sample(title: string, from: Peer, to: Ours): Message {
  return addressed(payloadOf(title, '3.1.0').message, from.party, to.party, '3.1.0');
}

/** Where a refused message was not valid. */
function pathsOf({ cause }: EventOf<'refused'>): readonly string[] {
  return isUftpError(cause) ? cause.issues.map(({ path }) => path).sort() : [];
}

/** What the Python client makes of our refusal: an exception with the status and the body. */
function refusedWith(line: Line, status: number, code: string): void {
  assert.equal([line.ok, line.status], [false, status]);
  const { code: told } = JSON.parse(line.answer ?? '{}');
  assert.is(told, code);
}

async function storedBy(ours: Ours): Promise<number> {
  return (await ours.service.messages()).messages.length;
}

if (absent === undefined) {
  test('A Python service whose key is not the one that we know is answered 401, and nothing is stored (rule 37).', async () => {
    const { loopback, impostor } = await world();
    const ours = await accepting(loopback, dso, { domain: 'wary.example' });
    const offer = sample('FlexOffer', impostor, ours);
    refusedWith(await sendFromPython(loopback, impostor, ours.party, offer, v3_1), 401, 'signature-invalid');
    assert.equal((await firstEvent(ours, 'refused')).sender, impostor.party);
    assert.is(await storedBy(ours), 0);
  });

  test('A Python service that we do not know is answered 419, and nothing is stored (rule 36).', async () => {
    const { loopback, agr: python } = await world();
    const lookup = { keys: () => undefined, endpoint: () => undefined };
    const ours = await accepting(loopback, dso, { domain: 'alone.example', lookup });
    const offer = sample('FlexOffer', python, ours);
    refusedWith(await sendFromPython(loopback, python, ours.party, offer, v3_1), 419, 'key-unknown');
    assert.equal((await firstEvent(ours, 'refused')).sender, python.party);
    assert.is(await storedBy(ours), 0);
  });

  test('A Python service answers 401 where our key is not the one that it knows, and our message is a dead letter at once.', async () => {
    const { loopback, dso: python } = await world();
    const ours = await loopback.ours(agr, { domain: 'forged.example', handlers: {}, impostor: true });
    const { messageId } = await ours.service.dsoClient(python.party.domain).sendTestMessage({});
    const { attempt } = await deliveryOf(ours, 'undeliverable', messageId);
    assert.is(attempt.status, 401);
    assert.not.ok(ours.events.entries.some(({ event }) => event === 'retrying'));
  });

  test('A Python service that does not know us answers 500, not 419, and delivery is tried again (rules 27, 36).', async () => {
    const { loopback, dso: python } = await world();
    const ours = await loopback.ours(agr, { domain: 'unlisted.example', handlers: {}, unlisted: true });
    const { messageId } = await ours.service.dsoClient(python.party.domain).sendTestMessage({});
    const { attempt } = await deliveryOf(ours, 'retrying', messageId);
    assert.is(attempt.status, 500);
    const line = await python.lines.find('"receive"', ({ sender }) => sender === 'AGR:unlisted.example');
    assert.match(line.error ?? '', 'AuthenticationTimeoutException');
  });

  test('Without leniency the Result of a Python TestMessageResponse is answered 400 (rule 38), and the observer is told where.', async () => {
    const { loopback, dso: python } = await world();
    const ours = await loopback.ours(agr, { domain: 'strict.example', handlers: {}, partner: {} });
    const { messageId } = await ours.service.dsoClient(python.party.domain).sendTestMessage({});
    await deliveryOf(ours, 'delivered', messageId);
    const refused = await firstEvent(ours, 'refused');
    assert.equal([refused.status, refused.code, refused.sender], [400, 'message-invalid', python.party]);
    assert.equal(pathsOf(refused), ['/TestMessageResponse/@Result']);
    // Of its own answer the library only logs the exception; of what it is told to send, it tells.
    const response = sample('TestMessageResponse', python, ours);
    refusedWith(await sendFromPython(loopback, python, ours.party, response, v3_1), 400, 'message-invalid');
    const { messages } = await ours.service.messages({ direction: 'in' });
    assert.equal(messages, []);
  });

  test('With leniency for that path it is taken, told to the observer, and dropped from what the handler gets.', async () => {
    const { loopback, dso: python } = await world();
    const processed = new Journal<Message>('our handlers');
    const handlers = acceptAll(agr, processed);
    const ours = await loopback.ours(agr, { domain: 'lenient.example', handlers, partner: lenientToPython });
    const reply = await ours.service.dsoClient(python.party.domain).sendTestMessage({}, { reply: true });
    assert.is(reply.$type, 'TestMessageResponse');
    const event = await firstEvent(ours, 'let-through');
    assert.equal([event.sender, event.type], [python.party, 'TestMessageResponse']);
    assert.equal(
      event.warnings.map(({ path, correction }) => [path, correction]),
      [['/TestMessageResponse/@Result', 'lenient']],
    );
    assert.not.ok('result' in (await processed.find('a TestMessageResponse', () => true)));
  });

  test('That leniency lets nothing else through: the library writes what only 3.1.0 has as 3.0.0, and is answered 400.', async () => {
    const { loopback, dso: python } = await world();
    const ours = await accepting(loopback, agr, { domain: 'exact.example' });
    const order = sample('FlexOrder.unsolicited', python, ours);
    refusedWith(
      await sendFromPython(loopback, python, ours.party, order, v3_1, '3.0.0'),
      400,
      'message-invalid',
    );
    assert.equal(pathsOf(await firstEvent(ours, 'refused')), [
      '/FlexOrder/@FlexOfferMessageID',
      '/FlexOrder/@ServiceType',
      '/FlexOrder/@Unsolicited',
    ]);
  });

  test('We do not write what only 3.1.0 has as 3.0.0: the caller is told before anything is stored.', async () => {
    const { loopback, agr: python } = await world();
    const partner = { version: '3.0.0' };
    const ours = await loopback.ours(dso, { domain: 'careful.example', handlers: {}, partner });
    const order = draftOf(payloadOf('FlexOrder.unsolicited', '3.1.0').message) as FlexOrderDraft;
    const client = ours.service.agrClient(python.party.domain);
    const error = await client.sendFlexOrder(order).catch((thrown: unknown) => thrown);
    assert.ok(isUftpError(error) && error.code === 'conversion-lossy', String(error));
    assert.is(await storedBy(ours), 0);
  });

  test('An EAN of 18 digits goes both ways, by a correction of which the observer is told.', async () => {
    const { loopback, agr: python, dso: pythonDso } = await world();
    const ours = await accepting(loopback, dso, { domain: 'metered.example' });
    const metering = { ...sample('Metering', python, ours), ean: 'E871687120000000010' };
    assert.is((await sendFromPython(loopback, python, ours.party, metering, v3_1)).ok, true);
    assert.equal((await eventOf(ours, 'received', metering.messageId)).message, metering);
    const event = await firstEvent(ours, 'let-through');
    assert.equal(
      event.warnings.map(({ path, correction }) => [path, correction]),
      [['/Metering/@EAN', 'metering-ean-18']],
    );
    const sender = await loopback.ours(agr, { domain: 'metering.example', handlers: {} });
    const client = sender.service.dsoClient(pythonDso.party.domain);
    const response = await client.sendMetering(draftOf(metering) as MeteringDraft, { reply: true });
    assert.equal([response.result, response.meteringMessageId], ['Accepted', metering.messageId]);
  });

  test('A message that a Python service sends twice is taken once and answered once (rule 70).', async () => {
    const { loopback, dso: python } = await world();
    const ours = await accepting(loopback, agr, { domain: 'once.example' });
    const request = sample('FlexRequest.minimal', python, ours);
    for (const _ of ['first', 'second']) {
      assert.is((await sendFromPython(loopback, python, ours.party, request, v3_1)).ok, true);
    }
    assert.is((await firstEvent(ours, 'repeated')).messageId, request.messageId);
    const answer = await eventIn(ours, 'queued', 'FlexRequestResponse', request.conversationId);
    assert.is((await processedByPython(python, answer.message.messageId)).result, 'Accepted');
    assert.is(await storedBy(ours), 2);
  });

  test('Another message of a Python service under the same MessageID is rejected with "Duplicate Identifier" (rule 69).', async () => {
    const { loopback, dso: python } = await world();
    const ours = await accepting(loopback, agr, { domain: 'unique.example' });
    const request = sample('FlexRequest.minimal', python, ours);
    const other = { ...request, revision: 3n, conversationId: crypto.randomUUID() };
    for (const message of [request, other]) {
      assert.is((await sendFromPython(loopback, python, ours.party, message, v3_1)).ok, true);
    }
    const answer = await eventIn(ours, 'queued', 'FlexRequestResponse', other.conversationId);
    const { result, rejectionReason } = await processedByPython(python, answer.message.messageId);
    assert.equal([result, rejectionReason], ['Rejected', 'Duplicate Identifier']);
  });
} else {
  test.skip('Wrong keys, unknown senders and invalid messages are refused on both sides.', absent);
}

test.after(world.close);
