/** @module Files of earlier versions of the SQL store: they are brought up to date with all that stands in them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../runtime/ports/store.ts';
import {
  attempt,
  claim,
  claimed,
  claimOne,
  commits,
  conversation,
  finish,
  identities,
  listed,
  message,
  outgoing,
  revision,
  stored,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import type { SqlTx, SqlValue } from '../../runtime/store/sqlite/driver.ts';
import type { SqlConnection } from '../../runtime/store/sqlite/file.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite, sqlite } from '../../runtime/store/sqlite/node.ts';
import { assert, suite } from '../support/suite.ts';
import { first } from './sqlite/first.ts';

const open = nodeSqlite() ?? (await loadLibsql());
const test = suite('store: SQLite files of earlier versions');
const folder = mkdtempSync(join(tmpdir(), 'uftp-migration-'));
let count = 0;

test.after(() => rmSync(folder, { recursive: true }));

type Row = Readonly<Record<string, SqlValue>>;

function insert(connection: SqlConnection, table: string, rows: readonly Row[]): void {
  for (const row of rows) {
    const columns = Object.keys(row);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    connection.prepare(sql).run(...Object.values(row));
  }
}

/** What version 1 wrote of a message of conversation `c`. */
function messageOf(place: number, direction: 'in' | 'out', identity: string, more: Row = {}): Row {
  return {
    ...{ place, participant: 1, direction, partner: 1, identity, type: 'FlexOffer', version: '3.1.0' },
    ...{ message_id: identity, conversation_id: 'c', content: '00'.repeat(32), at: place },
    ...{ keys: '[["conversation","c"]]', ...more },
  };
}

/** What version 1 wrote of a task of order key `k`. */
function taskOf(
  id: number,
  queue: string,
  place: number,
  head: 0 | 1 | null,
  state: string,
  more: Row = {},
): Row {
  return {
    ...{ id, queue, participant: 1, place, order_key: 'k', urgent: 0, seq: id + 20, head, state },
    ...{ due_at: 0, first_due_at: 0, attempt: 0, token: '', ...more },
  };
}

const long = new Uint8Array(1_000_003).fill(7);
const short = new Uint8Array(3).fill(9);

/** Makes a file as version 1 left it: two messages received, the second answered since, and three sent. */
function ofFirst(): string {
  count += 1;
  const path = join(folder, `${count}.sqlite`);
  const connection = open(path);
  const make = ['CREATE TABLE uftp_schema (version INTEGER NOT NULL)', 'INSERT INTO uftp_schema VALUES (1)'];
  for (const sql of [...make, ...first]) connection.prepare(sql).run();
  connection.prepare('UPDATE uftp_counter SET value = 40').run();
  insert(connection, 'uftp_participant', [{ id: 1, ...us }]);
  insert(connection, 'uftp_partner', [{ id: 1, ...message('m').partner }]);
  const failed = JSON.stringify([attempt]);
  insert(connection, 'uftp_message', [
    messageOf(1, 'in', 'long', { task: 1, state: 'done', attempts: failed }),
    messageOf(2, 'in', 'answered', { result: 'accepted', reasons: '[]', verified_by: 'key' }),
    messageOf(3, 'out', 'dead', { task: 2, state: 'dead', attempts: failed, answers: 'long' }),
    messageOf(4, 'out', 'next', { task: 3, state: 'waiting' }),
    messageOf(5, 'out', 'last', { task: 4, state: 'waiting' }),
  ]);
  insert(connection, 'uftp_body', [
    { place: 1, part: 0, at: 1, bytes: long.subarray(0, 1_000_000) },
    { place: 1, part: 1, at: 1, bytes: long.subarray(1_000_000) },
    ...[3, 4, 5].map((place) => ({ place, part: 0, at: place, bytes: short })),
  ]);
  insert(connection, 'uftp_scope', [
    { id: 1, participant: 1, name: 'conversation', value: 'c', revision: 30 },
  ]);
  insert(
    connection,
    'uftp_scope_message',
    [1, 2, 3, 4, 5].map((place) => ({ scope: 1, place })),
  );
  insert(connection, 'uftp_task', [
    taskOf(1, 'work', 1, null, 'done', { work_id: 'process long', kind: 'process', attempt: 1, token: '22' }),
    taskOf(2, 'outgoing', 3, null, 'dead', { attempt: 1, token: '23' }),
    taskOf(3, 'outgoing', 4, 1, 'waiting'),
    taskOf(4, 'outgoing', 5, 0, 'waiting'),
  ]);
  connection.close();
  return path;
}

test('messages of a file of version 1 come back whole, with their bodies, states and attempts', async () => {
  const store = await sqlite(ofFirst());
  const read = await stored(store, message('long'));
  assert.equal(read.body, long);
  assert.equal([read.place, read.state, read.attempts], [1, 'done', [attempt]]);
  const answered = await stored(store, message('answered'));
  assert.equal([answered.body.length, answered.state, answered.attempts], [0, 'none', []]);
  assert.equal([answered.verdict?.result, answered.verifiedBy], ['accepted', 'key']);
  assert.equal(await listed(store), ['long', 'answered', 'dead', 'next', 'last']);
  assert.equal(await listed(store, { state: 'dead' }), ['dead']);
  assert.equal(await listed(store, { state: 'waiting' }), ['next', 'last']);
  assert.equal(await listed(store, { answers: 'long' }), ['dead']);
  assert.equal(await listed(store, { messageId: 'next' }), ['next']);
  await store.close();
});

