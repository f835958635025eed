/** @module Conformance scenarios of records: they come back as they were given, are listed by page, and are pruned. */

import type { Filter, MessageRecord } from '../../ports/store.ts';
import {
  alsoUs,
  claim,
  claimOne,
  commits,
  conversation,
  done,
  ends,
  equal,
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

/** A record with everything that may stand in one, and with text that is easily mistaken. */
function full(): MessageRecord {
  return message('o\'ffer|é😀#"%_', {
    verdict: { result: 'rejected', reasons: ['one; two', "it's\nthree"] },
    verifiedBy: 'peHkqbZOjdBLE2mk7fh1gt0Z7jbDmCSGEn5injly9NU=',
    keyFrom: 'look-up, fresh',
    answers: 'request',
    at: 1_893_456_000_123,
    body: Uint8Array.from({ length: 256 }, (_, index) => index),
    index: [conversation(), { name: 'point', value: "DSO:dso.example|ean.1|2030-01-01|'" }],
  });
}

/** Of what is stored. */
export const recordScenarios: readonly Scenario[] = [
  {
    title: 'a record comes back as it was given, to the byte',
    async run(store) {
      const record = full();
      await commits(store.commit({ received: record }));
      const expected = {
        ...full(),
        place: await revision(store, conversation()),
        state: 'none',
        attempts: [],
      };
      equal(await stored(store, record), expected, 'read by its identity');
      equal((await store.list({})).messages, [expected], 'listed');
      const bare = message('bare');
      await commits(store.commit({ received: bare }));
      const keys = Object.keys(await stored(store, bare));
      for (const name of ['verdict', 'verifiedBy', 'keyFrom', 'answers']) {
        equal(keys.includes(name), false, `${name} where it was not given`);
      }
    },
  },
  {
    title: 'of a body that is a view on more memory, the view is stored',
    async run(store) {
      const memory = Uint8Array.from({ length: 100 }, (_, index) => index);
      await commits(store.commit({ received: message('m', { body: memory.subarray(10, 20) }) }));
      const { body } = await stored(store, message('m'));
      equal([...body], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19], 'bytes');
    },
  },
  {
    title: 'nothing that was given or got is shared with the store',
    async run(store) {
      const given = full();
      const tried = { at: 1, text: 'tried' };
      const offer = work(given);
      await commits(store.commit({ received: given, work: [offer] }));
      const lease = await claimOne(store, 'work', 0);
      await finish(store, lease, { end: 'done', attempt: tried });
      const before = await stored(store, full());
      const page = await store.list({});
      const snapshot = await store.read({
        participant: us,
        scopes: [conversation()],
        message: keyOf(full()),
      });
      const duplicate = await store.commit({ received: full() });
      const results = [given, tried, offer, lease, page, snapshot, duplicate, await stored(store, full())];
      for (const value of results) spoil(value);
      const { place, attempts } = before;
      equal(await stored(store, full()), { ...full(), place, state: 'done', attempts }, 'the record');
      equal(attempts, [{ at: 1, text: 'tried' }], 'attempts');
    },
  },
  {
    title: 'a list holds what all of the filter asks for',
    async run(store) {
      const far = { domain: 'far.example', role: 'AGR' } as const;
      const cro = { domain: 'agr.example', role: 'CRO' } as const;
      const records = [
        message('a', { at: 1 }),
        message('b', { at: 2, type: 'FlexOrder', partner: far }),
        message('c', { at: 3, conversationId: 'd', messageId: 'C', partner: cro }),
        message('d', { at: 4, answers: 'a', participant: alsoUs }),
      ];
      for (const received of records) await commits(store.commit({ received }));
      await commits(store.commit({ outgoing: [outgoing('e', {}, { at: 5, type: 'FlexOrder' })] }));
      const table: readonly (readonly [Parameters<typeof store.list>[0], string])[] = [
        [{}, 'abcde'],
        [{ participant: us }, 'abce'],
        [{ participant: alsoUs }, 'd'],
        [{ partner: far }, 'b'],
        [{ partner: { domain: 'agr.example' } }, 'acde'],
        [{ partner: { role: 'AGR' } }, 'abde'],
        [{ partner: {} }, 'abcde'],
        [{ direction: 'in' }, 'abcd'],
        [{ direction: 'out' }, 'e'],
        [{ type: 'FlexOrder' }, 'be'],
        [{ type: 'FlexOrder', direction: 'in' }, 'b'],
        [{ conversationId: 'd' }, 'c'],
        [{ messageId: 'C' }, 'c'],
        [{ messageId: 'c' }, ''],
        [{ answers: 'a' }, 'd'],
        [{ state: 'waiting' }, 'e'],
        [{ since: 2 }, 'bcde'],
        [{ until: 3 }, 'ab'],
        [{ since: 2, until: 4 }, 'bc'],
        [{ since: 2, until: 4, partner: them }, ''],
      ];
      for (const [filter, expected] of table) {
        equal((await listed(store, filter)).join(''), expected, JSON.stringify(filter));
        const paged = await listed(store, { ...filter, limit: 1 });
        equal(paged.join(''), expected, `one by one: ${JSON.stringify(filter)}`);
      }
    },
  },
  {
    title: 'what answers one message is listed in the order of time, by page, and without what was pruned',
    async run(store) {
      for (const [identity, at] of [
        ['c', 3],
        ['a', 1],
        ['d', 4],
        ['b', 2],
      ] as const)
        await commits(store.commit({ received: message(identity, { at, answers: 'request' }) }));
      await commits(store.commit({ received: message('e', { at: 2, answers: 'another' }) }));
      const answers = async (filter: Filter = {}): Promise<string> =>
        (await listed(store, { answers: 'request', ...filter })).join('');
      equal(await answers(), 'abcd', 'all');
      equal(await answers({ limit: 1 }), 'abcd', 'one by one');
      equal(await answers({ since: 2, until: 4 }), 'bc', 'of a time');
      await store.prune({ bodiesBefore: 0, recordsBefore: 3 });
      equal(await answers(), 'cd', 'what is left');
      await store.prune({ bodiesBefore: 0, recordsBefore: 5 });
      equal(await answers(), '', 'after all were pruned');
    },
  },
  {
    title: 'a list is in the order of time, 100 at once unless told otherwise, and says whether more follow',
    async run(store) {
      const times = Array.from({ length: 120 }, (_, index) => (index * 37) % 60);
      for (const [index, at] of times.entries()) {
        await commits(store.commit({ received: message(`m${index}`, { at }) }));
      }
      const page = await store.list({});
      equal(page.messages.length, 100, 'the first page');
      const rest = await store.list({ after: page.next ?? '' });
      equal([rest.messages.length, rest.next], [20, undefined], 'the second page');
      const at = [...page.messages, ...rest.messages].map((each) => each.at);
      equal(
        at,
        [...times].sort((one, other) => one - other),
        'times',
      );
      const exact = await store.list({ limit: 120 });
      equal([exact.messages.length, exact.next], [120, undefined], 'a page that holds all');
      equal(new Set(await listed(store, { limit: 7 })).size, 120, 'messages on pages of 7');
    },
  },
  {
    title: 'nothing is missed or seen twice on pages while messages come and go',
    async run(store) {
      for (let index = 0; index < 20; index += 1) {
        await commits(store.commit({ received: message(`m${index}`, { at: 10 + (index >> 2) }) }));
      }
      const seen: string[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 50; pages += 1) {
        const page = await store.list({ limit: 3, ...(after !== undefined && { after }) });
        seen.push(...page.messages.map(({ identity }) => identity));
        after = page.next;
        if (after === undefined) break;
        // One that is older than all, one in their midst, and one that is newer.
        if (pages > 4) continue;
        for (const at of [1, 12, 90]) {
          await commits(store.commit({ received: message(`new ${pages} ${at}`, { at }) }));
        }
        await store.prune({ bodiesBefore: 2, recordsBefore: 2 });
      }
      equal(new Set(seen).size, seen.length, 'each once');
      equal(
        seen.filter((identity) => identity.startsWith('m')).length,
        20,
        'those that were there throughout',
      );
      equal(seen.filter((identity) => identity.endsWith(' 90')).length, 5, 'those that came behind');
    },
  },
  {
    title: 'a list refuses a limit that is none and a cursor that it did not give',
    async run(store) {
      for (const filter of [{ limit: 0 }, { limit: -1 }, { limit: 1.5 }, { after: '' }, { after: 'here' }]) {
        const error = await rejects(store.list(filter), JSON.stringify(filter));
        equal(error instanceof RangeError, true, `a RangeError for ${JSON.stringify(filter)}`);
      }
    },
  },
];

