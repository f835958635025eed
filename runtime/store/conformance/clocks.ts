/** @module Conformance scenarios of claims by a clock that was set back since. */

import type { Lease, Store, Work } from '../../ports/store.ts';
import {
  alsoUs,
  attempt,
  claim,
  claimOne,
  commits,
  ends,
  equal,
  finish,
  identities,
  message,
  outgoing,
  type Scenario,
  us,
  work,
} from './stage.ts';

const day = 86_400_000;
const hour = 3_600_000;

/** Claims as a worker does that takes what is due in more than an hour for what another clock left. */
const claimBack = (
  store: Store,
  queue: Lease['queue'],
  now: number,
  changes: Partial<Parameters<Store['claim']>[0]> = {},
): Promise<readonly Lease[]> => claim(store, queue, now, { farFrom: now + hour, ...changes });

/** See the module. */
export const clockScenarios: readonly Scenario[] = [
  {
    title: 'what a clock that was ahead has leased or put off is claimed again, and who had it is fenced',
    async run(store) {
      const all = ['leased', 'put off', 'near'].map((orderKey) => outgoing(orderKey, { orderKey }));
      await commits(store.commit({ outgoing: [...all, outgoing('next', { orderKey: 'leased' })] }));
      const [leased, putOff, near] = await claim(store, 'outgoing', day);
      if (leased === undefined) throw new Error('there is no lease');
      await finish(store, putOff, { end: 'retry', attempt, dueAt: day + hour });
      await finish(store, near, { end: 'retry', attempt, dueAt: hour - 1 });
      equal(identities(await claim(store, 'outgoing', 0)), [], 'without being told');
      const taken = await claimBack(store, 'outgoing', 0);
      equal(identities(taken), ['leased', 'put off'], 'told');
      equal(taken[0]?.attempt, 2, 'attempt');
      equal(identities(await claimBack(store, 'outgoing', 0)), [], 'once they are leased');
      await ends(store.commit({ finish: { lease: leased, outcome: { end: 'dead', attempt } } }), 'lost');
      await finish(store, taken[0]);
      equal(identities(await claimBack(store, 'outgoing', 0)), ['next'], 'behind it');
      equal(
        identities(await claim(store, 'outgoing', hour - 1)),
        ['put off', 'next', 'near'],
        'by their moments',
      );
    },
  },
  {
    title: 'of work only processing is claimed ahead of its moment: deadlines lie far ahead',
    async run(store) {
      const offer = message('offer');
      const kinds: readonly Work['kind'][] = ['process', 'overdue', 'late', 'expired'];
      const all = kinds.map((kind) => work(offer, { id: kind, kind, orderKey: kind, dueAt: day }));
      await commits(store.commit({ received: offer, work: all }));
      equal(
        (await claimBack(store, 'work', 0)).map(({ kind }) => kind),
        ['process'],
        'kinds',
      );
      equal((await claim(store, 'work', day)).length, 4, 'by their own moment');
    },
  },
  {
    title:
      'what is far ahead comes behind what is due, each once, up to the limit, and of whom it is asked for',
    async run(store) {
      const due = (identity: string, dueAt: number, participant = us) =>
        outgoing(identity, { orderKey: identity, dueAt }, { participant });
      const far = [due('z', 3 * day), due('y', 2 * day), due('theirs', day, alsoUs)];
      await commits(store.commit({ outgoing: [...far, due('b', 5), due('a', 4)] }));
      equal(identities(await claimBack(store, 'outgoing', 5, { limit: 3 })), ['a', 'b', 'y'], 'three of us');
      const all = await claimBack(store, 'outgoing', 5, { participants: [alsoUs, us], farFrom: 0 });
      equal(identities(all), ['y', 'b', 'a', 'theirs', 'z'], 'whatever its moment is, of both');
    },
  },
  {
    title: 'when the next one is due is told as the store knows it, also where the clock was set back',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      await claimOne(store, 'outgoing', day);
      equal(await store.nextDueAt([us]), day + 1000, 'the end of the lease');
    },
  },
  {
    title: 'what waits behind what is far ahead is not claimed, unless it has expired',
    async run(store) {
      const behind = outgoing('expiring', { notAfter: day });
      await commits(
        store.commit({ outgoing: [outgoing('head'), outgoing('behind', { dueAt: day }), behind] }),
      );
      await claimOne(store, 'outgoing', 0);
      equal(identities(await claimBack(store, 'outgoing', 0)), [], 'while the first one is leased');
      equal(identities(await claimBack(store, 'outgoing', day)), ['head', 'expiring'], 'a day later');
    },
  },
];
