/** @module Schemas of earlier versions: brought up to date while nodes of the release before are at work on them, with all that stands in them. */

import { setTimeout as pause } from 'node:timers/promises';
import driver from 'postgres';
import { postgres } from '../../runtime/postgres.ts';
import {
  attempt,
  claimed,
  commits,
  done,
  listed,
  message,
  outgoing,
  stored,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { freshSchema } from '../support/postgres.ts';
import { assert } from '../support/suite.ts';
import { EarlierNode, makeEarlier } from './earlier.ts';
import { serverSuite } from './server.ts';

const { admin, server, test } = serverSuite('postgres: schemas of earlier versions');

/** Who waits for a lock on a table, by when their transaction began. */
async function waiting(): Promise<readonly string[]> {
  const rows = await admin()<{ since: string }[]>`
    SELECT xact_start::text AS since FROM pg_stat_activity WHERE wait_event = 'relation'`;
  return rows.map(({ since }) => since);
}

async function versions(schema: string): Promise<readonly number[]> {
  const rows = await admin()<{ version: number }[]>`
    SELECT version FROM ${admin()(schema)}.migration ORDER BY version`;
  return rows.map(({ version }) => version);
}

/** What a node does with one message: takes it in, works on it, answers it, and looks around. */
async function serve(node: EarlierNode, name: string): Promise<void> {
  const received = message(name, { conversationId: name });
  const orderKey = name;
  assert.is(await node.commit({ received, work: [work(received, { orderKey })] }), 'committed');
  for (const lease of await node.claim('work', 0)) {
    await node.renew(lease, 2000);
    await node.commit({ finish: { lease, outcome: done } });
  }
  const answer = outgoing(`${name} answered`, { orderKey }, { conversationId: name });
  assert.is(await node.commit({ outgoing: [answer] }), 'committed');
  for (const [index, lease] of (await node.claim('outgoing', 0)).entries())
    await node.commit({ finish: { lease, outcome: index % 2 === 0 ? done : { end: 'dead', attempt } } });
  assert.is(await node.read(received), 2);
  assert.is((await node.list()).length > 0, true);
  await node.nextDueAt();
}

for (const version of [1, 2]) {
  test(`a schema of version ${version} is brought up to date while earlier nodes work: nothing fails, and all is there`, async () => {
    const schema = freshSchema();
    await makeEarlier(admin(), schema, version);
    const pool = driver(server().url, { max: 4, onnotice: () => {} });
    const node = new EarlierNode(pool, schema);
    const kept = [outgoing('kept'), outgoing('behind'), outgoing('dead', { orderKey: 'other' })];
    await node.commit({ received: message('first', { verifiedBy: 'key' }), outgoing: kept });
    const dead = (await node.claim('outgoing', 0))[1];
    if (dead === undefined) throw new Error('no lease');
    await node.commit({ finish: { lease: dead, outcome: { end: 'dead', attempt } } });

    let isUpToDate = false;
    const names: string[] = [];
    const loop = async (which: string): Promise<void> => {
      for (let round = 0, after = 0; after < 10; round += 1) {
        if (isUpToDate) after += 1;
        names.push(`${which} ${round}`);
        await serve(node, `${which} ${round}`);
      }
    };
    const loops = Promise.all(['a', 'b', 'c', 'd'].map(loop));
    while (names.length < 20) await Promise.race([pause(10), loops]);
    const store = await postgres(server().url, { schema });
    isUpToDate = true;
    await loops;

    const all = ['first', 'kept', 'behind', 'dead', ...names.flatMap((name) => [name, `${name} answered`])];
    assert.equal((await listed(store)).sort(), all.sort());
    assert.equal((await stored(store, message('first'))).verifiedBy, 'key');
    assert.equal((await stored(store, outgoing('dead').record)).attempts, [attempt]);
    assert.equal(await listed(store, { state: 'waiting' }), ['behind']);
    assert.equal(await claimed(store, 1e6), ['kept']);
    await commits(store.commit({ received: message('later', { keyFrom: 'address book' }) }));
    assert.is((await stored(store, message('later'))).keyFrom, 'address book');
    const fresh = freshSchema();
    await (await postgres(server().url, { schema: fresh })).close();
    assert.equal(await versions(schema), await versions(fresh));
    await Promise.all([store.close(), pool.end()]);
  });
}

test('a migration that meets a commit that lasts lets go, and comes again until it is through', async () => {
  const schema = freshSchema();
  await makeEarlier(admin(), schema, 1);
  let opening: ReturnType<typeof postgres> | undefined;
  await admin().begin(async (tx) => {
    await tx.unsafe(`LOCK TABLE ${schema}.task IN ROW EXCLUSIVE MODE`); // as a commit in which handlers write
    opening = postgres(server().url, { schema });
    const seen = new Set<string>();
    while (seen.size < 2) {
      for (const since of await waiting()) seen.add(since);
      await Promise.race([pause(10), opening]); // it rejects here where it does not come again
    }
  });
  await (await opening)?.close();
});

test('a reader that a migration is in the way of, and it of the reader, is not broken off', async () => {
  const schema = freshSchema();
  await makeEarlier(admin(), schema, 1);
  let opening: ReturnType<typeof postgres> | undefined;
  await admin().begin(async (tx) => {
    await tx.unsafe(`SELECT FROM ${schema}.message`);
    opening = postgres(server().url, { schema });
    while ((await waiting()).length === 0) await Promise.race([pause(10), opening]);
    // It has locked the view by now, and waits for the table: a circle.
    await tx.unsafe(`SELECT FROM ${schema}.stored`);
  });
  await (await opening)?.close();
});
