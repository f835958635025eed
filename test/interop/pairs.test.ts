/** @module Every message that may go between a Python service and ours, in all six pairs of roles, both directions, both versions. */

import { agr as agr3_0, cro as cro3_0, dso as dso3_0 } from '../../generated/3.0.0/index.ts';
import { agr, cro, dso } from '../../generated/3.1.0/index.ts';
import { rowOf } from '../../runtime/codec/message.ts';
import { type Message, type Role, type RoleName, roleNames } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import {
  asRead,
  clientMethod,
  deliveryOf,
  eventIn,
  eventOf,
  messageIn,
  processedByPython,
  sendFromPython,
} from './exchange.ts';
import { acceptAll } from './handlers.ts';
import { Journal } from './journal.ts';
import { onDemand } from './loopback.ts';
import { lenientToPython, type Ours } from './ours.ts';
import { addressed, draftOf, type Payload, payloads, protocols } from './payloads.ts';
import type { Peer } from './peer.ts';
import { absent } from './shared.ts';

const test = suite('interop: pairs');

/** In which version our service speaks with its handlers and clients, and in which it writes to the Python services. */
interface Setting {
  readonly title: string;
  readonly domain: string;
  readonly roles: Readonly<Record<RoleName, Role>>;
  readonly wire: keyof typeof protocols;
}

const settings: readonly Setting[] = [
  { title: '3.1.0', domain: 'new.example', roles: { AGR: agr, CRO: cro, DSO: dso }, wire: '3.1.0' },
  { title: '3.0.0', domain: 'old.example', roles: { AGR: agr3_0, CRO: cro3_0, DSO: dso3_0 }, wire: '3.0.0' },
  {
    title: '3.0.0 of a service of 3.1.0',
    domain: 'new-to-old.example',
    roles: { AGR: agr, CRO: cro, DSO: dso },
    wire: '3.0.0',
  },
];

/** All that runs: three Python services, and ours of each role in each setting. */
const world = onDemand(async (loopback) => {
  const services = new Map<string, { readonly ours: Ours; readonly processed: Journal<Message> }>();
  for (const { domain, roles, wire } of settings) {
    for (const name of roleNames) {
      const processed = new Journal<Message>(`the handlers of our ${name} ${domain}`);
      const handlers = acceptAll(roles[name], processed);
      const partner = { ...lenientToPython, version: wire };
      services.set(`${name} ${domain}`, {
        ours: await loopback.ours(roles[name], { domain, handlers, partner }),
        processed,
      });
    }
  }
  const start = async (name: RoleName) => [name, await loopback.python(name)] as const;
  const peers: ReadonlyMap<string, Peer> = new Map(await Promise.all(roleNames.map(start)));
  return { loopback, services, peers };
});

function get<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`there is no ${key}`);
  return value;
}

/** What has to be let through of a message of Python, as paths. */
function letThrough(type: string): readonly string[] {
  return type === 'TestMessageResponse' ? ['/TestMessageResponse/@Result'] : [];
}

function pathsLetThrough(ours: Ours, since: number): readonly string[] {
  return ours.events.entries
    .slice(since)
    .flatMap((one) => (one.event === 'let-through' ? one.warnings.map(({ path }) => path) : []));
}

