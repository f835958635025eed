/** @module Conformance scenarios of the two queues: what is due, and in which order. */

import type { Lease } from '../../ports/store.ts';
import {
  alsoUs,
  attempt,
  claim,
  claimed,
  claimOne,
  commits,
  done,
  equal,
  finish,
  identities,
  message,
  outgoing,
  pause,
  type Scenario,
  us,
  work,
} from './stage.ts';

const retryAt = (dueAt: number) => ({ end: 'retry', attempt, dueAt }) as const;
const dead = { end: 'dead', attempt } as const;

/** See the module. */
export const orderScenarios: readonly Scenario[] = [
  {
    title: 'a task is not claimed before it is due',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('m', { dueAt: 100 })] }));
      equal(await claimed(store, 99), [], 'at 99');
      equal(await claimed(store, 100), ['m'], 'at 100');
    },
  },
  {
    title: 'of one order key only the first is claimed, and the next one when it is done',
    async run(store) {
      // The later ones have been due for longer: that changes nothing.
      const due = (identity: string, dueAt: number) => outgoing(identity, { dueAt });
      await commits(store.commit({ outgoing: [due('a', 30), due('b', 20)] }));
      await commits(store.commit({ outgoing: [due('c', 10)] }));
      equal(await claimed(store, 29), [], 'before the first is due');
      for (const identity of ['a', 'b', 'c']) {
        const lease = await claimOne(store, 'outgoing', 30);
        equal(lease.message.identity, identity, 'the first');
        await finish(store, lease);
      }
      equal(await claimed(store, 1e9), [], 'at the end');
    },
  },
  {
    title: 'a retry keeps its place and holds back those behind it; a dead letter lets them through',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      await finish(store, await claimOne(store, 'outgoing', 0), retryAt(500));
      equal(await claimed(store, 499), [], 'while the retry waits');
      const again = await claimOne(store, 'outgoing', 500);
      equal(again.message.identity, 'a', 'the retry');
      await finish(store, again, dead);
      equal(await claimed(store, 500), ['b'], 'behind the dead letter');
    },
  },
  {
    title: 'order keys do not wait for one another; the longest due go first, up to the limit',
    async run(store) {
      const dues = { a: 40, b: 10, c: 30, d: 20, e: 99 };
      const all = Object.entries(dues).map(([name, dueAt]) => outgoing(name, { orderKey: name, dueAt }));
      await commits(store.commit({ outgoing: [...all, outgoing('b2', { orderKey: 'b', dueAt: 5 })] }));
      const some = identities(await claim(store, 'outgoing', 50, { limit: 3 }));
      equal(some, ['b', 'd', 'c'], 'the first three');
      equal(await claimed(store, 50), ['a'], 'the rest that is due');
    },
  },
  {
    title: 'order keys of two participants are separate, and each claims its own',
    async run(store) {
      const other = outgoing('theirs', { dueAt: 1 }, { participant: alsoUs });
      await commits(store.commit({ outgoing: [other, outgoing('ours', { dueAt: 2 })] }));
      equal(await claimed(store, 5, []), [], 'of nobody');
      equal(await claimed(store, 5, [alsoUs]), ['theirs'], 'of the other');
      equal(await claimed(store, 5), ['ours'], 'of us');
      equal(
        await claimed(store, 2000, [us, alsoUs]),
        ['theirs', 'ours'],
        'of both, once the leases are over',
      );
    },
  },
  {
    title: 'work and outgoing messages are separate queues',
    async run(store) {
      const offer = message('offer');
      await commits(store.commit({ received: offer, work: [work(offer)], outgoing: [outgoing('response')] }));
      equal(identities(await claim(store, 'work', 0)), ['offer'], 'work');
      equal(
        identities(await claim(store, 'outgoing', 0)),
        ['response'],
        'outgoing, under the same order key',
      );
    },
  },
  {
    title: 'what is put first goes ahead of what waits, but behind what was put first before',
    async run(store) {
      const first = (identity: string) => outgoing(identity, { first: true });
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      await commits(store.commit({ outgoing: [first('1'), outgoing('c'), first('2')] }));
      await commits(store.commit({ outgoing: [first('3')] }));
      const order: string[] = [];
      for (let count = 0; count < 6; count += 1) {
        const lease = await claimOne(store, 'outgoing', 0);
        order.push(lease.message.identity);
        await finish(store, lease);
      }
      equal(order.join(''), '123abc', 'order');
    },
  },
  {
    title: 'what is put first does not overtake what has been claimed once',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const held = await claimOne(store, 'outgoing', 0);
      await commits(store.commit({ outgoing: [outgoing('1', { first: true })] }));
      equal(await claimed(store, 0), [], 'while the first is leased');
      await finish(store, held, retryAt(100));
      await commits(store.commit({ outgoing: [outgoing('2', { first: true })] }));
      equal(await claimed(store, 50), [], 'while the first waits for its retry');
      const again = await claimOne(store, 'outgoing', 100);
      equal(again.message.identity, 'a', 'the retry');
      await finish(store, again);
      equal(await claimed(store, 100), ['1'], 'behind the retry');
    },
  },
  {
    title: 'what is put first is due by its own time',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a', { dueAt: 10 })] }));
      await commits(store.commit({ outgoing: [outgoing('1', { dueAt: 20, first: true })] }));
      equal(await store.nextDueAt([us]), 20, 'the next due');
      equal(await claimed(store, 19), [], 'at 19');
      equal(await claimed(store, 20), ['1'], 'at 20');
    },
  },
  {
    title:
      '1,000 messages of 50 order keys drain in order, with 4 that claim at once and every seventh failing',
    async run(store) {
      for (let block = 0; block < 20; block += 1) {
        const some = Array.from({ length: 50 }, (_, key) =>
          outgoing(`${block} of ${key}`, { orderKey: `key ${key}`, dueAt: (block * 7 + key) % 13 }),
        );
        await commits(store.commit({ outgoing: some }));
      }
      const drained = await drain(store);
      for (let key = 0; key < 50; key += 1) {
        const expected = Array.from({ length: 20 }, (_, block) => `${block} of ${key}`);
        equal(drained.get(`${key}`), expected, `order key ${key}`);
      }
    },
  },
];

/** Drains the outgoing queue of `us` with 4 loops. @returns the identities in the order in which they ended, by the number of their key */
async function drain(store: Parameters<Scenario['run']>[0]): Promise<Map<string, string[]>> {
  const ended = new Map<string, string[]>();
  const held = new Set<string>();
  let left = 1000;
  const end = async (lease: Lease, key: string): Promise<void> => {
    const { identity } = lease.message;
    const failing = lease.attempt === 1 && (Number.parseInt(identity, 10) * 50 + Number(key)) % 7 === 0;
    held.delete(key);
    if (failing) return finish(store, lease, retryAt(20));
    ended.set(key, [...(ended.get(key) ?? []), identity]);
    left -= 1;
    await finish(store, lease, done);
  };
  const loop = async (): Promise<void> => {
    for (let round = 0; left > 0; round += 1) {
      if (round > 2000) throw new Error(`${left} messages do not come`);
      const leases = await claim(store, 'outgoing', 20, { until: 1e9, limit: 10 });
      const keys = leases.map(({ message: { identity } }) => identity.split(' of ')[1] ?? '');
      for (const key of keys) {
        if (held.has(key)) throw new Error(`order key ${key} is leased twice at once`);
        held.add(key);
      }
      await pause();
      for (const [index, lease] of leases.entries()) await end(lease, keys[index] ?? '');
    }
  };
  await Promise.all([loop(), loop(), loop(), loop()]);
  return ended;
}
