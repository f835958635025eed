/** @module The tables of the PostgreSQL store: a connection in, a schema that has them in their newest form out. */

import { UftpError } from '../../errors.ts';
import { missingStore } from '../missing.ts';
import { inTime } from './ask.ts';
import { commitFunctions } from './commit.ts';
import type { PgSql, PgTx } from './driver.ts';
import { queryFunctions } from './functions.ts';

/**
 * What makes each version of the schema from the one before; never changed once released, only added to. Nodes of the
 * release before go on working while they are replaced, so a function that changes gets a new name.
 *
 * - `place`, revisions, tokens and the order of tasks are numbers of one sequence, so that none ever comes again.
 * - Parties stand as `DSO dso.example`, times as milliseconds since 1970 that callers gave: the server's clock is
 *   never asked.
 * - A scope is known by the SHA-256 of its participant, name and value, however long they are.
 * - A task's `head` is true where it is the first of its order key, false where it waits behind, null where it has
 *   ended. So what may be claimed is found at once, however many wait behind or have ended.
 * - Each look-up has one index only that serves it: plans are made while tables are empty and all indexes look alike.
 * - State and attempts stand with the task, so that delivery never writes a message again.
 */
const migrations: readonly string[] = [
  `
  CREATE SEQUENCE counter;

  CREATE TABLE message (
    place bigint PRIMARY KEY,
    participant text NOT NULL,
    direction text NOT NULL,
    partner text NOT NULL,
    identity text NOT NULL,
    type text NOT NULL,
    version text NOT NULL,
    message_id text NOT NULL,
    conversation_id text NOT NULL,
    content text NOT NULL,
    at double precision NOT NULL,
    verified_by text,
    answers text,
    verdict jsonb,
    keys jsonb NOT NULL,          -- pairs of name and value, as given
    body bytea                    -- null: none, or removed
  );
  ALTER TABLE message ALTER body SET STORAGE EXTERNAL; -- compressing costs more than it saves
  CREATE UNIQUE INDEX message_identity ON message (participant, direction, partner, identity);
  CREATE INDEX message_time ON message (at, place);
  CREATE INDEX message_body ON message (at, place) WHERE body IS NOT NULL;
  CREATE INDEX message_partner ON message (split_part(partner, ' ', 2), at, place);
  CREATE INDEX message_type ON message (type, at, place);
  CREATE INDEX message_conversation ON message (conversation_id, at, place);
  CREATE INDEX message_id ON message (message_id, at, place);
  CREATE INDEX message_answers ON message (answers, at, place) WHERE answers IS NOT NULL;

  CREATE TABLE scope (key bytea PRIMARY KEY, revision bigint NOT NULL) WITH (fillfactor = 70);
  CREATE TABLE scope_message (scope bytea NOT NULL, place bigint NOT NULL, PRIMARY KEY (scope, place));

  CREATE TABLE task (
    id bigint PRIMARY KEY,
    owner text NOT NULL,          -- queue and participant
    lane text NOT NULL,           -- owner and order key
    place bigint NOT NULL,        -- its message
    work_id text,                 -- of work only
    kind text,                    -- of work only
    urgent boolean NOT NULL,      -- put first
    seq bigint NOT NULL,
    head boolean,
    state text NOT NULL,
    due_at double precision NOT NULL, -- while leased, the end of the lease
    first_due_at double precision NOT NULL,
    not_after double precision,
    attempt integer NOT NULL,
    token bigint,
    main boolean NOT NULL,        -- the one whose state and attempts its message shows
    attempts jsonb NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0.02);
  CREATE UNIQUE INDEX task_head ON task (lane) WHERE head;
  CREATE INDEX task_due ON task (owner, due_at, seq) WHERE head;
  CREATE INDEX task_behind ON task (lane, urgent DESC, seq) WHERE NOT head;
  CREATE UNIQUE INDEX task_work ON task (owner, work_id) WHERE work_id IS NOT NULL;
  CREATE INDEX task_message ON task (place);
  CREATE INDEX task_state ON task (state, place) WHERE main AND state <> 'done';

  CREATE VIEW stored AS
    SELECT m.place, m.participant, m.direction, m.partner, m.identity, m.type, m.version, m.message_id,
      m.conversation_id, m.content, m.at, m.verified_by, m.answers, m.verdict, m.keys,
      replace(encode(m.body, 'base64'), E'\\n', '') AS body, t.state, t.attempts
    FROM message m LEFT JOIN task t ON t.place = m.place AND t.main;
  ${commitFunctions}
  ${queryFunctions}
  `,
  `
  ALTER TABLE message ADD COLUMN key_from text;
  CREATE OR REPLACE VIEW stored AS
    SELECT m.place, m.participant, m.direction, m.partner, m.identity, m.type, m.version, m.message_id,
      m.conversation_id, m.content, m.at, m.verified_by, m.answers, m.verdict, m.keys,
      replace(encode(m.body, 'base64'), E'\\n', '') AS body, t.state, t.attempts, m.key_from
    FROM message m LEFT JOIN task t ON t.place = m.place AND t.main;
  `,
];

/**
 * Makes the tables, or brings them up to date. Of many nodes that start at once one does it, the others wait for it; a
 * node that finds them up to date needs no right to make any.
 *
 * @param schema a plain lower-case name
 * @param make false: where there are none, none are made
 * @param answerMsMax how long to wait until it is known what is there; making tables may take longer
 * @throws {UftpError} `store-unavailable` where a newer version of this package has been at them, or none are made
 */
export async function migrate(sql: PgSql, schema: string, make: boolean, answerMsMax: number): Promise<void> {
  const before = await inTime(versionOf(sql, schema), answerMsMax);
  if (before === migrations.length) return;
  if (before === 0 && !make) {
    throw missingStore(`schema ${schema}`);
  }
  await sql.begin('isolation level read committed', async (tx) => {
    await tx.unsafe(`SELECT pg_advisory_xact_lock(hashtextextended('uftp migration ${schema}', 0))`);
    const version = await versionOf(tx, schema);
    if (version === migrations.length) return;
    if (version === 0) {
      const [found] = await tx.unsafe(`SELECT 1 AS one FROM pg_namespace WHERE nspname = '${schema}'`);
      if (found === undefined) await tx.unsafe(`CREATE SCHEMA "${schema}"`);
      await tx.unsafe(`CREATE TABLE "${schema}".migration (version integer PRIMARY KEY)`);
    }
    await tx.unsafe(`SET LOCAL search_path = "${schema}", pg_temp`);
    for (const [index, statements] of migrations.entries()) {
      if (index < version) continue;
      await tx.unsafe(statements.replaceAll(':schema', schema));
      await tx.unsafe(`INSERT INTO "${schema}".migration VALUES (${index + 1})`);
    }
  });
}

/** The version of the tables; 0 where there are none. */
async function versionOf(sql: PgTx, schema: string): Promise<number> {
  // Not to_regclass: it may answer by what this connection remembers from before it waited for another node.
  const [made] = await sql.unsafe(
    `SELECT 1 AS one FROM pg_tables WHERE schemaname = '${schema}' AND tablename = 'migration'`,
  );
  if (made === undefined) return 0;
  const [row] = await sql.unsafe<{ version: number | null }>(
    `SELECT max(version) AS version FROM "${schema}".migration`,
  );
  const version = row?.version ?? 0;
  if (version > migrations.length) {
    throw new UftpError(
      'store-unavailable',
      `the tables of schema ${schema} are of version ${version}, this package knows ${migrations.length}: update it`,
    );
  }
  return version;
}
