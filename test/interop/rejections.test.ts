/** @module Rejections between our services and the Python ones: ours must be understood there, and theirs here. */

import { randomUUID } from 'node:crypto';
import { agr, cro, dso } from '../../generated/3.1.0/index.ts';
import { rowOf } from '../../runtime/codec/message.ts';
import { type Message, type Role, type RoleName, roleNames } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import {
  asRead,
  deliveryOf,
  eventIn,
  eventOf,
  messageIn,
  processedByPython,
  sendFromPython,
} from './exchange.ts';
import { acceptAll, receivedBy, rejectAll } from './handlers.ts';
import { Journal } from './journal.ts';
import { onDemand } from './loopback.ts';
import { addressed, payloadOf, protocols } from './payloads.ts';
import { absent } from './shared.ts';

const test = suite('interop: rejections');

const roles: Readonly<Record<RoleName, Role>> = { AGR: agr, CRO: cro, DSO: dso };
/** As people write them, with what XML must escape. */
const reasons = ['Period "out of bounds" & <late>', 'Kapazität überschritten'];
const reason = 'Period "out of bounds" & <late>; Kapazität überschritten';

/** Three Python services, and six of ours. */
const world = onDemand(async (loopback) => {
  const processed = new Journal<Message>('our handlers');
  const each = async <T>(start: (name: RoleName) => Promise<T>): Promise<Record<RoleName, T>> => {
    const [AGR, CRO, DSO] = await Promise.all([start('AGR'), start('CRO'), start('DSO')]);
    return { AGR, CRO, DSO };
  };
  const ours = (domain: string, handlersOf: (role: Role) => object) =>
    each((name) => loopback.ours(roles[name], { domain, handlers: handlersOf(roles[name]) }));
  return {
    loopback,
    processed,
    peers: await each((name) => loopback.python(name)),
    rejecting: await ours('rejecting.example', (role) => rejectAll(role, reasons)),
    accepting: await ours('accepting.example', (role) => acceptAll(role, processed)),
  };
});

/** What the Python sender of a request is told when we reject it. */
async function understood(
  from: RoleName,
  to: RoleName,
  version: keyof typeof protocols,
  name: string,
): Promise<void> {
  const { loopback, peers, rejecting } = await world();
  const [peer, ours, protocol] = [peers[from], rejecting[to], protocols[version]];
  const payload = payloadOf(name, version);
  const responseRow = rowOf(payload.row.response ?? '', protocol);
  const message = addressed(payload.message, peer.party, ours.party, version);
  assert.is((await sendFromPython(loopback, peer, ours.party, message, protocol)).ok, true);
  const received = await eventOf(ours, 'received', message.messageId);
  assert.is(received.result, 'rejected');
  assert.equal(received.reasons, reasons);
  const { message: answer } = await eventIn(ours, 'queued', responseRow.name, message.conversationId);
  await deliveryOf(ours, 'delivered', answer.messageId);
  const answered = await processedByPython(peer, answer.messageId);
  assert.is(answered.type, responseRow.key);
  assert.is(answered.result, 'Rejected');
  assert.is(answered.rejectionReason, reason);
  assert.is(answered.conversationId, message.conversationId);
  const body = messageIn(answered, responseRow, protocol);
  assert.equal(body, asRead(answer, protocol));
  assert.is((body as object as Record<string, unknown>)[responseRow.reference ?? ''], message.messageId);
}

/** What our handler is told when a Python service rejects. */
async function told(
  from: RoleName,
  to: RoleName,
  version: keyof typeof protocols,
  name: string,
): Promise<void> {
  const { loopback, peers, accepting, processed } = await world();
  const [peer, ours] = [peers[from], accepting[to]];
  const { reference } = rowOf(name, protocols[version]);
  const message = {
    ...addressed(payloadOf(name, version).message, peer.party, ours.party, version),
    result: 'Rejected',
    rejectionReason: reason,
    ...(reference !== undefined && { [reference]: randomUUID() }), // a second response to one request does not count
  };
  assert.is((await sendFromPython(loopback, peer, ours.party, message, protocols[version])).ok, true);
  const received = await eventOf(ours, 'received', message.messageId);
  assert.equal(received.message, message);
  assert.is(received.result, 'accepted'); // the response itself is fine
  const handled = await processed.find(
    `${name} ${message.messageId}`,
    (one) => one.messageId === message.messageId,
  );
  assert.equal(handled, { ...message, version: '3.1.0' });
}

if (absent === undefined) {
  for (const version of ['3.1.0', '3.0.0'] as const) {
    for (const to of roleNames) {
      for (const row of receivedBy(roles[to])) {
        const responds = row.response !== undefined && protocols[version].messages.get(row.response)?.result;
        for (const from of row.from.filter((one) => one !== to)) {
          if (responds) {
            test(`That our ${to} rejects a ${row.name} ${version} is understood by the Python ${from}, reasons and reference too.`, () =>
              understood(from, to, version, row.name));
          }
          if (row.request !== undefined && row.result) {
            test(`That a Python ${from} rejects with a ${row.name} ${version} is understood by our ${to}.`, () =>
              told(from, to, version, row.name));
          }
        }
      }
    }
  }

  for (const [why, domain, partner, expected] of [
    ['for which there is no handler', 'deaf.example', {}, 'Invalid Message'],
    ['of a barred sender', 'barring.example', { barred: true }, 'Barred Sender; Invalid Message'],
  ] as const) {
    test(`A request ${why} is rejected with "${expected}" (rules 65, 68).`, async () => {
      const { loopback, peers } = await world();
      const ours = await loopback.ours(agr, { domain, handlers: {}, partner });
      const request = payloadOf('FlexRequest.minimal', '3.1.0');
      const message = addressed(request.message, peers.DSO.party, ours.party, '3.1.0');
      assert.is(
        (await sendFromPython(loopback, peers.DSO, ours.party, message, protocols['3.1.0'])).ok,
        true,
      );
      const answer = await eventIn(ours, 'queued', 'FlexRequestResponse', message.conversationId);
      const { result, rejectionReason } = await processedByPython(peers.DSO, answer.message.messageId);
      assert.equal([result, rejectionReason], ['Rejected', expected]);
    });
  }
} else {
  test.skip('Rejections are understood on both sides.', absent);
}

test.after(world.close);