/** Of the end of what is stored. */
export const retentionScenarios: readonly Scenario[] = [
  {
    title: 'pruning removes bodies, then records, by when they came',
    async run(store) {
      for (const at of [1, 2, 3, 4]) {
        await commits(store.commit({ received: message(`m${at}`, { at }) }));
      }
      equal(await store.prune({ bodiesBefore: 4, recordsBefore: 2 }), { bodies: 2, records: 1 }, 'removed');
      equal(
        await store.prune({ bodiesBefore: 4, recordsBefore: 2 }),
        { bodies: 0, records: 0 },
        'removed again',
      );
      const { messages } = await store.list({});
      equal(
        messages.map(({ identity, body }) => `${identity} ${body.length}`),
        ['m2 0', 'm3 0', 'm4 2'],
        'what is left',
      );
      await ends(store.commit({ received: message('m3') }), 'duplicate');
      const { scopes } = await store.read({ participant: us, scopes: [conversation()] });
      equal(scopes[0]?.messages.length, 3, 'messages of the scope');
      equal(scopes[0]?.revision, messages.at(-1)?.place, 'revision of the scope');
      await commits(store.commit({ received: message('m1') }));
    },
  },
  {
    title: 'pruning that is called off before it begins removes nothing',
    async run(store) {
      await commits(store.commit({ received: message('m') }));
      const signal = AbortSignal.abort();
      const before = { bodiesBefore: 1e9, recordsBefore: 1e9 };
      equal(await store.prune({ ...before, signal }), { bodies: 0, records: 0 }, 'removed');
      equal(await listed(store), ['m'], 'messages');
      equal(await store.prune(before), { bodies: 0, records: 1 }, 'removed then');
    },
  },
  {
    title: 'pruning keeps whole what belongs to a task that is not ended',
    async run(store) {
      const offer = message('offer');
      const late = work(offer, { id: 'late', kind: 'overdue', orderKey: 'late', dueAt: 1e9 });
      const names = ['ended', 'leased', 'retried'];
      await commits(store.commit({ received: offer, work: [late] }));
      await commits(store.commit({ outgoing: names.map((name) => outgoing(name, { orderKey: name })) }));
      await commits(store.commit({ outgoing: [outgoing('waiting', { orderKey: 'ended' })] }));
      const [ended, , retried] = await claim(store, 'outgoing', 0);
      await finish(store, ended);
      await finish(store, retried, { end: 'retry', attempt: done.attempt, dueAt: 1e9 });
      equal(
        await store.prune({ bodiesBefore: 1e6, recordsBefore: 1e6 }),
        { bodies: 0, records: 1 },
        'removed',
      );
      equal((await listed(store)).sort(), ['leased', 'offer', 'retried', 'waiting'], 'what is left');
      equal((await stored(store, offer)).body, offer.body, 'its body');
      equal((await claimOne(store, 'outgoing', 0)).message.identity, 'waiting', 'what is claimed');
    },
  },
  {
    title: 'the ids of work are forgotten with its message',
    async run(store) {
      const offer = message('offer');
      for (let round = 0; round < 2; round += 1) {
        await commits(store.commit({ received: offer, work: [work(offer)] }));
        await finish(store, await claimOne(store, 'work', 0));
        equal((await store.prune({ bodiesBefore: 0, recordsBefore: 1 })).records, 1, 'records');
      }
    },
  },
  {
    title: 'a closed store has written what was begun and refuses what comes later',
    async run(store) {
      const begun = store.commit({ received: message('begun') });
      await store.close();
      await commits(begun);
      await rejects(store.commit({ received: message('late') }), 'commit');
      await rejects(store.read({ participant: us, scopes: [] }), 'read');
      await rejects(store.list({}), 'list');
      await rejects(claim(store, 'work', 0), 'claim');
      await rejects(store.nextDueAt([us]), 'nextDueAt');
      await rejects(store.prune({ bodiesBefore: 0, recordsBefore: 0 }), 'prune');
      await store.close();
    },
  },
];

/** Changes whatever can be changed in a value and what it refers to. */
function spoil(value: unknown): void {
  if (value instanceof Uint8Array) {
    value.fill(0xee);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) spoil(part);
    for (const name of Object.keys(value)) Reflect.set(value, name, 'spoiled');
    if (Array.isArray(value) && !Object.isFrozen(value)) value.push('spoiled');
  }
}
