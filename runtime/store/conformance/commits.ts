/** @module Conformance scenarios of commits: all or nothing, one identity once, conditions in their order. */

import {
  alsoUs,
  attempt,
  claim,
  claimOne,
  commits,
  conversation,
  done,
  ends,
  equal,
  equalWinners,
  finish,
  keyOf,
  listed,
  message,
  outgoing,
  rejects,
  revision,
  type Scenario,
  stored,
  them,
  us,
  work,
} from './stage.ts';

/** Of the whole commit. */
export const commitScenarios: readonly Scenario[] = [
  {
    title: 'a commit of nothing is committed',
    async run(store) {
      await commits(store.commit({}));
      equal(await listed(store), [], 'messages');
    },
  },
  {
    title: 'one commit holds what was seen, what is to be done and what is to be sent',
    async run(store) {
      const offer = message('offer');
      await commits(store.commit({ received: offer, work: [work(offer)], outgoing: [outgoing('response')] }));
      equal(await listed(store), ['offer', 'response'], 'messages');
      equal((await claimOne(store, 'work', 0)).message.identity, 'offer', 'work');
      equal((await claimOne(store, 'outgoing', 0)).message.identity, 'response', 'outgoing');
    },
  },
  {
    title: 'a message that an earlier system sent is kept as received ones are, and nothing is queued',
    async run(store) {
      const sent = message('offer', { direction: 'out' });
      await commits(store.commit({ received: sent }));
      const { status } = await store.commit({ outgoing: [outgoing('offer')] });
      equal(status, 'duplicate', 'the same to be sent');
      const { messages } = await store.list({ direction: 'out' });
      equal(
        messages.map(({ identity, state }) => `${identity} ${state}`),
        ['offer none'],
        'messages',
      );
      equal(await claim(store, 'outgoing', 0), [], 'tasks');
    },
  },
  {
    title: 'a throw inside a commit leaves nothing behind and is thrown on',
    async run(store) {
      const offer = message('offer');
      const deferred = message('deferred', { verdict: { result: 'deferred', reasons: [] } });
      const task = message('task', { conversationId: 'other' });
      await commits(store.commit({ received: deferred }));
      await commits(store.commit({ received: task, work: [work(task, { orderKey: 'task' })] }));
      const lease = await claimOne(store, 'work', 0);
      const before = await revision(store, conversation());
      const reason = new Error('no');
      const failing = store.commit({
        received: offer,
        work: [work(offer)],
        outgoing: [outgoing('response')],
        finish: { lease, outcome: done },
        answer: { message: keyOf(deferred), verdict: { result: 'accepted', reasons: [] } },
        inside() {
          throw reason;
        },
      });
      equal((await rejects(failing, 'the commit')) === reason, true, 'what was thrown is thrown on');
      equal(await listed(store), ['deferred', 'task'], 'messages');
      equal(await revision(store, conversation()), before, 'revision');
      equal((await stored(store, deferred)).verdict?.result, 'deferred', 'verdict');
      equal((await claim(store, 'work', 0)).length, 0, 'work');
      equal((await claim(store, 'outgoing', 0)).length, 0, 'outgoing');
      equal((await stored(store, task)).state, 'leased', 'the lease is still held');
      await finish(store, lease);
    },
  },
  {
    title: 'a failing commit leaves those beside it alone',
    async run(store) {
      const results = await Promise.allSettled(
        [...'abcdefgh'].map((identity) =>
          store.commit({
            received: message(identity),
            inside() {
              if (identity === 'c' || identity === 'f') throw new Error(identity);
            },
          }),
        ),
      );
      const fates = results.map(({ status }) => (status === 'fulfilled' ? 'y' : 'n')).join('');
      equal(fates, 'yynyynyy', 'which were committed');
      equal((await listed(store)).sort().join(''), 'abdegh', 'messages');
    },
  },
  {
    title: 'users write inside only where all conditions hold',
    async run(store) {
      const offer = message('offer');
      await commits(store.commit({ received: offer }));
      let calls = 0;
      const inside = (): void => {
        calls += 1;
      };
      const stale = { participant: us, key: conversation(), revision: 0 };
      const answer = { message: keyOf(offer), verdict: { result: 'accepted', reasons: [] } } as const;
      await ends(store.commit({ inside, received: offer }), 'duplicate');
      await ends(store.commit({ inside, read: [stale] }), 'conflict');
      await ends(store.commit({ inside, answer }), 'answered');
      equal(calls, 0, 'calls for commits that were not written');
      await commits(store.commit({ inside }));
      equal(calls, 1, 'calls for a commit that was written');
    },
  },
  {
    title: 'of several conditions that fail, the first is told: lost, duplicate, answered, conflict',
    async run(store) {
      const offer = message('offer');
      await commits(store.commit({ received: offer, work: [work(offer)] }));
      const lease = await claimOne(store, 'work', 0);
      await finish(store, lease);
      const read = [{ participant: us, key: conversation(), revision: 0 }];
      const answer = { message: keyOf(offer), verdict: { result: 'accepted', reasons: [] } } as const;
      const lost = { lease, outcome: done };
      await ends(store.commit({ read, answer, received: offer, finish: lost }), 'lost');
      await ends(store.commit({ read, answer, received: offer }), 'duplicate');
      await ends(store.commit({ read, answer }), 'answered');
      await ends(store.commit({ read }), 'conflict');
    },
  },
];