async function fromPython(from: RoleName, to: RoleName, setting: Setting, payload: Payload): Promise<void> {
  const { loopback, peers, services } = await world();
  const peer = get(peers, from);
  const { ours, processed } = get(services, `${to} ${setting.domain}`);
  const protocol = protocols[setting.wire];
  const { row } = payload;
  const message = addressed(payload.message, peer.party, ours.party, setting.wire);
  const since = ours.events.entries.length;
  const sent = await sendFromPython(loopback, peer, ours.party, message, protocol);
  assert.is(sent.ok, true, JSON.stringify(sent));
  const received = await eventOf(ours, 'received', message.messageId);
  assert.is(received.result, 'accepted');
  assert.equal(received.sender, peer.party);
  assert.equal(received.message, message);
  assert.equal(pathsLetThrough(ours, since), letThrough(row.name));
  const handled = await processed.find(
    `${row.name} ${message.messageId}`,
    (one) => one.messageId === message.messageId,
  );
  assert.equal(draftOf(handled), draftOf(message));
  if (row.response === undefined) return;
  const { message: answer } = await eventIn(ours, 'queued', row.response, message.conversationId);
  await deliveryOf(ours, 'delivered', answer.messageId);
  const answered = await processedByPython(peer, answer.messageId);
  const responseRow = rowOf(row.response, protocol);
  assert.is(answered.type, responseRow.key);
  assert.is(answered.result, 'Accepted');
  const body = messageIn(answered, responseRow, protocol);
  assert.equal(body, asRead(answer, protocol));
  if (responseRow.reference !== undefined) {
    assert.is((body as object as Record<string, unknown>)[responseRow.reference], message.messageId);
  }
}

async function toPython(from: RoleName, to: RoleName, setting: Setting, payload: Payload): Promise<void> {
  const { peers, services } = await world();
  const peer = get(peers, to);
  const { ours } = get(services, `${from} ${setting.domain}`);
  const protocol = protocols[setting.wire];
  const { row } = payload;
  const draft = draftOf(addressed(payload.message, ours.party, peer.party, setting.wire)) as Message;
  const { messageId, conversationId } = draft;
  const since = ours.events.entries.length;
  const send = clientMethod(ours, peer.party, row);
  const reply = row.response === undefined ? await send(draft) : await send(draft, { reply: true });
  const { message } = await eventOf(ours, 'queued', messageId);
  await deliveryOf(ours, 'delivered', messageId);
  const processed = await processedByPython(peer, messageId);
  assert.is(processed.type, row.key);
  assert.equal(messageIn(processed, row, protocol), asRead(message, protocol));
  assert.equal(draftOf(message), draft);
  if (row.response === undefined) return;
  const responseRow = rowOf(row.response, setting.roles[from].protocol);
  const response = reply as object as Record<string, unknown>;
  assert.is(response.$type, row.response);
  assert.is(response.conversationId, conversationId);
  if (responseRow.result) assert.is(response.result, 'Accepted');
  if (responseRow.reference !== undefined) assert.is(response[responseRow.reference], messageId);
  assert.equal(pathsLetThrough(ours, since), letThrough(row.response));
}

if (absent === undefined) {
  test('There is a message to send of every type in both versions.', () => {
    for (const version of ['3.1.0', '3.0.0'] as const) {
      const there = new Set(payloads(version).map(({ row }) => row.name));
      assert.equal([...there].sort(), [...protocols[version].messages.keys()].sort());
    }
  });
  for (const python of roleNames) {
    for (const mine of roleNames.filter((name) => name !== python)) {
      for (const setting of settings) {
        for (const payload of payloads(setting.wire)) {
          const { title, row } = payload;
          const answered = row.response === undefined ? '' : ', and its answer comes back';
          if (row.from.includes(python) && row.to.includes(mine)) {
            test(`${title} arrives from a Python ${python} at our ${mine} in ${setting.title}${answered}.`, () =>
              fromPython(python, mine, setting, payload));
          }
          if (row.from.includes(mine) && row.to.includes(python)) {
            test(`${title} arrives from our ${mine} at a Python ${python} in ${setting.title}${answered}.`, () =>
              toPython(mine, python, setting, payload));
          }
        }
      }
    }
  }
  test('Nothing was refused, sent twice or lost on the way.', async () => {
    const { services } = await world();
    const odd = ['refused', 'repeated', 'retrying', 'undeliverable', 'handler-failed', 'overdue'];
    for (const { ours } of services.values()) {
      assert.equal(
        ours.events.entries.filter(({ event }) => odd.includes(event)),
        [],
      );
    }
  });
} else {
  test.skip('Every message goes between Python services and ours in all pairs of roles.', absent);
}

test.after(world.close);
