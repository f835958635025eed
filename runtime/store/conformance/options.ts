/** @module Conformance scenarios that need more than an empty store: users' own writes, slow ones, a second process. */

import type { Store } from '../../ports/store.ts';
import {
  alsoUs,
  claim,
  commits,
  conversation,
  done,
  ends,
  equal,
  equalWinners,
  finish,
  identities,
  listed,
  message,
  outgoing,
  pause,
  rejects,
  revision,
  type Scenario,
  soon,
  stored,
  us,
  work,
} from './stage.ts';

/** What a runner can say of its store, so that more is tried. */
export interface ConformanceOptions<Tx> {
  /** False where transactions are synchronous, so that `inside` may not return a promise. Default true. */
  readonly insideMayWait?: boolean;
  /** How users write a value, any one, in a transaction, and how they see it there again. */
  readonly own?: {
    put(tx: Tx, value: string): void | Promise<void>;
    get(tx: Tx): string | undefined | Promise<string | undefined>;
  };
  /** Opens the same data once more, as another process would; also after the first one has been closed. */
  readonly another?: (store: Store<Tx>) => Promise<Store<Tx>>;
}

/** The scenarios that the options allow. */
export function optionalScenarios<Tx>(options: ConformanceOptions<Tx>): readonly Scenario<Tx>[] {
  return [
    ...(options.insideMayWait === false ? [promiseRefused] : waitingScenarios),
    ...(options.own === undefined ? [] : ownScenarios(options.own)),
    ...(options.another === undefined ? [] : sharedScenarios(options.another)),
  ];
}

const promiseRefused: Scenario = {
  title: 'a promise inside a synchronous transaction undoes the commit with a TypeError',
  async run(store) {
    const waiting = store.commit({ received: message('m'), inside: async () => {} });
    const error = await rejects(waiting, 'the commit');
    equal(error instanceof TypeError, true, 'a TypeError');
    equal(await listed(store), [], 'messages');
  },
};

const waitingScenarios: readonly Scenario[] = [
  {
    title: 'a rejection inside a commit leaves nothing behind and is thrown on',
    async run(store) {
      const reason = new Error('no');
      const failing = store.commit({
        received: message('m'),
        outgoing: [outgoing('n')],
        async inside() {
          await pause();
          throw reason;
        },
      });
      equal((await rejects(failing, 'the commit')) === reason, true, 'what was thrown is thrown on');
      equal(await listed(store), [], 'messages');
      equal((await claim(store, 'outgoing', 0)).length, 0, 'outgoing');
    },
  },
  {
    title: 'nobody sees a commit that is under way, and what it would have taken is free when it fails',
    async run(store) {
      let entered = (): void => {};
      const inside = new Promise<void>((resolve) => {
        entered = resolve;
      });
      const failing = store.commit({
        received: message('m'),
        async inside() {
          entered();
          await pause();
          throw new Error('no');
        },
      });
      const failed = Promise.allSettled([failing]);
      await soon(inside, 'the call inside');
      const reading = store.read({ participant: us, message: message('m'), scopes: [conversation()] });
      await commits(store.commit({ received: message('m', { content: '22' }) }));
      equal((await failed)[0]?.status, 'rejected', 'the commit that fails');
      equal((await stored(store, message('m'))).content, '22', 'content');
      equal((await reading).known?.content ?? '22', '22', 'content that was read meanwhile');
    },
  },
  {
    title: 'of two commits on one revision exactly one succeeds, also while the first one waits inside',
    async run(store) {
      const read = [{ participant: us, key: conversation(), revision: 0 }];
      const results = await Promise.all(
        ['a', 'b', 'c'].map((identity) =>
          store.commit({ read, received: message(identity), inside: () => pause() }),
        ),
      );
      equalWinners(results, 'conflict', 'commits');
    },
  },
  {
    title: 'a lease is not taken over while the commit that ends it waits inside',
    async run(store) {
      await commits(store.commit({ outgoing: [outgoing('a')] }));
      const [lease] = await claim(store, 'outgoing', 0);
      if (lease === undefined) throw new Error('no lease');
      const ending = store.commit({ finish: { lease, outcome: done }, inside: () => pause() });
      const taking = claim(store, 'outgoing', 5000);
      const { status } = await ending;
      // Whichever came first, one of them has the task.
      equal(
        (await taking).length,
        status === 'committed' ? 0 : 1,
        `leases taken, the commit being ${status}`,
      );
    },
  },
];