test('a scope of a file of version 1 keeps its messages and the revision to which an answer moved it', async () => {
  const store = await sqlite(ofFirst());
  const { scopes } = await store.read({ participant: us, scopes: [conversation()] });
  assert.is(scopes[0]?.revision, 30);
  assert.equal(
    scopes[0]?.messages.map(({ place }) => place),
    [1, 2, 3, 4, 5],
  );
  const read = [{ participant: us, key: conversation(), revision: 30 }];
  await commits(store.commit({ read, received: message('new') }));
  assert.is(await revision(store, conversation()), 41);
  await store.close();
});

test('the queues of a file of version 1 go on in their order, and work that was done is known', async () => {
  const store = await sqlite(ofFirst());
  await commits(store.commit({ work: [work(message('long'), { id: 'process long' })] }));
  assert.is(await store.nextDueAt([us]), 0);
  const lease = await claimOne(store, 'outgoing', 0);
  assert.equal([lease.message.identity, lease.message.body], ['next', short]);
  await finish(store, lease);
  assert.equal(await claimed(store, 0), ['last']);
  const resend = { message: lease.message, dueAt: 9, unlessTriedSince: 9 };
  await commits(store.commit({ resend }));
  assert.equal(await listed(store, { state: 'waiting' }), ['next']);
  assert.equal(await store.prune({ bodiesBefore: 3, recordsBefore: 2 }), { bodies: 0, records: 1 });
  await store.close();
});

test('a file that was brought up to date is opened as it is', async () => {
  const path = ofFirst();
  await (await sqlite(path)).close();
  const store = await sqlite(path, { make: false });
  assert.equal(await listed(store), ['long', 'answered', 'dead', 'next', 'last']);
  await store.close();
});

/** Makes a file of an earlier version out of a new one: it does what `fill` does, and then what undoes the newer versions. */
async function ofEarlier(
  version: number,
  undo: readonly string[],
  fill: (store: Store<SqlTx>) => Promise<void>,
): Promise<string> {
  count += 1;
  const path = join(folder, `${count}.sqlite`);
  const made = await sqlite(path);
  await fill(made);
  await made.close();
  const connection = open(path);
  for (const sql of [...undo, `UPDATE uftp_schema SET version = ${version}`]) connection.prepare(sql).run();
  connection.close();
  return path;
}

const undoFourth = ['DROP INDEX uftp_task_end', 'DROP INDEX uftp_task_far'];

test('a file of version 2, which did not keep where keys were found, keeps it from now on', async () => {
  const undo = [...undoFourth, 'ALTER TABLE uftp_message DROP COLUMN key_from'];
  const path = await ofEarlier(2, undo, (made) =>
    commits(made.commit({ received: message('before', { verifiedBy: 'key' }) })),
  );
  const store = await sqlite(path);
  await commits(store.commit({ received: message('after', { verifiedBy: 'key', keyFrom: 'address book' }) }));
  const [before, after] = (await store.list({})).messages;
  assert.equal([before?.verifiedBy, before?.keyFrom], ['key', undefined]);
  assert.equal([after?.verifiedBy, after?.keyFrom], ['key', 'address book']);
  await store.close();
});

test('of a file of version 3, what has expired behind others is handed out, and what is far ahead', async () => {
  const path = await ofEarlier(3, undoFourth, async (made) => {
    await commits(made.commit({ outgoing: [outgoing('head'), outgoing('behind', { notAfter: 5 })] }));
    assert.equal(await claimed(made, 1e6), ['head', 'behind']);
  });
  const store = await sqlite(path);
  assert.equal(await claimed(store, 9), []);
  const leases = await claim(store, 'outgoing', 9, { farFrom: 1e6 });
  assert.equal(identities(leases), ['head']);
  await finish(store, leases[0]);
  const leased = await claim(store, 'outgoing', 9, { farFrom: 1e6 });
  assert.equal(
    leased.map(({ attempt: which, behind }) => [which, behind]),
    [[2, undefined]],
  );
  await store.close();
});

test('a process that has the file open when another brings it up to date works on', async () => {
  const path = await ofEarlier(3, undoFourth, async () => {});
  const earlier = open(path);
  const claiming = `SELECT id FROM uftp_task INDEXED BY uftp_task_due
    WHERE queue = ? AND participant = ? AND head = 1 AND due_at <= ? ORDER BY due_at, seq LIMIT ?`;
  const statement = earlier.prepare(claiming);
  assert.equal(statement.all('outgoing', 1, 0, 9), []);
  const store = await sqlite(path);
  await commits(store.commit({ outgoing: [outgoing('head')] }));
  assert.is((statement.all('outgoing', 1, 0, 9) as unknown[]).length, 1);
  earlier.close();
  await store.close();
});
