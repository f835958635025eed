/** @module Conformance scenarios of what expires while it waits behind others: handed out to be ended, and its line stays whole. */

import type { Lease, Outgoing, Store } from '../../ports/store.ts';
import {
  alsoUs,
  attempt,
  claim,
  claimOne,
  commits,
  ends,
  equal,
  finish,
  keyOf,
  listed,
  outgoing,
  pause,
  type Scenario,
  stored,
  us,
} from './stage.ts';

const dead = { end: 'dead', attempt } as const;
const retryAt = (dueAt: number) => ({ end: 'retry', attempt, dueAt }) as const;

/** What waits behind others, with when it expires. */
const expiring = (identity: string, notAfter: number, changes: Partial<Outgoing> = {}): Outgoing =>
  outgoing(identity, { notAfter, ...changes });

/** Commits messages, and lets the first one of order key `k` wait for its retry. @returns its next attempt's moment */
async function stuck(store: Store, ...behind: readonly Outgoing[]): Promise<number> {
  const retry = 1e6;
  await commits(store.commit({ outgoing: [outgoing('head'), ...behind] }));
  await finish(store, await claimOne(store, 'outgoing', 0), retryAt(retry));
  return retry;
}

/** What is claimed, those that wait behind others with a `-` in front. */
async function told(store: Store, now: number, limit = 100): Promise<string> {
  return marks(await claim(store, 'outgoing', now, { limit }));
}

function marks(leases: readonly Lease[]): string {
  return leases.map(({ behind, message: of }) => `${behind ? '-' : ''}${of.identity}`).join(' ');
}

