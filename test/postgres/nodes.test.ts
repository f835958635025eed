/** @module Many nodes over one PostgreSQL: migrations at once, and races of all kinds. */

import type { Commit, Lease, Store } from '../../runtime/ports/store.ts';
import type { PgTx } from '../../runtime/postgres.ts';
import {
  claim,
  commits,
  conversation,
  done,
  ends,
  equalWinners,
  finish,
  keyOf,
  listed,
  message,
  outgoing,
  revision,
  soon,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { assert } from '../support/suite.ts';
import { serverSuite } from './server.ts';

const { admin, nodes, test } = serverSuite('postgres: nodes');

test('of 8 nodes that start at once on an empty database one makes the tables, and all work', async () => {
  await nodes(8, async (stores, schema) => {
    await Promise.all(
      stores.map((store, index) => commits(store.commit({ received: message(`m${index}`) }))),
    );
    for (const store of stores) assert.is((await listed(store)).length, 8);
    const made = await admin()`SELECT version FROM ${admin()(schema)}.migration ORDER BY version`;
    assert.equal([...made], [{ version: 1 }, { version: 2 }, { version: 3 }]);
  });
});

test('of two nodes that commit one identity at once, 200 times, one succeeds each time', async () => {
  await nodes(2, async ([one, two]) => {
    for (let round = 0; round < 200; round += 1) {
      const received = message(`m${round}`, { conversationId: `c${round}` });
      const results = await Promise.all([one.commit({ received }), two.commit({ received })]);
      equalWinners(results, 'duplicate', `round ${round}`);
    }
  });
});

test('of two nodes that decide on one revision at once, 200 times, one succeeds each time', async () => {
  await nodes(2, async ([one, two]) => {
    for (let round = 0; round < 200; round += 1) {
      const read = [{ participant: us, key: conversation(), revision: await revision(one, conversation()) }];
      const results = await Promise.all(
        [one, two].map((node, index) => node.commit({ read, received: message(`m${round} of ${index}`) })),
      );
      equalWinners(results, 'conflict', `round ${round}`);
    }
    const { scopes } = await one.read({ participant: us, scopes: [conversation()] });
    const places = scopes[0]?.messages.map(({ place }) => place) ?? [];
    assert.equal([places.length, scopes[0]?.revision], [200, places.at(-1)]);
  });
});

test('of two nodes that claim at once, 200 times, one gets the task, and never the one behind it', async () => {
  await nodes(2, async ([one, two]) => {
    const all = Array.from({ length: 200 }, (_, index) => outgoing(`m${index}`));
    await commits(one.commit({ outgoing: all }));
    for (let round = 0; round < 200; round += 1) {
      const leases = (await Promise.all([one, two].map((node) => claim(node, 'outgoing', 0)))).flat();
      assert.equal(
        leases.map((lease) => lease.message.identity),
        [`m${round}`],
      );
      await finish(round % 2 === 0 ? one : two, leases[0]);
    }
    assert.is(await one.nextDueAt([us]), undefined);
  });
});

test('of two nodes that finish a lease while a third takes it over, one has the task', async () => {
  await nodes(3, async ([one, two, three]) => {
    await commits(one.commit({ outgoing: [outgoing('m')] }));
    let [lease] = await claim(one, 'outgoing', 0, { until: 0 });
    for (let round = 0; round < 100; round += 1) {
      if (lease === undefined) throw new Error('nobody has the task');
      const held: Lease = lease;
      const retry = { end: 'retry', attempt: done.attempt, dueAt: 0 } as const;
      const [taken, ...results] = await Promise.all([
        claim(three, 'outgoing', 0, { until: 0 }),
        ...[one, two].map((node) => node.commit({ finish: { lease: held, outcome: retry } })),
      ]);
      const statuses = results.map(({ status }) => status).sort();
      if (taken.length === 0) assert.equal(statuses, ['committed', 'lost']);
      else assert.ok(statuses.includes('lost'), statuses.join());
      [lease] =
        taken.length > 0 && !statuses.includes('committed')
          ? taken
          : await claim(one, 'outgoing', 0, { until: 0 });
    }
  });
});

test('what has expired behind a first one that ends at another node is handed out once, and the line has one head, 200 times', async () => {
  await nodes(2, async ([one, two], schema) => {
    for (let round = 0; round < 200; round += 1) {
      const last = outgoing(`last ${round}`);
      const expiring = outgoing(`expiring ${round}`, { notAfter: 5 });
      await commits(one.commit({ outgoing: [outgoing(`first ${round}`), expiring, last] }));
      const first = await claim(one, 'outgoing', 0);
      const [leases] = await Promise.all([claim(two, 'outgoing', 5), finish(one, first[0])]);
      const heads = await admin()`SELECT FROM ${admin()(schema)}.task WHERE head`;
      assert.is(heads.length, 1, `round ${round}`);
      const identities: string[] = [];
      // It may have got nothing: what it found was the head by then.
      for (let some = [...leases]; identities.length < 2; some = [...(await claim(one, 'outgoing', 5))]) {
        identities.push(...some.map((lease) => lease.message.identity));
        for (const lease of some) await finish(two, lease);
      }
      assert.equal(identities, [expiring.record.identity, last.record.identity]);
    }
    assert.is(await one.nextDueAt([us]), undefined);
  });
});

test('commits that touch the same in any order, small and large, do not wait for one another for ever', async () => {
  await nodes(2, async (stores) => {
    // A fixed sequence of numbers, so that each run has the same commits.
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let count = 0;
    const item = (): Commit<PgTx> => {
      const sent = Array.from({ length: random(8) === 0 ? 40 : 1 + random(3) }, () => {
        count += 1;
        const keys = [conversation(`${random(6)}`), { name: 'point', value: `${random(6)}` }];
        const record = { index: keys, conversationId: keys[0]?.value ?? '' };
        return outgoing(`m${count}`, { orderKey: `${random(4)}`, first: random(3) === 0 }, record);
      });
      const tasks = sent.map(({ record }) => work(record, { orderKey: `${random(4)}`, kind: 'expired' }));
      return { outgoing: sent, work: tasks, ...(random(4) === 0 && { inside: () => {} }) };
    };
    const all = Array.from({ length: 150 }, item);
    const results = await Promise.all(all.map((each, index) => stores[index % 2]?.commit(each)));
    assert.equal(new Set(results.map((result) => result?.status)), new Set(['committed']));
    assert.is((await listed(stores[0] as Store<PgTx>)).length, count);
  });
});

test('a watcher is woken by the commit of another node', async () => {
  await nodes(2, async ([one, two]) => {
    let wake = (): void => {};
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
      });
    const listening = next();
    one.watch(() => wake());
    await soon(listening, 'the first wake, when it listens');
    const woken = next();
    const offer = message('offer');
    await commits(two.commit({ received: offer, work: [work(offer)] }));
    await soon(woken, 'the wake of the other');
  });
});

