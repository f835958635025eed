/** @module Conformance scenarios of leases: one holder at a time, fenced by a token, and what an attempt leaves behind. */

import {
  alsoUs,
  attempt,
  claim,
  claimed,
  claimOne,
  commits,
  done,
  ends,
  equal,
  finish,
  identities,
  listed,
  message,
  outgoing,
  rejects,
  type Scenario,
  stored,
  us,
  work,
} from './stage.ts';

/** See the module. */
export const leaseScenarios: readonly Scenario[] = [
  {
    title: 'a lease tells all of its task',
    async run(store) {
      const offer = message('offer');
      const sent = outgoing('response', { dueAt: 5, notAfter: 9000 });
      await commits(store.commit({ received: offer, work: [work(offer, { dueAt: 3 })], outgoing: [sent] }));
      const { task: _one, token: _two, ...todo } = await claimOne(store, 'work', 10);
      const facts = { until: 1010, attempt: 1 };
      equal(
        todo,
        { ...facts, queue: 'work', kind: 'process', firstDueAt: 3, message: await stored(store, offer) },
        'of work',
      );
      const { task: _three, token: _four, ...delivery } = await claimOne(store, 'outgoing', 10);
      const expected = {
        queue: 'outgoing',
        firstDueAt: 5,
        notAfter: 9000,
        message: await stored(store, sent.record),
      };
      equal(delivery, { ...facts, ...expected }, 'of an outgoing message');
      equal(delivery.message.state, 'leased', 'state');
    },
  },
  {
    title: 'no task is leased to two at once',
    async run(store) {
      const all = Array.from({ length: 40 }, (_, index) => outgoing(`m${index}`, { orderKey: `k${index}` }));
      await commits(store.commit({ outgoing: all }));
      const claims = Array.from({ length: 8 }, () => claim(store, 'outgoing', 0, { limit: 7 }));
      const leases = (await Promise.all(claims)).flat();
      equal(new Set(identities(leases)).size, leases.length, 'different tasks');
      equal(leases.length, 40, 'leases');
      equal(new Set(leases.map(({ token }) => token)).size, 40, 'different tokens');
    },
  },
  {
    title: 'a lease may be taken over from its end on, with another token and as another attempt',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const first = await claimOne(store, 'outgoing', 0);
      equal(await claimed(store, 999), [], 'before its end');
      const second = await claimOne(store, 'outgoing', 1000);
      equal(second.message.identity, 'a', 'the task');
      equal(second.token === first.token, false, 'the same token');
      equal([first.attempt, second.attempt], [1, 2], 'attempts');
      equal(second.firstDueAt, 0, 'when the first was due');
    },
  },
  {
    title: 'who lost a lease cannot finish, and nothing of that commit is written',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const lost = await claimOne(store, 'outgoing', 0);
      const held = await claimOne(store, 'outgoing', 1000);
      const offer = message('offer');
      let calls = 0;
      const late = store.commit({
        finish: { lease: lost, outcome: done },
        received: offer,
        work: [work(offer)],
        outgoing: [outgoing('c', { orderKey: 'other' })],
        inside() {
          calls += 1;
        },
      });
      await ends(late, 'lost');
      equal(calls, 0, 'calls inside');
      equal(await listed(store), ['a', 'b'], 'messages');
      equal((await stored(store, outgoing('a').record)).attempts, [], 'attempts');
      equal(await claimed(store, 1000), [], 'outgoing');
      await finish(store, held);
      equal(await claimed(store, 1000), ['b'], 'once the holder has finished');
    },
  },
  {
    title: 'a lease ends once',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const lease = await claimOne(store, 'outgoing', 0);
      const results = await Promise.all(
        [1, 2, 3].map(() => store.commit({ finish: { lease, outcome: done } })),
      );
      equal(results.map(({ status }) => status).sort(), ['committed', 'lost', 'lost'], 'results');
      equal((await stored(store, lease.message)).attempts.length, 1, 'attempts');
      const retried = await claimOne(store, 'outgoing', 0);
      await finish(store, retried, { end: 'retry', attempt, dueAt: 0 });
      await ends(store.commit({ finish: { lease: retried, outcome: done } }), 'lost');
      equal((await stored(store, retried.message)).state, 'waiting', 'state after a retry');
    },
  },
  {
    title: 'a lease that is over may still finish where nobody took it over',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      const lease = await claimOne(store, 'outgoing', 0);
      equal(await claimed(store, 500), [], 'before the end');
      await finish(store, lease, { end: 'done', attempt: { at: 5000, text: 'late' } });
      equal(await claimed(store, 1e9), [], 'once it is done');
    },
  },
  {
    title: 'a renewed lease has a new end and the same token',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      const lease = await claimOne(store, 'outgoing', 0);
      equal(await store.renew(lease, 5000), { ...lease, until: 5000 }, 'the renewed lease');
      equal(await claimed(store, 4999), [], 'before its new end');
      equal(await store.nextDueAt([us]), 5000, 'the next due');
      await finish(store, lease);
      equal(await store.renew(lease, 9000), undefined, 'renewed after its end');
    },
  },
  {
    title: 'a lost lease is not renewed',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      const lost = await claimOne(store, 'outgoing', 0);
      const held = await claimOne(store, 'outgoing', 1000);
      equal(await store.renew(lost, 9000), undefined, 'the lost lease');
      equal((await store.renew(held, 3000))?.until, 3000, 'the held lease');
      equal(await claimed(store, 2999), [], 'before its end');
      equal(await claimed(store, 3000), ['a'], 'at its end');
    },
  },
  {
    title: 'a claim that came to no try is no attempt, and its token stays',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const first = await claimOne(store, 'outgoing', 0);
      await finish(store, first, { end: 'retry', attempt, dueAt: 0 });
      const second = await claimOne(store, 'outgoing', 0);
      equal(await store.renew(second, 500, false), { ...second, until: 500 }, 'where it is not said');
      const untried = await store.renew(second, 600, true);
      equal(untried, { ...second, until: 600, attempt: 1 }, 'the renewed lease');
      equal(await claimed(store, 599), [], 'before its new end');
      const third = await claimOne(store, 'outgoing', 600);
      equal([third.message.identity, third.attempt], ['a', 2], 'the next attempt');
      equal(await store.renew(second, 900, true), undefined, 'the lost lease');
      equal((await store.renew(third, 700))?.attempt, 2, 'the attempt of the one that holds it');
      await finish(store, third);
      equal(await claimed(store, 700), ['b'], 'the next task');
    },
  },
  {
    title: 'attempts do not fall below 0, and what was claimed, though not tried, is not overtaken',
    async run(store) {
      const offer = message('offer');
      await commits(store.commit({ received: offer, work: [work(offer)], outgoing: [outgoing('a')] }));
      for (const queue of ['work', 'outgoing'] as const) {
        const lease = await claimOne(store, queue, 0);
        for (const until of [100, 200]) {
          equal(
            await store.renew(lease, until, true),
            { ...lease, until, attempt: 0 },
            `renewed until ${until}`,
          );
        }
      }
      await commits(store.commit({ outgoing: [outgoing('1', { first: true })] }));
      const again = await claimOne(store, 'outgoing', 200);
      equal([again.message.identity, again.attempt], ['a', 1], 'the next attempt');
      await store.renew(again, 300, true);
      await finish(store, again, { end: 'retry', attempt, dueAt: 200 });
      await commits(store.commit({ outgoing: [outgoing('2', { first: true })] }));
      equal(await claimed(store, 200), ['a'], 'once it waits again');
    },
  },
  {
    title: 'where a commit fails inside, its lease is still held',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a'), outgoing('b')] }));
      const lease = await claimOne(store, 'outgoing', 0);
      const failing = store.commit({
        finish: { lease, outcome: done },
        inside() {
          throw new Error('no');
        },
      });
      await rejects(failing, 'the commit');
      equal(await claimed(store, 999), [], 'while it is held');
      equal((await stored(store, lease.message)).attempts, [], 'attempts');
      await finish(store, lease);
    },
  },
  {
    title: 'attempts are recorded and counted, and when the first was due is kept',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a', { dueAt: 10 })] }));
      const attempts = [
        { at: 11, status: 503, text: 'busy' },
        { at: 21, text: 'reset', ambiguous: true },
        { at: 31, status: 200, text: 'delivered' },
      ];
      for (const [index, made] of attempts.entries()) {
        const dueAt = 10 * (index + 1);
        const lease = await claimOne(store, 'outgoing', dueAt);
        equal([lease.attempt, lease.firstDueAt], [index + 1, 10], 'attempt, and when the first was due');
        equal(lease.message.attempts, attempts.slice(0, index), 'attempts before');
        const last = index === attempts.length - 1;
        await finish(
          store,
          lease,
          last ? { end: 'done', attempt: made } : { end: 'retry', attempt: made, dueAt: dueAt + 10 },
        );
      }
      const { attempts: recorded, state } = await stored(store, outgoing('a').record);
      equal(recorded, attempts, 'attempts');
      equal(state, 'done', 'state');
    },
  },
  {
    title: 'messages are listed by what has become of them, dead letters too',
    async run(store) {
      const names = ['done', 'dead', 'retried', 'leased'];
      await commits(store.commit({ outgoing: names.map((name) => outgoing(name, { orderKey: name })) }));
      await commits(store.commit({ received: message('seen'), outgoing: [outgoing('due', { dueAt: 1e9 })] }));
      for (const lease of await claim(store, 'outgoing', 0)) {
        const { identity } = lease.message;
        if (identity === 'done' || identity === 'dead')
          await finish(store, lease, { end: identity, attempt });
        if (identity === 'retried') await finish(store, lease, { end: 'retry', attempt, dueAt: 1e9 });
      }
      equal(await listed(store, { state: 'none' }), ['seen'], 'none');
      equal(await listed(store, { state: 'waiting' }), ['retried', 'due'], 'waiting');
      equal(await listed(store, { state: 'leased' }), ['leased'], 'leased');
      equal(await listed(store, { state: 'done' }), ['done'], 'done');
      equal(await listed(store, { state: 'dead' }), ['dead'], 'dead');
      equal((await store.list({ state: 'dead' })).messages[0]?.attempts, [attempt], 'why it is dead');
    },
  },
  {
    title: 'the store tells when the next task is due',
    async run(store) {
      const next = (): Promise<number | undefined> => store.nextDueAt([us]);
      equal(await next(), undefined, 'without tasks');
      const offer = message('offer');
      await commits(store.commit({ received: offer, work: [work(offer, { dueAt: 300 })] }));
      equal(await next(), 300, 'with work only');
      await commits(
        store.commit({ outgoing: [outgoing('a', { dueAt: 500 }), outgoing('b', { dueAt: 100 })] }),
      );
      equal(await next(), 300, 'of both queues');
      equal(await store.nextDueAt([alsoUs]), undefined, 'of another participant');
      equal(await store.nextDueAt([]), undefined, 'of nobody');
      const todo = await claimOne(store, 'work', 300);
      equal(
        await next(),
        500,
        'the first of its order key, not the one behind it, while work is leased until 1300',
      );
      const lease = await claimOne(store, 'outgoing', 600);
      equal(await next(), 1300, 'while both are leased');
      await finish(store, todo);
      equal(await next(), 1600, 'while one is leased');
      await finish(store, lease, { end: 'retry', attempt, dueAt: 7000 });
      equal(await next(), 7000, 'with a retry');
      await finish(store, await claimOne(store, 'outgoing', 7000), { end: 'dead', attempt });
      equal(await next(), 100, 'with one that has been due for long');
      await finish(store, await claimOne(store, 'outgoing', 7000));
      equal(await next(), undefined, 'when all have ended');
    },
  },
];