/** See the module. */
export const behindScenarios: readonly Scenario[] = [
  {
    title: 'what waits behind another is handed out once it has expired, marked as such, and no earlier',
    async run(store) {
      await stuck(store, expiring('a', 100, { dueAt: 700 }), outgoing('b'), expiring('c', 300));
      equal(await told(store, 99), '', 'before');
      const leases = await claim(store, 'outgoing', 100);
      const { task: _task, token: _token, ...lease } = leases[0] ?? {};
      const facts = { queue: 'outgoing', until: 1100, attempt: 1, firstDueAt: 700, notAfter: 100 };
      const expected = { ...facts, behind: true, message: await stored(store, outgoing('a').record) };
      equal([leases.length, lease], [1, expected], 'the lease');
      equal(await told(store, 299), '', 'while it is leased');
      equal(await told(store, 300), '-c', 'the next one');
    },
  },
  {
    title: 'the first of its order key is handed out by its own moment, and never as one behind',
    async run(store) {
      await commits(store.commit({ outgoing: [expiring('a', 100, { dueAt: 500 }), expiring('b', 600)] }));
      equal(await told(store, 499), '', 'before it is due');
      equal(await told(store, 500), 'a', 'when it is');
    },
  },
  {
    title: 'what expired behind others ends, and those in front keep their places',
    async run(store) {
      const retry = await stuck(store, expiring('a', 100), outgoing('b'), expiring('c', 100));
      for (const lease of await claim(store, 'outgoing', 100)) await finish(store, lease, dead);
      equal(await listed(store, { state: 'dead' }), ['a', 'c'], 'dead');
      equal(await listed(store, { state: 'waiting' }), ['head', 'b'], 'waiting');
      equal(await told(store, retry - 1), '', 'while the first one waits');
      const head = await claimOne(store, 'outgoing', retry);
      equal(marks([head]), 'head', 'the first one');
      await finish(store, head);
      const last = await claimOne(store, 'outgoing', retry);
      equal(marks([last]), 'b', 'the next one');
      await finish(store, last);
      equal(await store.nextDueAt([us]), undefined, 'when all have ended');
    },
  },
  {
    title:
      'what comes up while it is leased as one behind is held until its lease ends, and then lets the next one through',
    async run(store) {
      const retry = await stuck(store, expiring('a', 100), outgoing('b'));
      const [held] = await claim(store, 'outgoing', 100, { until: retry + 500 });
      await finish(store, await claimOne(store, 'outgoing', retry));
      equal(await told(store, retry + 499), '', 'while it is leased');
      equal(await store.nextDueAt([us]), retry + 500, 'the next due');
      await finish(store, held, dead);
      equal(await told(store, retry), 'b', 'the next one');
      equal(await told(store, retry + 999), '', 'and none beside it');
    },
  },
  {
    title: 'what came up while it was leased as one behind is taken over when its lease ends, and fenced',
    async run(store) {
      const retry = await stuck(store, expiring('a', 100), outgoing('b'));
      const [lost] = await claim(store, 'outgoing', 100, { until: retry + 500 });
      if (lost === undefined) throw new Error('there is no lease');
      await finish(store, await claimOne(store, 'outgoing', retry));
      const taken = await claimOne(store, 'outgoing', retry + 500);
      equal([marks([taken]), taken.attempt], ['a', 2], 'the lease');
      await ends(store.commit({ finish: { lease: lost, outcome: dead } }), 'lost');
      equal(await store.renew(lost, retry + 900), undefined, 'the lost lease');
      await finish(store, taken, dead);
      equal(await told(store, retry + 500), 'b', 'the next one');
    },
  },
  {
    title: 'a lease on one behind is renewed, put off and taken over like any other',
    async run(store) {
      await stuck(store, expiring('a', 100), outgoing('b'));
      const lost = await claimOne(store, 'outgoing', 100);
      equal(await store.renew(lost, 2000), { ...lost, until: 2000 }, 'the renewed lease');
      equal(await told(store, 1999), '', 'before its new end');
      const taken = await claimOne(store, 'outgoing', 2000);
      equal([marks([taken]), taken.attempt], ['-a', 2], 'the lease');
      await ends(store.commit({ finish: { lease: lost, outcome: dead } }), 'lost');
      await finish(store, taken, retryAt(5000));
      equal(await told(store, 4999), '', 'while it waits');
      const again = await claimOne(store, 'outgoing', 5000);
      equal(await store.renew(again, 50), { ...again, until: 50 }, 'with an end before it expires');
      equal(await told(store, 99), '', 'by a clock that was set back');
      equal(await told(store, 100), '-a', 'when it expires again');
    },
  },
  {
    title: 'the store tells when something behind others expires, or its lease ends',
    async run(store) {
      const retry = await stuck(store, expiring('a', 300, { dueAt: 900 }), outgoing('b'), expiring('c', 200));
      equal(await store.nextDueAt([us]), 200, 'the earliest');
      equal(await store.nextDueAt([alsoUs]), undefined, 'of another participant');
      const lease = await claimOne(store, 'outgoing', 200);
      equal(await store.nextDueAt([us]), 300, 'the next one');
      await finish(store, await claimOne(store, 'outgoing', 300), dead);
      equal(await store.nextDueAt([us]), 1200, 'the end of the lease');
      await finish(store, lease, dead);
      equal(await store.nextDueAt([us]), retry, 'the first one');
    },
  },
  {
    title: 'those that expired behind others and those that are due come in one order, up to the limit',
    async run(store) {
      await stuck(store, expiring('a', 400), expiring('b', 100));
      const more = [outgoing('x', { orderKey: 'x', dueAt: 300 }), expiring('y', 200, { orderKey: 'x' })];
      const foreign = ['theirs', 'behind'].map((name) =>
        outgoing(name, { notAfter: 150, dueAt: 350 }, { participant: alsoUs }),
      );
      await commits(store.commit({ outgoing: [...more, ...foreign] }));
      const both = await claim(store, 'outgoing', 400, { participants: [us, alsoUs], limit: 5 });
      equal(marks(both), '-b -behind -y x theirs', 'the first five');
      equal(await told(store, 400), '-a', 'the rest');
    },
  },
  {
    title: 'what is put first goes ahead of what is leased as one behind, but not once that has come up',
    async run(store) {
      const first = (identity: string): Outgoing => outgoing(identity, { first: true });
      const retry = await stuck(store, expiring('a', 100));
      const [held] = await claim(store, 'outgoing', 100, { until: 2 * retry });
      await commits(store.commit({ outgoing: [first('1')] }));
      await finish(store, await claimOne(store, 'outgoing', retry));
      await finish(store, await claimOne(store, 'outgoing', retry));
      equal((await stored(store, outgoing('1').record)).state, 'done', 'state of the first one');
      await commits(store.commit({ outgoing: [first('2')] }));
      equal(await told(store, retry), '', 'while the other is leased');
      await finish(store, held, dead);
      equal(await told(store, retry), '2', 'when it has ended');
    },
  },
  {
    title: 'what had to step back for what was put first expires behind it',
    async run(store) {
      await commits(store.commit({ outgoing: [expiring('a', 100), outgoing('b')] }));
      await commits(store.commit({ outgoing: [outgoing('1', { first: true, dueAt: 500 })] }));
      await finish(store, await claimOne(store, 'outgoing', 100), dead);
      equal(await listed(store, { state: 'dead' }), ['a'], 'dead');
      equal(await told(store, 500), '1', 'the first one');
    },
  },
  {
    title: 'a dead letter that expired behind others is sent again, as if it had never been claimed',
    async run(store) {
      const retry = await stuck(store, expiring('a', 100), outgoing('b'));
      await finish(store, await claimOne(store, 'outgoing', 100), dead);
      const resend = { message: keyOf(outgoing('a').record), dueAt: 0, unlessTriedSince: 1 };
      await commits(store.commit({ resend }));
      equal(await store.nextDueAt([us]), 100, 'the next due');
      await finish(store, await claimOne(store, 'outgoing', retry - 1), dead);
      for (const name of ['head', 'b']) {
        const lease = await claimOne(store, 'outgoing', retry);
        equal(marks([lease]), name, 'in its place');
        await finish(store, lease);
      }
      await commits(store.commit({ resend }));
      await commits(store.commit({ outgoing: [outgoing('1', { first: true })] }));
      equal(await told(store, retry), '1 -a', 'behind what was put first, as it was not claimed since');
    },
  },
  {
    title:
      '600 messages of 12 order keys, two of three of them expiring, all end: one of a key at a time, and in order',
    async run(store) {
      const names: string[] = [];
      for (let block = 0; block < 50; block += 1) {
        const some = Array.from({ length: 12 }, (_, key) => {
          const index = block * 12 + key;
          const notAfter = index % 3 === 0 ? undefined : (index * 37) % 900;
          const changes = { orderKey: `${key}`, dueAt: (index * 53) % 400, first: isFirst(index) };
          return outgoing(`${index}`, { ...changes, ...(notAfter !== undefined && { notAfter }) });
        });
        names.push(...some.map(({ record }) => record.identity));
        await commits(store.commit({ outgoing: some }));
      }
      const keys: Keys = { held: new Set(), last: new Map() };
      await Promise.all([0, 1, 2].map((seed) => drain(store, seed, keys)));
      const ended = [
        ...(await listed(store, { state: 'dead' })),
        ...(await listed(store, { state: 'done' })),
      ];
      equal(ended.sort(), names.sort(), 'ended');
      equal(await store.nextDueAt([us]), undefined, 'when all have ended');
    },
  },
];

