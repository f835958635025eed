/** @module What users do with a PostgreSQL store: effects of handlers, transactions that end, pools of their own. */

import driver from 'postgres';
import { type AgrHandlers, agr } from '../../generated/3.1.0/index.ts';
import { createService } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import {
  claim,
  commits,
  equal,
  finish,
  listed,
  message,
  outgoing,
  rejects,
  stored,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { payload } from '../flow/drafts.ts';
import { minute, openScene } from '../support/participants.ts';
import { freshSchema } from '../support/postgres.ts';
import { assert } from '../support/suite.ts';
import { serverSuite } from './server.ts';

const { admin, nodes, server, test } = serverSuite('postgres: inside');

const references = async (): Promise<readonly string[]> =>
  (await admin()<{ reference: string }[]>`SELECT reference FROM orders ORDER BY 1`).map(
    (row) => row.reference,
  );

async function withStore(play: (store: Store<PgTx>) => Promise<void>): Promise<void> {
  await admin()`DROP TABLE IF EXISTS orders`;
  await admin()`CREATE TABLE orders (reference text PRIMARY KEY)`;
  await nodes(1, ([store]) => play(store));
}

const insert = async (tx: PgTx, reference: string): Promise<void> => {
  await tx`INSERT INTO orders VALUES (${reference})`;
};

/** An AGR on a PostgreSQL store that has received a FlexRequest. */
async function received(
  store: Store<PgTx>,
  processFlexRequest: NonNullable<AgrHandlers<PgTx>['processFlexRequest']>,
): Promise<ReturnType<typeof openScene>> {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const options = await scene.options(agr);
  const service = await createService(agr, { ...options, store, handlers: { processFlexRequest } });
  scene.services.set('https://agr.example', service);
  const { result } = await service.receive(await outsider.seal(payload('FlexRequest')));
  assert.is(result, 'accepted');
  return scene;
}

test("a handler's effects, which may wait, are kept with its end", () =>
  withStore(async (store) => {
    const scene = await received(store, (_, context) => {
      context.onCommit((tx) => insert(tx, 'one'));
      context.onCommit(async (tx) => {
        const [row] = await tx<{ reference: string }>`SELECT reference FROM orders`;
        await insert(tx, `after ${row?.reference}`);
      });
    });
    await scene.drain();
    assert.equal(await references(), ['after one', 'one']);
    assert.is((await store.list({ type: 'FlexRequest' })).messages[0]?.state, 'done');
  }));

test('an effect that throws undoes all, and the handler runs again', () =>
  withStore(async (store) => {
    const scene = await received(store, (_, context) => {
      context.onCommit((tx) => insert(tx, `attempt ${context.attempt}`));
      context.onCommit(() => {
        if (context.attempt === 1) throw new Error('no');
      });
    });
    await scene.drain();
    assert.equal(await references(), []);
    assert.is(scene.told('handler-failed').length, 1);
    await scene.pass(minute);
    assert.equal(await references(), ['attempt 2']);
  }));

test('a statement that fails inside undoes the commit and is thrown on, also where nobody looks at it', () =>
  withStore(async (store) => {
    await insert(admin(), 'there');
    const twice = { received: message('m'), inside: (tx: PgTx) => insert(tx, 'there') };
    assert.is(((await rejects(store.commit(twice), 'the commit')) as { code?: string }).code, '23505');
    const unseen = {
      received: message('m'),
      inside: (tx: PgTx) => insert(tx, 'there').catch(() => undefined),
    };
    assert.is(((await rejects(store.commit(unseen), 'the commit')) as { code?: string }).code, '23505');
    assert.equal(await listed(store), []);
  }));

test('a transaction that has ended takes no more statements', () =>
  withStore(async (store) => {
    let kept: PgTx | undefined;
    await commits(
      store.commit({
        inside(tx) {
          kept = tx;
        },
      }),
    );
    const late = async (): Promise<void> => insert(kept as PgTx, 'late');
    assert.instance(await rejects(late(), 'a late statement'), TypeError);
    assert.throws(() => kept?.unsafe('SELECT 1'), /the transaction has ended/);
    assert.equal(await references(), []);
  }));

test('a pool of the user serves, whatever it makes of names and values, and is left open', () =>
  withStore(async () => {
    const pool = driver(server().url, {
      max: 3,
      onnotice: () => {},
      transform: { ...driver.camel, undefined: null },
      types: { bigint: driver.BigInt },
    });
    const schema = freshSchema();
    const store = await postgres(pool, { schema });
    const offer = message('offer', { verdict: { result: 'rejected', reasons: ['late'] } });
    await commits(
      store.commit({ received: offer, outgoing: [outgoing('m')], inside: (tx) => insert(tx, 'own') }),
    );
    const [lease] = await claim(store, 'outgoing', 0);
    await finish(store, lease);
    equal((await stored(store, offer)).verdict, offer.verdict, 'verdict');
    assert.is(await store.nextDueAt([us]), undefined);
    await store.close();
    assert.equal(await references(), ['own']);
    assert.equal([...(await pool`SELECT 1 AS one`)], [{ one: 1 }]);
    await pool.end();
  }));

test('who watches a store that has been closed does not listen', () =>
  withStore(async () => {
    const pool = driver(server().url, { max: 1, onnotice: () => {} });
    const { listen } = pool;
    let listens = 0;
    pool.listen = (...given) => {
      listens += 1;
      return listen(...given);
    };
    const store = await postgres(pool, { schema: freshSchema() });
    await store.close();
    store.watch(() => {});
    await pool.end();
    assert.is(listens, 0);
  }));

test('a pool whose transactions are not READ COMMITTED is refused, since revisions would not hold', () =>
  withStore(async () => {
    const pool = driver(server().url, {
      onnotice: () => {},
      connection: { default_transaction_isolation: 'repeatable read' },
    });
    const store = await postgres(pool, { schema: freshSchema() });
    const error = await rejects(store.commit({ received: message('m') }), 'the commit');
    assert.match(String(error), 'READ COMMITTED');
    await commits(store.commit({ received: message('m'), inside: () => {} }));
    await store.close();
    await pool.end();
  }));

test('no look-up reads a table from end to end, nor an index, also where nobody has ever counted what is in it', async () => {
  const schema = freshSchema();
  const store = await postgres(server().url, { schema, max: 4 });
  await admin()`ALTER SYSTEM SET autovacuum = off`;
  await admin()`SELECT pg_reload_conf()`;
  for (let block = 0; block < 40; block += 1) {
    const commit = async (index: number): Promise<void> => {
      const id = `${block} of ${index}`;
      const key = { name: 'conversation', value: id };
      const offer = message(id, { conversationId: id });
      await commits(
        store.commit({
          read: [{ participant: us, key, revision: 0 }],
          received: offer,
          work: [work(offer, { orderKey: id })],
          outgoing: [outgoing(`re ${id}`, { orderKey: id }, { conversationId: id })],
        }),
      );
    };
    await Promise.all(Array.from({ length: 25 }, (_, index) => commit(index)));
    for (const lease of await claim(store, 'outgoing', 0, { limit: 5 })) await finish(store, lease);
    await store.nextDueAt([us]);
    await store.read({ participant: us, scopes: [{ name: 'conversation', value: `${block} of 1` }] });
  }
  await store.close(); // its connections tell what they have read when they end
  const rows = await admin()<{ name: string; each: number }[]>`
    SELECT indexrelname AS name, idx_tup_read::float / idx_scan AS each FROM pg_stat_user_indexes
      WHERE schemaname = ${schema} AND idx_scan > 0
    UNION ALL
    SELECT relname, seq_tup_read::float / 1000 FROM pg_stat_user_tables
      WHERE schemaname = ${schema} AND seq_scan > 0`;
  assert.ok(rows.length > 5, `only ${rows.length} were read`);
  assert.equal(
    rows.filter(({ each }) => each > 20).map(({ name, each }) => `${name}: ${each} rows each time`),
    [],
  );
});

/** What users' statements see of the setting in a commit and behind it, by a pool of theirs. */
async function synchronousCommit(
  url: string,
  connection: Record<string, string> = {},
): Promise<readonly unknown[]> {
  const sql = driver(url, { max: 1, onnotice: () => {}, connection });
  const store = await postgres(sql, { schema: freshSchema() });
  const seen: unknown[] = [];
  const look = async (tx: PgTx): Promise<void> => {
    seen.push(...(await tx`SELECT current_setting('synchronous_commit') AS value`).map(({ value }) => value));
  };
  await commits(store.commit({ received: message('m'), inside: look }));
  await look(sql);
  await store.close();
  await sql.end();
  return seen;
}

test('a commit is on disk before it is told, also where a role, a database or a pool does not wait for that', async () => {
  const { url } = server();
  await admin()`CREATE ROLE hasty LOGIN SUPERUSER`;
  await admin()`ALTER ROLE hasty SET synchronous_commit = off`;
  await admin()`CREATE DATABASE hasty`;
  await admin()`ALTER DATABASE hasty SET synchronous_commit = off`;
  assert.equal(await synchronousCommit(url.replace('uftp@', 'hasty@')), ['on', 'off'], 'role');
  assert.equal(await synchronousCommit(url.replace(/postgres$/, 'hasty')), ['on', 'off'], 'database');
  assert.equal(await synchronousCommit(url, { synchronous_commit: 'off' }), ['on', 'off'], 'pool');
  assert.equal(await synchronousCommit(url, { synchronous_commit: 'local' }), ['local', 'local'], 'another');
});