test('work that comes while its message is pruned is refused, or keeps the message', async () => {
  await nodes(2, async ([one, two]) => {
    for (let round = 0; round < 50; round += 1) {
      const offer = message(`m${round}`);
      await commits(one.commit({ received: offer }));
      const [adding, pruning] = await Promise.allSettled([
        one.commit({ work: [work(offer, { orderKey: offer.identity })] }),
        two.prune({ bodiesBefore: 1, recordsBefore: 1 }),
      ]);
      if (adding.status === 'rejected') assert.instance(adding.reason, RangeError);
      assert.is(pruning.status, 'fulfilled');
      const { known } = await two.read({ participant: us, message: keyOf(offer), scopes: [] });
      assert.is(known !== undefined, adding.status === 'fulfilled', `round ${round}`);
      assert.is(known?.body.length ?? 0, known === undefined ? 0 : offer.body.length);
      for (const lease of await claim(one, 'work', 0)) await finish(one, lease);
    }
  });
});

test('a scope that is pruned while a message comes into it is whole', async () => {
  await nodes(2, async ([one, two]) => {
    for (let round = 0; round < 50; round += 1) {
      await commits(one.commit({ received: message(`old ${round}`) }));
      const fresh = message(`new ${round}`, { at: 10 });
      await Promise.all([
        commits(one.commit({ received: fresh })),
        two.prune({ bodiesBefore: 0, recordsBefore: 1 }),
      ]);
      const { scopes } = await two.read({ participant: us, scopes: [conversation()] });
      assert.is(scopes[0]?.messages.at(-1)?.identity, fresh.identity);
      assert.is(scopes[0]?.revision, scopes[0]?.messages.at(-1)?.place);
      await ends(one.commit({ received: fresh }), 'duplicate');
    }
  });
});