/** What those who drain one store know of its order keys. */
interface Keys {
  /** Those of which somebody holds the first one. */
  readonly held: Set<number>;
  /** The last one that was done of each, but for what was put first. */
  readonly last: Map<number, number>;
}

/** Claims and ends until nothing is left, by a clock of its own, and not in the order in which it was handed out. */
async function drain(store: Store, seed: number, { held, last }: Keys): Promise<void> {
  for (let now = 0; (await store.nextDueAt([us])) !== undefined; now += 40 + seed) {
    if (now > 1e6) throw new Error('some never come');
    const leases = [...(await claim(store, 'outgoing', now, { until: 1e9, limit: 7 + seed }))];
    for (const { behind, message: of, notAfter = 0 } of leases) {
      const key = keyIn(of.identity);
      if (behind ? notAfter > now : held.has(key)) throw new Error(`${of.identity} is handed out`);
      if (!behind) held.add(key);
    }
    await pause();
    for (const lease of leases.sort((one, other) => mixed(one) - mixed(other))) {
      const index = Number(lease.message.identity);
      const key = keyIn(lease.message.identity);
      if (lease.behind) {
        await finish(store, lease, dead);
        continue;
      }
      held.delete(key);
      if (lease.attempt === 1 && index % 5 === 0) {
        await finish(store, lease, retryAt(now + 100));
        continue;
      }
      if (!isFirst(index) && index < (last.get(key) ?? 0)) throw new Error(`${index} comes too late`);
      if (!isFirst(index)) last.set(key, index);
      await finish(store, lease);
    }
  }
}

const keyIn = (identity: string): number => Number(identity) % 12;
const isFirst = (index: number): boolean => index % 11 === 0;
const mixed = ({ message: { identity } }: Lease): number => (Number(identity) * 7) % 13;
