/** @module The tables of the SQL store as statements: what makes them, and what brings those of an earlier version up to date. */

/**
 * The tables and their indices but for those of {@link constant}.
 *
 * - State and attempts stand with the task, so that a message is hardly ever written again: it can have its body with it.
 * - Lists and look-ups name their index (INDEXED BY): without statistics, SQLite prefers an index by how many of
 *   its columns are asked for, whatever stands in them.
 * - `place`, revisions, tokens and the order of tasks are numbers of one counter, so that none ever comes again.
 * - A task's `head` is 1 where it is the first of its order key, 0 where it waits behind, NULL where it has
 *   ended. So what may be claimed is found at once, however many wait behind or have ended.
 */
const tables: readonly string[] = [
  // Reasons and keys are JSON. The body is its first part; NULL where it has none, or was removed.
  `CREATE TABLE uftp_message (
    place INTEGER PRIMARY KEY,
    participant INTEGER NOT NULL,
    direction TEXT NOT NULL,
    partner INTEGER NOT NULL,
    identity TEXT NOT NULL,
    type TEXT NOT NULL,
    version TEXT NOT NULL,
    message_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    verified_by TEXT,
    answers TEXT,
    result TEXT,
    reasons TEXT,
    keys TEXT NOT NULL,
    body BLOB,
    key_from TEXT
  )`,
  // In further parts, since a Durable Object takes no row above 2 MB.
  'CREATE TABLE uftp_body (place INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (place, part))',

  // The greatest place is the scope's revision. One at which no message stands is of an answer, or of a message removed.
  `CREATE TABLE uftp_scope (
    participant INTEGER NOT NULL,
    value TEXT NOT NULL,
    name TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (participant, value, name, place)
  ) WITHOUT ROWID`,

  // `place` and `at` are of its message; only work has a `work_id` and a `kind`; `urgent` is 1 of what was put first; `due_at`
  // is the end of a lease while it lasts; `token` is empty until it is claimed; `main` is 1 of the task whose state and attempts (JSON) its message shows.
  `CREATE TABLE uftp_task (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    participant INTEGER NOT NULL,
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    work_id TEXT,
    kind TEXT,
    order_key TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    head INTEGER,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    first_due_at INTEGER NOT NULL,
    not_after INTEGER,
    attempt INTEGER NOT NULL,
    token TEXT NOT NULL,
    main INTEGER NOT NULL,
    attempts TEXT NOT NULL
  )`,
];

/** When what waits behind a head may be ended: from its `not_after` on, and while it is leased not before the end of that. */
export const endsAt = "CASE token WHEN '' THEN not_after ELSE max(not_after, due_at) END";
/** What has no deadline: where it is due far ahead, the clock was set back. */
export const isPaused = "coalesce(kind, 'process') = 'process'";

/** Version 3 claimed heads only, by a clock that is not set back. */
const fromThird: readonly string[] = [
  `CREATE INDEX uftp_task_end ON uftp_task (queue, participant, ${endsAt}, seq) WHERE head = 0 AND not_after IS NOT NULL`,
  `CREATE INDEX uftp_task_far ON uftp_task (queue, participant, due_at, seq) WHERE head = 1 AND ${isPaused}`,
];

const indices: readonly string[] = [
  'CREATE UNIQUE INDEX uftp_message_identity ON uftp_message (participant, identity, direction, partner)',
  // Direction and partner ride along, so that a filter by direction or role is decided without the row.
  'CREATE INDEX uftp_message_time ON uftp_message (participant, at, place, direction, partner)',
  'CREATE INDEX uftp_message_partner ON uftp_message (participant, partner, at, place)',
  'CREATE INDEX uftp_message_type ON uftp_message (participant, type, at, place)',
  'CREATE INDEX uftp_message_conversation ON uftp_message (participant, conversation_id, at, place)',
  // All others are found by their identity.
  'CREATE INDEX uftp_message_id ON uftp_message (participant, message_id, at, place) WHERE message_id <> identity',
  'CREATE INDEX uftp_message_answers ON uftp_message (participant, answers, at, place) WHERE answers IS NOT NULL',
  'CREATE INDEX uftp_message_body ON uftp_message (at, place) WHERE body IS NOT NULL',
  'CREATE UNIQUE INDEX uftp_task_head ON uftp_task (queue, participant, order_key) WHERE head = 1',
  'CREATE INDEX uftp_task_due ON uftp_task (queue, participant, due_at, seq) WHERE head = 1',
  'CREATE INDEX uftp_task_behind ON uftp_task (queue, participant, order_key, urgent DESC, seq) WHERE head = 0',
  'CREATE UNIQUE INDEX uftp_task_work ON uftp_task (participant, work_id) WHERE work_id IS NOT NULL',
  'CREATE INDEX uftp_task_message ON uftp_task (place)',
  "CREATE INDEX uftp_task_state ON uftp_task (state, at, place) WHERE main = 1 AND state <> 'done'",
  ...fromThird,
];

/** What has been the same in all versions. */
const constant: readonly string[] = [
  'CREATE TABLE uftp_counter (value INTEGER NOT NULL)',
  'INSERT INTO uftp_counter VALUES (0)',
  'CREATE TABLE uftp_participant (id INTEGER PRIMARY KEY, role TEXT NOT NULL, domain TEXT NOT NULL, UNIQUE (domain, role))',
  'CREATE TABLE uftp_partner (id INTEGER PRIMARY KEY, role TEXT NOT NULL, domain TEXT NOT NULL, UNIQUE (domain, role))',
];

const renamed: readonly string[] = ['uftp_message', 'uftp_body', 'uftp_scope', 'uftp_task'];

/** Version 1 had the state of a message with it, its body apart, and a scope's revision apart from its messages. */
const fromFirst: readonly string[] = [
  ...renamed.map((table) => `ALTER TABLE ${table} RENAME TO ${table}_first`),
  ...tables,
  `INSERT INTO uftp_message SELECT place, participant, direction, partner, identity, type, version, message_id,
    conversation_id, content, at, verified_by, answers, result, reasons, keys,
    (SELECT bytes FROM uftp_body_first b WHERE b.place = m.place AND part = 0), NULL FROM uftp_message_first m`,
  'INSERT INTO uftp_body SELECT place, part, bytes FROM uftp_body_first WHERE part > 0',
  `INSERT INTO uftp_scope SELECT participant, value, name, place
    FROM uftp_scope_first s JOIN uftp_scope_message m ON m.scope = s.id`,
  'INSERT OR IGNORE INTO uftp_scope SELECT participant, value, name, revision FROM uftp_scope_first',
  `INSERT INTO uftp_task SELECT t.id, t.queue, t.participant, t.place, m.at, work_id, kind, order_key, urgent, seq, head,
    t.state, due_at, first_due_at, not_after, attempt, token, m.task IS t.id, CASE WHEN m.task IS t.id THEN attempts ELSE '[]' END
    FROM uftp_task_first t JOIN uftp_message_first m ON m.place = t.place`,
  ...renamed.map((table) => `DROP TABLE ${table}_first`),
  'DROP TABLE uftp_scope_message',
  ...indices,
];

/** Version 2 did not keep where a key was found. */
const fromSecond: readonly string[] = ['ALTER TABLE uftp_message ADD COLUMN key_from TEXT', ...fromThird];

/** What makes the newest tables, by the version of those that are there; in version 0 there are none. */
export const migrations: readonly (readonly string[])[] = [
  [...constant, ...tables, ...indices],
  fromFirst,
  fromSecond,
  fromThird,
];
