/**
 * @module A program: a node with a store, which receives, commits and delivers as it is told. Its only argument says which
 * store; each line on its input is one {@link Order}, answered with a line that says how long that took.
 */

import process from 'node:process';
import { createInterface } from 'node:readline';
import { agr, dso, protocol } from '../../generated/3.1.0/index.ts';
import { encode } from '../../runtime/codec/message.ts';
import { createService, sqlite } from '../../runtime/node.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { postgres } from '../../runtime/postgres.ts';
import { accept, type Message } from '../../runtime/roles.ts';
import { conversation, message, outgoing, us, work } from '../../runtime/store/conformance/stage.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { alone } from '../../runtime/store/sqlite/alone.ts';
import { SqlFile } from '../../runtime/store/sqlite/file.ts';
import { fileHost } from '../../runtime/store/sqlite/host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite } from '../../runtime/store/sqlite/node.ts';
import { sqlStore } from '../../runtime/store/sqlite/store.ts';
import { flexRequest } from '../flow/drafts.ts';
import { openScene, parties } from '../support/participants.ts';
import { usedUs } from './figures.ts';

/** Which store; `single` is SQLite with a commit for each message. */
export type Place =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite' | 'single'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** What is to be done so often, 32 at once: to seal messages for us, to receive those, to fill the store with such as are done with, to commit, to queue for a partner, to deliver to it. */
export interface Order {
  readonly what: 'seal' | 'receive' | 'fill' | 'commit' | 'queue' | 'deliver';
  readonly count: number;
}

/** What it took: time by the clock, and of all processors. */
export interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

const lanes = 32;

const place = JSON.parse(process.argv.at(-1) ?? '') as Place;
const store = await open(place);
const scene = openScene();
const usual = { store, clock: systemClock, observe: () => {}, chance: Math.random };
const sender = await scene.outsider('DSO');
const receiver = await createService(agr, {
  ...(await scene.options(agr)),
  ...usual,
  handlers: { preProcessFlexRequest: () => accept() },
});
/** Whom what is queued is delivered to. */
const partner = await scene.outsider('AGR', 'partner.example');
let delivered = 0;
let deliverUpTo = 0;
let look = (): void => {};
const deliverer = await createService(dso, {
  ...(await scene.options(dso, { domain: 'queue.example' })),
  ...usual,
  transport: async () => {
    delivered += 1;
    look();
    return { status: 200, header: () => undefined, text: '' };
  },
});

const sealed: Uint8Array[] = [];
let number = Math.floor(Math.random() * 2 ** 40); // other nodes have other congestion points

const orders: Readonly<Record<Order['what'], (count: number) => Promise<void>>> = {
  async seal(count) {
    for (let i = 0; i < count; i += 1) sealed.push(await sender.seal(fresh()));
  },
  receive: (count) =>
    inLanes(count, async () => {
      const envelope = sealed.pop();
      if (envelope === undefined) throw new Error('there are fewer sealed messages');
      const { result } = await receiver.receive(envelope);
      if (result !== 'accepted') throw new Error(`a message was ${result}`);
    }),
  fill: (count) => inLanes(count, () => commit(true)),
  commit: (count) => inLanes(count, () => commit(false)),
  queue: (count) =>
    inLanes(count, async () => {
      await deliverer.agrClient(partner.party.domain).sendFlexRequest(draft());
    }),
  async deliver(count) {
    deliverUpTo += count; // once it runs, the worker goes on by itself
    const reached = new Promise<void>((resolve) => {
      look = () => {
        if (delivered >= deliverUpTo) resolve();
      };
    });
    deliverer.start();
    look();
    await reached;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { what, count } = JSON.parse(line) as Order;
  const began = performance.now();
  const used = usedUs();
  await orders[what](count);
  const took: Took = { ms: performance.now() - began, cpuMs: (usedUs() - used) / 1000 };
  console.log(JSON.stringify(took));
}
process.exit(0);

async function open(place: Place): Promise<Store<never>> {
  switch (place.kind) {
    case 'memory':
      return memory();
    case 'sqlite':
      return sqlite(place.path);
    case 'single': {
      const file = new SqlFile(place.path, { ...fileHost, open: nodeSqlite() ?? (await loadLibsql()) });
      return sqlStore(file, (hooks) => alone(file, hooks));
    }
    case 'postgres':
      return postgres(place.url, { schema: place.schema });
  }
}

/** A FlexRequest of 96 ISPs with a congestion point that nobody has seen: no history. */
function draft() {
  number += 1;
  return {
    ...flexRequest,
    expirationDateTime: '2099-01-01T00:00:00Z',
    congestionPoint: `ean.${String(number).padStart(18, '0')}`,
    isp: Array.from({ length: 96 }, (_, i) => ({
      start: i + 1,
      duration: 1,
      minPower: 0,
      maxPower: 1_000_000,
    })),
  };
}

/** The payload of one that is for us. */
function fresh(): Uint8Array {
  const whole = {
    $type: 'FlexRequest',
    version: '3.1.0',
    senderDomain: parties.DSO.domain,
    recipientDomain: parties.AGR.domain,
    timeStamp: new Date().toISOString(),
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
    ...draft(),
  };
  return encode(whole as unknown as Message, protocol);
}

/** Commits what receiving a message commits; of one that is done with, nothing is queued. */
async function commit(isDone: boolean): Promise<void> {
  number += 1;
  const identity = `message ${number}`;
  const body = new Uint8Array(5_000);
  const keys = { index: [conversation(identity)], conversationId: identity, at: number };
  const received = message(identity, { body, ...keys });
  const answer = { body: body.subarray(0, 700), ...keys };
  const queued = {
    outgoing: [outgoing(`answer ${identity}`, { orderKey: identity }, answer)],
    work: [work(received, { orderKey: identity })],
  };
  const { status } = await store.commit({
    read: [{ participant: us, key: conversation(identity), revision: 0 }],
    received,
    ...(isDone ? {} : queued),
  });
  if (status !== 'committed') throw new Error(`a commit was ${status}`);
}

/** Does something so often, 32 at once. */
async function inLanes(count: number, each: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left-- > 0) await each();
    }),
  );
}
