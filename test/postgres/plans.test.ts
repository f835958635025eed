/** @module What the PostgreSQL store asks reads few rows, however many there are; what services ask, also where there are no statistics, as after a restore. */

import { setTimeout as pause } from 'node:timers/promises';
import driver from 'postgres';
import type { Filter, Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import {
  attempt,
  claim,
  claimOne,
  done,
  finish,
  message,
  outgoing,
  them,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { assert } from '../support/suite.ts';
import { serverSuite } from './server.ts';

const { test, nodes, admin, server } = serverSuite('postgres: plans');

/** How many messages of each direction are there before. */
const before = 10_000;
/** What each ask may read of tables and indexes. */
const rowsMax = 200;

/** When, in the future of all that is asked, what waits begins to expire, and replies begin to be late. */
const later = 1e9;

/** What services list. */
const few: readonly Filter[] = [
  { answers: 'request 77', direction: 'in', partner: them, type: 'FlexOfferResponse', since: 0 },
  { messageId: 'response 77', direction: 'in', partner: { role: 'AGR' } },
  { conversationId: 'c77', type: 'FlexOfferResponse', until: 2 },
  { state: 'dead', direction: 'out' },
];
/** What users page through. */
const pages: readonly Filter[] = [
  { partner: { domain: 'agr.example' } },
  { partner: { domain: 'agr.example' }, direction: 'in' },
  { type: 'FlexOfferResponse', after: '0:0' },
  { state: 'done' },
  { since: 0 },
  {},
];

/** What is asked, and how. */
type Ask = readonly [what: unknown, ask: (store: Store<PgTx>) => Promise<unknown>];

/** The rows that everybody has read of the tables of a schema, and of their indexes. */
async function rowsRead(schema: string): Promise<number> {
  const [row] = await admin()<{ rows: number }[]>`
    SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0) + (
      SELECT coalesce(sum(i.idx_tup_read), 0) FROM pg_stat_user_indexes i WHERE i.relid = t.relid))::float8 AS rows
    FROM pg_stat_user_tables t WHERE t.schemaname = ${schema}`;
  return row?.rows ?? Number.NaN;
}

/** How many connections there are: one that ends has told before what it read. */
async function connections(): Promise<number> {
  const rows = await admin()`SELECT FROM pg_stat_activity WHERE backend_type = 'client backend'`;
  return rows.length;
}

/** The rows that an ask reads. Others tell late what they have read: they must have read few. */
async function readBy(schema: string, ask: (store: Store<PgTx>) => Promise<unknown>): Promise<number> {
  await admin()`SELECT 1`;
  const earlier = { connections: await connections(), rows: await rowsRead(schema) };
  const store = await postgres(server().url, { schema });
  await ask(store);
  await store.close();
  while ((await connections()) > earlier.connections) await pause(10);
  return (await rowsRead(schema)) - earlier.rows;
}

/** Multiplies the two messages of a schema, and adds a line of which all may expire, and deadlines of replies. */
async function fill(schema: string): Promise<void> {
  const earlier = await connections();
  const sql = driver(server().url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    SET search_path = ${schema};
    CREATE TEMP TABLE made AS SELECT m.place AS was, n, nextval('counter') AS place FROM message m, generate_series(1, ${before}) n;
    INSERT INTO message (place, participant, direction, partner, identity, type, version, message_id,
        conversation_id, content, at, answers, keys, body)
      SELECT made.place, participant, direction, partner, identity || ' ' || n, type, version, message_id || ' ' || n,
        'c' || n, content, 1, answers || ' ' || n, keys, body FROM message m JOIN made ON m.place = made.was;
    INSERT INTO scope_message SELECT scope, made.place FROM scope_message s JOIN made ON s.place = made.was
      WHERE n < 10;
    INSERT INTO task (id, owner, lane, place, work_id, kind, urgent, seq, head, state, due_at, first_due_at, attempt,
        token, main, attempts)
      SELECT nextval('counter'), owner, lane || n, made.place, work_id || n, kind, urgent, made.place, head, state,
        due_at, first_due_at, attempt, token, main, attempts FROM task t JOIN made ON t.place = made.was;
    INSERT INTO task (id, owner, lane, place, work_id, kind, urgent, seq, head, state, due_at, first_due_at, not_after,
        attempt, main, attempts)
      SELECT nextval('counter'), t.owner, t.owner || CASE WHEN t.kind IS NULL THEN '' ELSE n::text END, made.place,
        'late ' || t.work_id || n, CASE WHEN t.kind IS NULL THEN NULL ELSE 'expired' END, false, made.place,
        t.kind IS NOT NULL OR n = 1, 'waiting', ${later}, ${later},
        CASE WHEN t.kind IS NULL THEN ${later} + n END, 0, false, '[]'
      FROM task t JOIN made ON t.place = made.was;
    DROP TABLE made`);
  await sql.end();
  while ((await connections()) > earlier) await pause(10);
}

test('of 20,000 messages, each ask reads few rows', () =>
  nodes(1, async ([first], schema) => {
    const sql = admin();
    for (const table of ['message', 'task', 'scope', 'scope_message'])
      await sql.unsafe(`ALTER TABLE ${schema}.${table} SET (autovacuum_enabled = false)`);
    const request = { type: 'FlexOffer', messageId: 'request', conversationId: 'c0' };
    await first.commit({ outgoing: [outgoing('request', {}, request)] });
    await finish(first, await claimOne(first, 'outgoing', 0));
    const response = message('response', {
      type: 'FlexOfferResponse',
      answers: 'request',
      conversationId: 'c0',
    });
    await first.commit({ received: response, work: [work(response)] });
    await finish(first, await claimOne(first, 'work', 0));
    await fill(schema);
    const again = message('again', { conversationId: 'c5' });
    const list = (filter: Filter) => (store: Store<PgTx>) =>
      store.list({ participant: us, limit: 10, ...filter });
    const claimsOfNothing: Ask = [
      'claims of nothing, also by a clock that was set back',
      async (store) => {
        for (const queue of ['work', 'outgoing'] as const)
          await claim(store, queue, 0, { farFrom: 2 * later });
      },
    ];
    const asks: readonly Ask[] = [
      ...few.map((filter): Ask => [filter, list(filter)]),
      ['read', (store) => store.read({ participant: us, message: again, scopes: again.index })],
      [
        'what a message brings',
        async (store) => {
          await store.commit({ received: again, work: [work(again)] });
          const lease = await claimOne(store, 'work', 9);
          await store.renew(lease, 99);
          const reply = outgoing('reply', { first: true }, { answers: 'again' });
          await store.commit({ finish: { lease, outcome: done }, outgoing: [reply] });
          await finish(store, await claimOne(store, 'outgoing', 9));
          await store.commit({ resend: { message: reply.record, dueAt: 9, unlessTriedSince: 99 } });
          await store.nextDueAt([us]);
        },
      ],
      claimsOfNothing,
      [
        'what has expired behind others',
        async (store) => {
          const leases = await claim(store, 'outgoing', later + 5);
          const expired = leases.filter(({ behind }) => behind);
          assert.equal([leases.length, expired.length], [6, 4]); // the reply and the head of the line are due
          await store.nextDueAt([us]);
          for (const lease of expired) await finish(store, lease, { end: 'dead', attempt });
        },
      ],
      [
        'what another clock has leased',
        async (store) => {
          const far = await claim(store, 'outgoing', 9, { farFrom: later });
          assert.is(far.length, 2);
          for (const lease of far) await finish(store, lease);
        },
      ],
      ['prune of nothing', (store) => store.prune({ bodiesBefore: 0, recordsBefore: 0 })],
      ['analyze', () => sql.unsafe(`ANALYZE ${schema}.message, ${schema}.task`)],
      claimsOfNothing,
      ...pages.map((filter): Ask => [filter, list(filter)]),
    ];
    const reads: [what: unknown, rows: number][] = [];
    for (const [what, ask] of asks) reads.push([what, await readBy(schema, ask)]);
    const many = reads.filter(([what, rows]) => what !== 'analyze' && !(rows >= 0 && rows <= rowsMax));
    assert.equal(many, [], JSON.stringify(reads));
    assert.ok(
      reads.some(([, rows]) => rows > 9),
      'rows are counted',
    );
  }));
