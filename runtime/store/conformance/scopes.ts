/** @module Conformance scenarios of scopes: revisions that rise with every message, and conflicts where they did. */

import type { IndexKey } from '../../ports/store.ts';
import {
  alsoUs,
  commits,
  conversation,
  ends,
  equal,
  equalWinners,
  keyOf,
  listed,
  message,
  outgoing,
  revision,
  type Scenario,
  stored,
  us,
  work,
} from './stage.ts';

const point: IndexKey = { name: 'point', value: 'ean.1|2030-01-01' };

/** A message that carries these keys, the first of them its conversation. */
function carrying(identity: string, ...index: IndexKey[]): ReturnType<typeof message> {
  return message(identity, { index, conversationId: index[0]?.value ?? '' });
}

/** See the module. */
export const scopeScenarios: readonly Scenario[] = [
  {
    title: 'a scope without messages has revision 0',
    async run(store) {
      const { known, scopes } = await store.read({ participant: us, scopes: [conversation(), point] });
      equal(known, undefined, 'known');
      equal(
        scopes,
        [conversation(), point].map((key) => ({ key, revision: 0, messages: [] })),
        'scopes',
      );
    },
  },
  {
    title: "a message's place is the revision that its commit gave to its conversation",
    async run(store) {
      let before = 0;
      for (const identity of ['a', 'b', 'c']) {
        await commits(store.commit({ received: message(identity) }));
        const { place } = await stored(store, message(identity));
        equal(place, await revision(store, conversation()), `place of ${identity}`);
        equal(place > before, true, `${place} is more than ${before}`);
        before = place;
      }
    },
  },
  {
    title: 'messages of one commit take places one after another, the received one first',
    async run(store) {
      const sent = ['z', 'y', 'x'].map((identity) => outgoing(identity));
      await commits(store.commit({ outgoing: sent, received: message('a') }));
      const { scopes } = await store.read({ participant: us, scopes: [conversation()] });
      const messages = scopes[0]?.messages ?? [];
      equal(messages.map(({ identity }) => identity).join(''), 'azyx', 'the conversation');
      const places = messages.map(({ place }) => place);
      equal(
        places,
        [...new Set(places)].sort((one, other) => one - other),
        'places',
      );
      equal(scopes[0]?.revision, places.at(-1), 'revision');
    },
  },
  {
    title: 'a message is found under each of its keys, in the order of the commits',
    async run(store) {
      await commits(store.commit({ received: carrying('a', conversation('1'), point) }));
      await commits(store.commit({ received: carrying('b', conversation('2'), point, point) }));
      await commits(store.commit({ outgoing: [outgoing('c', {}, carrying('c', conversation('1')))] }));
      const scopes = [point, conversation('2'), conversation('1'), { name: 'point', value: '1' }];
      const found = (await store.read({ participant: us, scopes })).scopes;
      equal(
        found.map(({ key }) => key),
        scopes,
        'keys in the order asked',
      );
      equal(
        found.map(({ messages }) => messages.map(({ identity }) => identity).join('')),
        ['ab', 'b', 'ac', ''],
        'messages of each',
      );
    },
  },
  {
    title: 'participants are separate: the same key of another is another scope',
    async run(store) {
      await commits(store.commit({ received: message('a') }));
      equal(await revision(store, conversation(), alsoUs), 0, 'revision at the other participant');
      const { scopes, known } = await store.read({
        participant: alsoUs,
        message: { ...keyOf(message('a')), participant: alsoUs },
        scopes: [conversation()],
      });
      equal([known, scopes[0]?.messages], [undefined, []], 'what the other sees');
      const read = [{ participant: alsoUs, key: conversation(), revision: 0 }];
      await commits(store.commit({ read, received: message('a', { participant: alsoUs }) }));
      equal(await listed(store, { participant: alsoUs }), ['a'], 'messages of the other');
    },
  },
  {
    title: 'a scope that has moved gives a conflict, and nothing is written',
    async run(store) {
      await commits(store.commit({ received: carrying('a', conversation('1'), point) }));
      const read = [
        { participant: us, key: conversation('2'), revision: 0 },
        { participant: us, key: point, revision: await revision(store, point) },
      ];
      await commits(store.commit({ received: carrying('b', conversation('3'), point) }));
      const late = message('late');
      const sent = [outgoing('sent', {}, { conversationId: 'other' })];
      await ends(store.commit({ read, received: late, work: [work(late)], outgoing: sent }), 'conflict');
      equal(await listed(store), ['a', 'b'], 'messages');
    },
  },
  {
    title: 'scopes that were not read may move',
    async run(store) {
      await commits(store.commit({ received: carrying('a', conversation('1'), point) }));
      const read = [
        { participant: us, key: conversation('1'), revision: await revision(store, conversation('1')) },
      ];
      await commits(store.commit({ received: carrying('b', conversation('2'), point) }));
      await commits(store.commit({ received: message('c', { participant: alsoUs, conversationId: '1' }) }));
      await commits(store.commit({ read, received: carrying('d', conversation('1')) }));
      equal((await listed(store)).join(''), 'abcd', 'messages');
    },
  },
  {
    title: 'of commits that read one revision and write into its scope, exactly one succeeds',
    async run(store) {
      for (let round = 0; round < 5; round += 1) {
        const read = [{ participant: us, key: point, revision: await revision(store, point) }];
        const results = await Promise.all(
          [...'abcdefgh'].map((name) => {
            const identity = `${name}${round}`;
            return store.commit({ read, received: carrying(identity, conversation(identity), point) });
          }),
        );
        equalWinners(results, 'conflict', `round ${round}`);
      }
      equal((await listed(store)).length, 5, 'messages');
    },
  },
  {
    title: 'of two commits that each read what the other writes, exactly one succeeds',
    async run(store) {
      const at = (key: IndexKey) => [{ participant: us, key, revision: 0 }];
      for (let round = 0; round < 10; round += 1) {
        const [one, other] = [conversation(`1 ${round}`), conversation(`2 ${round}`)];
        const results = await Promise.all([
          store.commit({ read: at(one), received: carrying(`a${round}`, other) }),
          store.commit({ read: at(other), received: carrying(`b${round}`, one) }),
        ]);
        equalWinners(results, 'conflict', `round ${round}`);
      }
    },
  },
  {
    title: 'an answer moves the scopes of the message that it answers',
    async run(store) {
      const order = {
        ...carrying('order', conversation(), point),
        verdict: { result: 'deferred', reasons: [] },
      } as const;
      await commits(store.commit({ received: order }));
      const { place } = await stored(store, order);
      const read = [{ participant: us, key: point, revision: await revision(store, point) }];
      const answer = { message: keyOf(order), verdict: { result: 'accepted', reasons: [] } } as const;
      await commits(store.commit({ answer, read }));
      await ends(store.commit({ read, received: carrying('late', conversation('2'), point) }), 'conflict');
      equal((await stored(store, order)).place, place, 'the place stays');
    },
  },
  {
    title: 'a revision never comes again, also where the records in between were pruned',
    async run(store) {
      const old = message('old');
      await commits(store.commit({ received: old }));
      const before = await revision(store, conversation());
      equal((await store.prune({ bodiesBefore: 0, recordsBefore: 1 })).records, 1, 'records pruned');
      await commits(store.commit({ received: message('new') }));
      const read = [{ participant: us, key: conversation(), revision: before }];
      await ends(store.commit({ read, received: message('late') }), 'conflict');
      equal((await revision(store, conversation())) > before, true, 'the revision has risen');
    },
  },
  {
    title: 'a revision does not fall where the newest record was pruned, and is 0 where none is left',
    async run(store) {
      const order = message('order', { at: 5, verdict: { result: 'deferred', reasons: [] } });
      await commits(store.commit({ received: order }));
      await commits(store.commit({ received: message('imported', { at: 0 }) }));
      const before = await revision(store, conversation());
      equal((await store.prune({ bodiesBefore: 0, recordsBefore: 1 })).records, 1, 'records pruned');
      equal(await revision(store, conversation()), before, 'revision without the newest');
      const answer = { message: keyOf(order), verdict: { result: 'accepted', reasons: [] } } as const;
      await commits(store.commit({ answer }));
      equal((await revision(store, conversation())) > before, true, 'an answer raises it');
      const { scopes } = await store.read({ participant: us, scopes: [conversation()] });
      equal(scopes[0]?.messages.length, 1, 'messages');
      equal((await store.prune({ bodiesBefore: 0, recordsBefore: 6 })).records, 1, 'records pruned');
      equal(await revision(store, conversation()), 0, 'revision of nothing');
    },
  },
  {
    title: 'what is read is of one moment',
    async run(store) {
      const rounds = Array.from({ length: 30 }, async (_, index) => {
        const each = message(`m${index}`);
        const [snapshot] = await Promise.all([
          store.read({ participant: us, message: keyOf(each), scopes: [conversation(), conversation()] }),
          store.commit({ received: each }),
        ]);
        const [one, other] = snapshot.scopes;
        equal(one, other, 'the same scope asked for twice');
        equal(one?.revision, one?.messages.at(-1)?.place ?? 0, 'revision and messages');
        const listed = one?.messages.some(({ identity }) => identity === each.identity);
        equal(listed, snapshot.known !== undefined, 'known and in the scope');
      });
      await Promise.all(rounds);
      equal((await listed(store)).length, 30, 'messages');
    },
  },
];
