/**
 * @module A program: a node with a store, which commits and delivers as it is told. Its only argument says which store; each
 * line on its input is one {@link Order}, answered with a line that says how long that took.
 */

import process from 'node:process';
import { createInterface } from 'node:readline';
import { dso } from '../../generated/3.1.0/index.ts';
import { createService } from '../../runtime/node.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import { conversation, message, outgoing, us, work } from '../../runtime/store/conformance/stage.ts';
import { flexRequest } from '../flow/drafts.ts';
import { openScene } from '../support/participants.ts';
import { usedUs } from './figures.ts';
import { openPlace, type Place } from './places.ts';

/** What is to be done so often, 32 at once: to fill the store with messages that are done with, to commit what receiving commits, to queue for a partner, to deliver to it. */
export interface Order {
  readonly what: 'fill' | 'commit' | 'queue' | 'deliver';
  readonly count: number;
}

/** What it took: time by the clock, and of all processors. */
export interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

const lanes = 32;

const store = await openPlace(JSON.parse(process.argv.at(-1) ?? '') as Place);
const scene = openScene();
/** Whom what is queued is delivered to. */
const partner = await scene.outsider('AGR', 'partner.example');
let delivered = 0;
let deliverUpTo = 0;
let look = (): void => {};
const deliverer = await createService(dso, {
  ...(await scene.options(dso)),
  ...{ store, clock: systemClock, observe: () => {}, chance: Math.random },
  transport: async () => {
    delivered += 1;
    look();
    return { status: 200, header: () => undefined, text: '' };
  },
});

let number = 0;

const orders: Readonly<Record<Order['what'], (count: number) => Promise<void>>> = {
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