function ownScenarios<Tx>(own: NonNullable<ConformanceOptions<Tx>['own']>): readonly Scenario<Tx>[] {
  const seen = async (store: Store<Tx>): Promise<string | undefined> => {
    let value: string | undefined;
    const keep = (found: string | undefined): void => {
      value = found;
    };
    await commits(store.commit({ inside: (tx) => andThen(own.get(tx), keep) }));
    return value;
  };
  return [
    {
      title: "users' own writes are kept with the commit, or undone with it",
      async run(store) {
        equal(await seen(store), undefined, 'at first');
        await commits(store.commit({ received: message('a'), inside: (tx) => own.put(tx, 'one') }));
        equal(await seen(store), 'one', 'after a commit');
        const fail = (): never => {
          throw new Error('no');
        };
        const failing = { received: message('b'), inside: (tx: Tx) => andThen(own.put(tx, 'two'), fail) };
        await rejects(store.commit(failing), 'the commit');
        equal(await seen(store), 'one', 'after one that failed');
        await ends(
          store.commit({ received: message('a'), inside: (tx) => own.put(tx, 'three') }),
          'duplicate',
        );
        equal(await seen(store), 'one', 'after one that was not written');
      },
    },
    {
      title: 'users see inside a commit what they wrote there, and commits do not mix their writes',
      async run(store) {
        const found: (string | undefined)[] = [];
        const keep = (value: string | undefined): void => {
          found.push(value);
        };
        const values = ['a', 'b', 'c', 'd'];
        await Promise.all(
          values.map((value) => {
            const inside = (tx: Tx) => andThen(own.put(tx, value), () => andThen(own.get(tx), keep));
            return commits(store.commit({ received: message(value), inside }));
          }),
        );
        equal(found.sort(), values, 'what each found');
      },
    },
  ];
}

/** Goes on at once where there is nothing to wait for, as synchronous transactions need it. */
function andThen<T>(value: T | Promise<T>, next: (value: T) => void | Promise<void>): void | Promise<void> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function sharedScenarios<Tx>(another: (store: Store<Tx>) => Promise<Store<Tx>>): readonly Scenario<Tx>[] {
  const both = async (store: Store<Tx>, play: (other: Store<Tx>) => Promise<void>): Promise<void> => {
    const other = await another(store);
    try {
      await play(other);
    } finally {
      await other.close();
    }
  };
  return [
    {
      title: 'what was committed is there when the store is opened again, and leases hold',
      async run(store) {
        const offer = message('offer');
        const tasks = { work: [work(offer)], outgoing: [outgoing('a'), outgoing('b')] };
        await commits(store.commit({ received: offer, ...tasks }));
        const [lease] = await claim(store, 'outgoing', 0);
        const before = [await stored(store, offer), await revision(store, conversation())];
        await store.close();
        await both(store, async (again) => {
          equal([await stored(again, offer), await revision(again, conversation())], before, 'the message');
          equal(await listed(again), ['offer', 'a', 'b'], 'messages');
          equal(identities(await claim(again, 'outgoing', 999)), [], 'while the lease holds');
          equal(identities(await claim(again, 'work', 0)), ['offer'], 'work');
          await finish(again, lease);
          equal(identities(await claim(again, 'outgoing', 999)), ['b'], 'the next');
        });
      },
    },
    {
      title: 'two processes share identities, scopes and leases',
      async run(store) {
        await both(store, async (other) => {
          const stores = [store, other, store, other, store, other];
          const same = await Promise.all(stores.map((each) => each.commit({ received: message('same') })));
          equalWinners(same, 'duplicate', 'one identity');
          const read = [
            { participant: us, key: conversation(), revision: await revision(other, conversation()) },
          ];
          const moved = await Promise.all(
            stores.map((each, index) => each.commit({ read, received: message(`m${index}`) })),
          );
          equalWinners(moved, 'conflict', 'one revision');
          const all = Array.from({ length: 30 }, (_, index) =>
            outgoing(`o${index}`, { orderKey: `${index % 10}` }),
          );
          await commits(store.commit({ outgoing: all }));
          const leases = await Promise.all(stores.map((each) => claim(each, 'outgoing', 0, { limit: 3 })));
          equal(leases.flat().length, 10, 'leases');
          equal(new Set(identities(leases.flat())).size, 10, 'different tasks');
          const [lost] = await claim(store, 'outgoing', 1000, { limit: 1 });
          const taken = (await claim(other, 'outgoing', 2000)).find(({ task }) => task === lost?.task);
          if (lost === undefined || taken === undefined) throw new Error('the lease was not taken over');
          await ends(store.commit({ finish: { lease: lost, outcome: done } }), 'lost');
          await finish(store, taken);
          equal(await other.nextDueAt([alsoUs]), undefined, 'of another participant');
        });
      },
    },
    {
      title: 'of 200 messages that arrive at two processes at once each is committed once',
      async run(store) {
        await both(store, (other) =>
          inTens(200, async (name) => {
            const race = [store, other].map((each) => each.commit({ received: message(name) }));
            equalWinners(await Promise.all(race), 'duplicate', name);
          }),
        );
        equal((await listed(store)).length, 200, 'messages');
      },
    },
    {
      title: 'of 200 pairs of commits that read one revision at two processes one of each succeeds',
      async run(store) {
        await both(store, (other) =>
          inTens(200, async (conversationId) => {
            const key = conversation(conversationId);
            const read = [{ participant: us, key, revision: await revision(other, key) }];
            const race = [store, other].map((each, index) =>
              each.commit({ read, received: message(`${conversationId} ${index}`, { conversationId }) }),
            );
            equalWinners(await Promise.all(race), 'conflict', conversationId);
          }),
        );
        equal((await listed(store)).length, 200, 'messages');
      },
    },
  ];
}

/** Plays by name so often, ten at once. */
async function inTens(count: number, play: (name: string) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => play(`n${first + index}`)));
  }
}
