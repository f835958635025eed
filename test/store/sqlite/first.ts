/** @module The tables as version 1 of the SQL store made them, as statements. */

export const first: readonly string[] = [
  'CREATE TABLE uftp_counter (value INTEGER NOT NULL)',
  'INSERT INTO uftp_counter VALUES (0)',
  'CREATE TABLE uftp_participant (id INTEGER PRIMARY KEY, role TEXT NOT NULL, domain TEXT NOT NULL, UNIQUE (domain, role))',
  'CREATE TABLE uftp_partner (id INTEGER PRIMARY KEY, role TEXT NOT NULL, domain TEXT NOT NULL, UNIQUE (domain, role))',

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
    reasons TEXT,                        -- JSON
    keys TEXT NOT NULL,                  -- JSON, as given
    task INTEGER,                        -- the one whose state and attempts these are
    state TEXT NOT NULL DEFAULT 'none',
    attempts TEXT NOT NULL DEFAULT '[]'  -- JSON
  )`,
  'CREATE UNIQUE INDEX uftp_message_identity ON uftp_message (participant, direction, partner, identity)',
  // Direction and partner ride along, so that a filter by direction or role is decided without the row.
  'CREATE INDEX uftp_message_time ON uftp_message (participant, at, place, direction, partner)',
  'CREATE INDEX uftp_message_partner ON uftp_message (participant, partner, at, place)',
  'CREATE INDEX uftp_message_type ON uftp_message (participant, type, at, place)',
  'CREATE INDEX uftp_message_conversation ON uftp_message (participant, conversation_id, at, place)',
  'CREATE INDEX uftp_message_id ON uftp_message (participant, message_id, at, place)',
  'CREATE INDEX uftp_message_answers ON uftp_message (participant, answers, at, place) WHERE answers IS NOT NULL',
  'CREATE INDEX uftp_message_state ON uftp_message (participant, state, at, place)',

  // In parts, since a Durable Object takes no value above 2 MB.
  `CREATE TABLE uftp_body (
    place INTEGER NOT NULL,
    part INTEGER NOT NULL,
    at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (place, part)
  )`,
  'CREATE INDEX uftp_body_time ON uftp_body (at, place) WHERE part = 0',

  `CREATE TABLE uftp_scope (
    id INTEGER PRIMARY KEY,
    participant INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (participant, value, name)
  )`,
  'CREATE TABLE uftp_scope_message (scope INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (scope, place)) WITHOUT ROWID',
  'CREATE INDEX uftp_scope_message_place ON uftp_scope_message (place)',

  `CREATE TABLE uftp_task (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    participant INTEGER NOT NULL,
    place INTEGER NOT NULL,              -- its message
    work_id TEXT,                        -- of work only
    kind TEXT,                           -- of work only
    order_key TEXT NOT NULL,
    urgent INTEGER NOT NULL,             -- 1: put first
    seq INTEGER NOT NULL,
    head INTEGER,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,             -- while leased, the end of the lease
    first_due_at INTEGER NOT NULL,
    not_after INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    token TEXT NOT NULL DEFAULT ''
  )`,
  'CREATE UNIQUE INDEX uftp_task_head ON uftp_task (queue, participant, order_key) WHERE head = 1',
  'CREATE INDEX uftp_task_due ON uftp_task (queue, participant, due_at, seq) WHERE head = 1',
  'CREATE INDEX uftp_task_behind ON uftp_task (queue, participant, order_key, urgent DESC, seq) WHERE head = 0',
  'CREATE UNIQUE INDEX uftp_task_work ON uftp_task (participant, work_id) WHERE work_id IS NOT NULL',
  'CREATE INDEX uftp_task_message ON uftp_task (place)',
];