/** Of identities. */
export const identityScenarios: readonly Scenario[] = [
  {
    title: 'a known identity gives the record that is there and writes nothing',
    async run(store) {
      const first = message('offer', { verdict: { result: 'rejected', reasons: ['late'] }, content: '11' });
      await commits(store.commit({ received: first }));
      const second = message('offer', { verdict: { result: 'accepted', reasons: [] }, content: '22' });
      const result = await store.commit({
        received: second,
        work: [work(second)],
        outgoing: [outgoing('response')],
      });
      equal(result, { status: 'duplicate', record: await stored(store, first) }, 'result');
      equal((await stored(store, first)).content, '11', 'content');
      equal(await listed(store), ['offer'], 'messages');
      equal((await claim(store, 'work', 0)).length, 0, 'work');
    },
  },
  {
    title: 'of many commits of one identity at once one succeeds, and the others are told its record',
    async run(store) {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.commit({
            // All have read the same history: the identity counts before the conflict.
            read: [{ participant: us, key: conversation(), revision: 0 }],
            received: message('offer', { content: `content ${index}` }),
            outgoing: [outgoing(`response ${index}`)],
          }),
        ),
      );
      equalWinners(results, 'duplicate', 'commits');
      const winner = await stored(store, message('offer'));
      const index = results.findIndex(({ status }) => status === 'committed');
      equal(winner.content, `content ${index}`, 'the winner is stored');
      for (const result of results) {
        if (result.status === 'duplicate')
          equal(result.record.content, winner.content, 'what a loser is told');
      }
      equal((await listed(store)).sort(), ['offer', `response ${index}`], 'messages');
    },
  },
  {
    title: 'an identity is one for its participant, direction and partner only',
    async run(store) {
      await commits(store.commit({ received: message('m') }));
      await commits(store.commit({ received: message('m', { participant: alsoUs }) }));
      await commits(store.commit({ received: message('m', { partner: { ...them, role: 'CRO' } }) }));
      await commits(store.commit({ received: message('m', { partner: { ...them, domain: 'x.example' } }) }));
      await commits(store.commit({ outgoing: [outgoing('m')] }));
      equal((await listed(store)).length, 5, 'messages');
    },
  },
  {
    title: 'a message to send has an identity too',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('m', {}, { content: '11' })] }));
      const again = { received: message('n'), outgoing: [outgoing('m', {}, { content: '22' })] };
      const result = await store.commit(again);
      equal(result.status === 'duplicate' && result.record.content, '11', 'content of the known one');
      equal(await listed(store), ['m'], 'messages');
    },
  },
  {
    title: 'one identity twice in a commit is refused, and so is work on a message that is not stored',
    async run(store) {
      await rejects(
        store.commit({ received: message('n'), outgoing: [outgoing('m'), outgoing('m')] }),
        'twice',
      );
      const stray = { received: message('n'), work: [work(message('unknown'))] };
      await rejects(store.commit(stray), 'work on an unknown message');
      equal(await listed(store), [], 'messages');
      equal(await revision(store, conversation()), 0, 'revision');
    },
  },
  {
    title: 'a deferred message is answered once',
    async run(store) {
      const order = message('order', { verdict: { result: 'deferred', reasons: ['later'] } });
      await commits(store.commit({ received: order }));
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          store.commit({
            answer: { message: keyOf(order), verdict: { result: 'rejected', reasons: [`${index}`] } },
            outgoing: [outgoing(`response ${index}`)],
          }),
        ),
      );
      equalWinners(results, 'answered', 'answers');
      const index = results.findIndex(({ status }) => status === 'committed');
      equal((await stored(store, order)).verdict, { result: 'rejected', reasons: [`${index}`] }, 'verdict');
      equal((await listed(store)).sort(), ['order', `response ${index}`], 'messages');
    },
  },
  {
    title: 'only a deferred message can be answered',
    async run(store) {
      const verdict = { result: 'accepted', reasons: [] } as const;
      const judged = message('judged', { verdict: { result: 'rejected', reasons: [] } });
      const unjudged = message('unjudged');
      await commits(store.commit({ received: judged }));
      await commits(store.commit({ received: unjudged }));
      for (const each of [judged, unjudged, message('unknown')]) {
        await ends(
          store.commit({ answer: { message: keyOf(each), verdict }, received: message('x') }),
          'answered',
        );
      }
      equal((await stored(store, judged)).verdict?.result, 'rejected', 'verdict');
      equal(await listed(store), ['judged', 'unjudged'], 'messages');
    },
  },
  {
    title: 'a deferred answer may be given by the task that works on it, at once with its end',
    async run(store) {
      const order = message('order', { verdict: { result: 'deferred', reasons: [] } });
      await commits(store.commit({ received: order, work: [work(order)] }));
      const lease = await claimOne(store, 'work', 0);
      const verdict = { result: 'accepted', reasons: [] } as const;
      await commits(
        store.commit({
          finish: { lease, outcome: { end: 'done', attempt } },
          answer: { message: keyOf(order), verdict },
          outgoing: [outgoing('response', { first: true })],
        }),
      );
      const { state, verdict: now } = await stored(store, order);
      equal({ state, verdict: now }, { state: 'done', verdict }, 'the message');
      equal((await claimOne(store, 'outgoing', 0)).message.identity, 'response', 'outgoing');
    },
  },
];
