/** @module Conformance scenarios of tasks: they come once, say what became of their message, come again, and wake. */

import {
  alsoUs,
  attempt,
  claim,
  claimed,
  claimOne,
  commits,
  equal,
  finish,
  keyOf,
  message,
  outgoing,
  pause,
  type Scenario,
  soon,
  stored,
  them,
  work,
} from './stage.ts';

const dead = { end: 'dead', attempt } as const;

/** See the module. */
export const taskScenarios: readonly Scenario[] = [
  {
    title: 'work of a known id is dropped, also after it is done',
    async run(store) {
      const [one, two] = [message('one'), message('two')];
      const later = work(two, { id: 'id', orderKey: 'other' });
      await commits(
        store.commit({ received: one, work: [work(one, { id: 'id' }), work(one, { id: 'id' })] }),
      );
      await commits(store.commit({ received: two, work: [later] }));
      const lease = await claimOne(store, 'work', 0);
      equal(lease.message.identity, 'one', 'the first of that id');
      await finish(store, lease);
      await commits(store.commit({ work: [later] }));
      equal((await claim(store, 'work', 1e9)).length, 0, 'once it is done');
      const foreign = message('one', { participant: alsoUs });
      await commits(store.commit({ received: foreign, work: [work(foreign, { id: 'id' })] }));
      const leases = await claim(store, 'work', 0, { participants: [alsoUs] });
      equal(leases.length, 1, 'of that id at another participant');
    },
  },
  {
    title: 'work may be on a message of an earlier commit, received or sent, and tells its kind',
    async run(store) {
      const offer = message('offer');
      const { record } = outgoing('request');
      await commits(store.commit({ received: offer, outgoing: [outgoing('request')] }));
      const late = work(offer, { id: '1', kind: 'overdue', orderKey: '1' });
      const expired = work(record, { id: '2', kind: 'expired', orderKey: '2' });
      await commits(store.commit({ work: [late, expired, work(offer, { id: '3', orderKey: '3' })] }));
      const leases = await claim(store, 'work', 0);
      equal(
        leases.map(({ kind, message: of }) => `${kind} ${of.identity}`),
        ['overdue offer', 'expired request', 'process offer'],
        'work',
      );
    },
  },
  {
    title: "a message's state and attempts are those of its delivery or processing, not of other work",
    async run(store) {
      const offer = message('offer');
      const { record } = outgoing('request');
      await commits(store.commit({ received: offer, outgoing: [outgoing('request', { dueAt: 1e9 })] }));
      equal((await stored(store, offer)).state, 'none', 'state without work');
      const kinds = [
        work(offer, { id: 'late', kind: 'overdue' }),
        work(record, { kind: 'expired', orderKey: 'other' }),
      ];
      await commits(store.commit({ work: kinds }));
      for (const lease of await claim(store, 'work', 0)) await finish(store, lease, dead);
      const of = async (each: typeof offer) => {
        const { state, attempts } = await stored(store, each);
        return { state, attempts };
      };
      equal(await of(offer), { state: 'none', attempts: [] }, 'the received one');
      equal(await of(record), { state: 'waiting', attempts: [] }, 'the one to send');
      await commits(store.commit({ work: [work(offer)] }));
      equal((await of(offer)).state, 'waiting', 'state with processing');
      await finish(store, await claimOne(store, 'work', 0), dead);
      equal(await of(offer), { state: 'dead', attempts: [attempt] }, 'once processing failed');
      await commits(store.commit({ work: [work(offer, { id: 'again' })] }));
      equal((await of(offer)).state, 'waiting', 'state with new processing');
    },
  },
  {
    title: 'a message is sent again: behind those that wait, with attempts from 1 and its own order key',
    async run(store) {
      const failed = { at: 7, status: 400, text: 'refused' };
      await commits(
        store.commit({ outgoing: [outgoing('a', { notAfter: 9000 }), outgoing('b', { dueAt: 400 })] }),
      );
      await finish(store, await claimOne(store, 'outgoing', 0), { end: 'dead', attempt: failed });
      const resend = { message: keyOf(outgoing('a').record), dueAt: 300, unlessTriedSince: 8 };
      await commits(store.commit({ resend }));
      equal((await stored(store, resend.message)).state, 'waiting', 'state');
      equal(await claimed(store, 399), [], 'behind the other');
      await finish(store, await claimOne(store, 'outgoing', 400));
      const { message: again, attempt: count, firstDueAt, notAfter } = await claimOne(store, 'outgoing', 400);
      equal(
        { identity: again.identity, count, firstDueAt, notAfter },
        {
          identity: 'a',
          count: 1,
          firstDueAt: 300,
          notAfter: 9000,
        },
        'the lease',
      );
      equal(again.attempts, [failed], 'earlier attempts are kept');
    },
  },
  {
    title: 'a message is not sent again while it is queued, or when it was tried at that moment or later',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      const again = async (unlessTriedSince: number): Promise<string[]> => {
        const resend = { message: keyOf(outgoing('a').record), dueAt: 0, unlessTriedSince };
        await commits(store.commit({ resend }));
        return claimed(store, 0);
      };
      const lease = await claimOne(store, 'outgoing', 0);
      equal(await again(1e9), [], 'while it is leased');
      await finish(store, lease, { end: 'retry', dueAt: 700, attempt: { at: 50, text: 'tried' } });
      equal(await again(1e9), [], 'while it waits');
      await finish(store, await claimOne(store, 'outgoing', 700), {
        end: 'done',
        attempt: { at: 60, text: 'tried' },
      });
      equal(await again(55), [], 'tried later');
      equal(await again(60), [], 'tried at that moment');
      equal(await again(61), ['a'], 'tried before');
      equal(await claimed(store, 1000), ['a'], 'it is queued once: the same lease, over');
    },
  },
  {
    title: 'a message that is gone, or whose body is, is not sent again',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      await finish(store, await claimOne(store, 'outgoing', 0));
      await store.prune({ bodiesBefore: 1, recordsBefore: 0 });
      const resend = { message: keyOf(outgoing('a').record), dueAt: 0, unlessTriedSince: 1e9 };
      await commits(store.commit({ resend }));
      await commits(
        store.commit({ resend: { ...resend, message: { ...resend.message, identity: 'unknown' } } }),
      );
      await commits(
        store.commit({
          resend: { ...resend, message: { ...resend.message, partner: them, direction: 'in' } },
        }),
      );
      equal(await claimed(store, 1e9), [], 'outgoing');
      equal((await stored(store, resend.message)).state, 'done', 'state');
    },
  },
  {
    title: 'who watches is woken when a task comes, comes back, or lets the next one through',
    async run(store) {
      const woken = async (what: string, act: () => Promise<void>): Promise<void> => {
        let end = (): void => {};
        const wakes = new Promise<void>((resolve) => {
          end = store.watch(resolve);
        });
        await act();
        await soon(wakes, what);
        end();
      };
      const offer = message('offer');
      await woken('work', () => commits(store.commit({ received: offer, work: [work(offer)] })));
      await woken('outgoing', () => commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] })));
      const lease = await claimOne(store, 'outgoing', 0);
      await woken('the end of the one before', () => finish(store, lease));
      const resend = { message: keyOf(outgoing('a').record), dueAt: 0, unlessTriedSince: 1e9 };
      await woken('resend', () => commits(store.commit({ resend })));
      let calls = 0;
      store.watch(() => {
        calls += 1;
      })();
      await commits(store.commit({ outgoing: [outgoing('c')] }));
      await pause();
      equal(calls, 0, 'calls after watching has ended');
    },
  },
];
