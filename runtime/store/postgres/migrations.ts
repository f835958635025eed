/** @module The tables of the PostgreSQL store as statements: what makes them, and what brings those of an earlier version up to date. */

/** When what waits behind a head may be ended: from its `not_after` on, and while it is leased not before the end of that. */
export const endsAt = '(CASE WHEN token IS NULL THEN not_after ELSE greatest(not_after, due_at) END)';
/** A head without a deadline: where it is due far ahead, the clock was set back. Said so that no other index serves. */
export const isPausedHead = "(CASE WHEN head THEN coalesce(kind, 'process') END = 'process')";

/**
 * What makes each version of the tables from the one before; never changed once released, only added to. Nodes of the
 * release before go on working while they are replaced. Functions are none of it: they are made anew behind every
 * migration, so that where only functions change, a version without statements is added.
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
export const migrations: readonly string[] = [
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
  `,
  // Locked as those who read lock them: the view, then what it shows.
  `
  LOCK TABLE stored;
  ALTER TABLE message ADD COLUMN key_from text;
  CREATE OR REPLACE VIEW stored AS
    SELECT m.place, m.participant, m.direction, m.partner, m.identity, m.type, m.version, m.message_id,
      m.conversation_id, m.content, m.at, m.verified_by, m.answers, m.verdict, m.keys,
      replace(encode(m.body, 'base64'), E'\\n', '') AS body, t.state, t.attempts, m.key_from
    FROM message m LEFT JOIN task t ON t.place = m.place AND t.main;
  `,
  `
  CREATE INDEX task_end ON task (owner, ${endsAt}, seq) WHERE NOT head AND not_after IS NOT NULL;
  CREATE INDEX task_far ON task (owner, due_at, seq) WHERE ${isPausedHead};
  `,
];
