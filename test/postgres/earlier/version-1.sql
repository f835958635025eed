-- What made version 1 of the schema, to the letter; `:schema` stands for its name. Never to be changed.
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
    replace(encode(m.body, 'base64'), E'\n', '') AS body, t.state, t.attempts
  FROM message m LEFT JOIN task t ON t.place = m.place AND t.main;

-- The place of a message, by what names it.
CREATE FUNCTION place_of(key jsonb) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
DECLARE
  found bigint;
BEGIN
  SELECT m.place INTO found FROM message m
    WHERE m.participant = key->>'participant' AND m.direction = key->>'direction'
      AND m.partner = key->>'partner' AND m.identity = key->>'identity';
  RETURN found;
END $$;

-- Scopes as texts, of the keys of a message.
CREATE FUNCTION scopes_of(participant text, keys jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT participant || E'\n' || (pair->>0) || E'\n' || (pair->>1) FROM jsonb_array_elements(keys) pair
$$;

CREATE FUNCTION scope_key(scope text) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(scope, 'UTF8'))
$$;

-- Waits until no other commit is at what this one touches.
CREATE FUNCTION take_locks(item jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  seed CONSTANT bigint := hashtextextended('uftp :schema', 0);
  names text[] := ARRAY(SELECT jsonb_array_elements_text(item->'locks'));
  numbers bigint[];
  number bigint;
BEGIN
  IF item ? 'finish' THEN
    names := names || ARRAY(SELECT 'lane ' || t.lane FROM task t WHERE t.id = (item#>>'{finish,task}')::bigint);
  END IF;
  IF item ? 'answer' THEN
    names := names || ARRAY(
      SELECT 'scope ' || scopes_of(m.participant, m.keys) FROM message m
        WHERE m.place = place_of(item#>'{answer,message}'));
  END IF;
  IF item ? 'resend' THEN
    names := names || ARRAY(
      SELECT 'lane ' || t.lane FROM task t
        WHERE t.place = place_of(item#>'{resend,message}') AND t.kind IS NULL);
  END IF;
  numbers := ARRAY(SELECT DISTINCT hashtextextended(name, seed) AS number FROM unnest(names) name ORDER BY 1);
  IF cardinality(numbers) > 64 THEN
    PERFORM pg_advisory_xact_lock(seed);
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(seed);
  FOREACH number IN ARRAY numbers LOOP
    PERFORM pg_advisory_xact_lock(number);
  END LOOP;
END $$;

-- True where a task that comes is the first of its order key. An urgent one takes the place of a first one that is
-- neither urgent nor has been claimed.
CREATE FUNCTION take_head(come task) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  first task;
BEGIN
  IF NOT come.urgent THEN RETURN NOT EXISTS (SELECT FROM task t WHERE t.lane = come.lane AND t.head); END IF;
  -- Locked against being claimed.
  SELECT * INTO first FROM task t WHERE t.lane = come.lane AND t.head FOR UPDATE;
  IF NOT FOUND THEN RETURN true; END IF;
  IF first.urgent OR first.attempt > 0 THEN RETURN false; END IF;
  UPDATE task SET head = false WHERE id = first.id;
  RETURN true;
END $$;

CREATE FUNCTION add_task(given jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  fresh task := jsonb_populate_record(NULL::task, given);
BEGIN
  IF EXISTS (SELECT FROM task t WHERE t.owner = fresh.owner AND t.work_id = fresh.work_id) THEN RETURN; END IF;
  -- Locked against removal.
  SELECT m.place INTO fresh.place FROM message m WHERE m.place = place_of(given->'message') FOR KEY SHARE;
  IF fresh.place IS NULL THEN
    RAISE EXCEPTION 'work % is on a message that is not stored', fresh.work_id USING ERRCODE = 'UF001';
  END IF;
  fresh.id := nextval('counter');
  fresh.seq := fresh.id;
  fresh.head := take_head(fresh);
  fresh.state := 'waiting';
  fresh.first_due_at := fresh.due_at;
  fresh.attempt := 0;
  fresh.attempts := '[]';
  IF fresh.main THEN
    UPDATE task SET main = false WHERE place = fresh.place AND main RETURNING attempts INTO fresh.attempts;
    fresh.attempts := coalesce(fresh.attempts, '[]');
  END IF;
  INSERT INTO task SELECT fresh.*;
END $$;

CREATE FUNCTION finish_task(held task, finish jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE task t SET
    state = CASE finish->>'end' WHEN 'retry' THEN 'waiting' ELSE finish->>'end' END,
    head = CASE finish->>'end' WHEN 'retry' THEN true END,
    due_at = coalesce((finish->>'dueAt')::double precision, t.due_at),
    attempts = CASE WHEN t.main THEN t.attempts || (finish->'attempt') ELSE t.attempts END
    WHERE t.id = held.id;
  IF finish->>'end' = 'retry' THEN RETURN; END IF;
  UPDATE task SET head = true WHERE id = (
    SELECT t.id FROM task t WHERE t.lane = held.lane AND NOT t.head ORDER BY t.urgent DESC, t.seq LIMIT 1);
END $$;

CREATE FUNCTION resend_task(resend jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  again task;
  since CONSTANT double precision := (resend->>'unlessTriedSince')::double precision;
BEGIN
  PERFORM FROM message m WHERE m.place = place_of(resend->'message') AND m.body IS NOT NULL FOR KEY SHARE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT * INTO again FROM task t
    WHERE t.place = place_of(resend->'message') AND t.kind IS NULL AND t.head IS NULL
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(t.attempts) a WHERE (a->>'at')::double precision >= since);
  IF NOT FOUND THEN RETURN; END IF;
  again.urgent := false;
  UPDATE task SET state = 'waiting', urgent = false, head = take_head(again), seq = nextval('counter'), attempt = 0,
    due_at = (resend->>'dueAt')::double precision, first_due_at = (resend->>'dueAt')::double precision
    WHERE id = again.id;
END $$;

CREATE FUNCTION add_message(fresh message) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  fresh.place := nextval('counter');
  INSERT INTO message SELECT fresh.*;
  INSERT INTO scope SELECT DISTINCT scope_key(s), fresh.place FROM scopes_of(fresh.participant, fresh.keys) s
    ON CONFLICT (key) DO UPDATE SET revision = excluded.revision;
  INSERT INTO scope_message SELECT DISTINCT scope_key(s), fresh.place FROM scopes_of(fresh.participant, fresh.keys) s;
END $$;

CREATE FUNCTION answer_message(answered bigint, answer jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  moved CONSTANT bigint := nextval('counter');
BEGIN
  UPDATE message SET verdict = answer->'verdict' WHERE place = answered;
  UPDATE scope SET revision = moved WHERE key IN (
    SELECT scope_key(scopes_of(m.participant, m.keys)) FROM message m WHERE m.place = answered);
END $$;

-- The whole of a commit but the user's own writes; bodies are those of item.messages, in base64.
CREATE FUNCTION commit(item jsonb, bodies text[]) RETURNS SETOF json
  LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off SET lock_timeout = 10000 AS $$
DECLARE
  held task;
  known bigint;
  answered bigint;
  each jsonb;
  fresh message;
  nth integer := 0;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'uftp needs transactions that are READ COMMITTED';
  END IF;
  PERFORM take_locks(item);

  IF item ? 'finish' THEN
    SELECT * INTO held FROM task t
      WHERE t.id = (item#>>'{finish,task}')::bigint AND t.token = (item#>>'{finish,token}')::bigint
        AND t.state = 'leased'
      FOR UPDATE;
    IF NOT FOUND THEN
      RETURN NEXT json_build_object('status', 'lost');
      RETURN;
    END IF;
  END IF;
  FOR each IN SELECT jsonb_array_elements(item->'messages') LOOP
    known := place_of(each);
    IF known IS NOT NULL THEN
      RETURN QUERY SELECT json_build_object('status', 'duplicate', 'record', row_to_json(s)) FROM stored s
        WHERE s.place = known;
      IF FOUND THEN RETURN; END IF; -- else it has just been pruned
    END IF;
  END LOOP;
  IF item ? 'answer' THEN
    SELECT m.place INTO answered FROM message m
      WHERE m.place = place_of(item#>'{answer,message}') AND m.verdict->>'result' = 'deferred';
    IF NOT FOUND THEN
      RETURN NEXT json_build_object('status', 'answered');
      RETURN;
    END IF;
  END IF;
  FOR each IN SELECT jsonb_array_elements(item->'read') LOOP
    IF (each->>'revision')::double precision <>
      coalesce((SELECT s.revision FROM scope s WHERE s.key = scope_key(each->>'scope')), 0) THEN
      RETURN NEXT json_build_object('status', 'conflict');
      RETURN;
    END IF;
  END LOOP;

  IF item ? 'finish' THEN PERFORM finish_task(held, item->'finish'); END IF;
  IF item ? 'answer' THEN PERFORM answer_message(answered, item->'answer'); END IF;
  FOR fresh IN SELECT * FROM jsonb_populate_recordset(NULL::message, item->'messages') LOOP
    nth := nth + 1;
    fresh.body := decode(nullif(bodies[nth], ''), 'base64');
    PERFORM add_message(fresh);
  END LOOP;
  FOR each IN SELECT jsonb_array_elements(item->'tasks') LOOP
    PERFORM add_task(each);
  END LOOP;
  IF item ? 'resend' THEN PERFORM resend_task(item->'resend'); END IF;
  RETURN NEXT json_build_object('status', 'committed');
END $$;


-- All its statements see one moment, since it is STABLE: that of the statement that calls it. First comes what is
-- known and where, then the messages, each once.
CREATE FUNCTION read(request jsonb) RETURNS SETOF json STABLE LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
DECLARE
  known CONSTANT bigint := place_of(request->'message');
  scopes CONSTANT bytea[] := ARRAY(SELECT scope_key(s) FROM jsonb_array_elements_text(request->'scopes') s);
BEGIN
  RETURN NEXT json_build_object('known', known, 'scopes', ARRAY(
    SELECT json_build_object(
      'revision', coalesce((SELECT s.revision FROM scope s WHERE s.key = u.key), 0),
      'places', ARRAY(SELECT sm.place FROM scope_message sm WHERE sm.scope = u.key ORDER BY sm.place))
    FROM unnest(scopes) WITH ORDINALITY u(key, nth) ORDER BY u.nth));
  RETURN QUERY SELECT row_to_json(s) FROM stored s WHERE s.place = ANY (ARRAY(
    SELECT sm.place FROM scope_message sm WHERE sm.scope = ANY (scopes) UNION SELECT known));
END $$;

CREATE FUNCTION claim(request jsonb) RETURNS SETOF json LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
DECLARE
  few CONSTANT integer := (request->>'limit')::integer;
  due CONSTANT bigint[] := ARRAY(
    SELECT d.id FROM (SELECT DISTINCT jsonb_array_elements_text(request->'owners') AS name) o
      CROSS JOIN LATERAL (
        SELECT t.id, t.due_at, t.seq FROM task t
          WHERE t.owner = o.name AND t.head AND t.due_at <= (request->>'now')::double precision
          ORDER BY t.due_at, t.seq LIMIT few FOR UPDATE SKIP LOCKED) d
      ORDER BY d.due_at, d.seq LIMIT few);
BEGIN
  IF cardinality(due) = 0 THEN RETURN; END IF;
  UPDATE task SET state = 'leased', due_at = (request->>'until')::double precision, attempt = attempt + 1,
    token = nextval('counter') WHERE id = ANY (due);
  RETURN QUERY SELECT json_build_object('task', t.id, 'token', t.token, 'attempt', t.attempt, 'kind', t.kind,
      'firstDueAt', t.first_due_at, 'notAfter', t.not_after, 'message', row_to_json(s))
    FROM unnest(due) WITH ORDINALITY u(id, nth) JOIN task t ON t.id = u.id JOIN stored s ON s.place = t.place
    ORDER BY u.nth;
END $$;

CREATE FUNCTION renew(request jsonb) RETURNS SETOF json LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY UPDATE task t SET due_at = (request->>'until')::double precision
    WHERE t.id = (request->>'task')::bigint AND t.token = (request->>'token')::bigint AND t.state = 'leased'
    RETURNING to_json(t.due_at);
END $$;

CREATE FUNCTION next_due(owners jsonb) RETURNS SETOF json STABLE LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT to_json(min(d.due_at))
    FROM jsonb_array_elements_text(owners) o(name) CROSS JOIN LATERAL (
      SELECT t.due_at FROM task t WHERE t.owner = o.name AND t.head ORDER BY t.due_at LIMIT 1) d;
END $$;

CREATE FUNCTION prune_records(request jsonb) RETURNS SETOF json LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
DECLARE
  found bigint[];
  victims bigint[];
  scopes bytea[];
  next json;
BEGIN
  
  found := ARRAY(
    SELECT m.place FROM message m
      WHERE true AND m.at < (request->>'before')::double precision
        AND (m.at, m.place) > ((request->>'at')::double precision, (request->>'place')::bigint)
        AND NOT EXISTS (SELECT FROM task t WHERE t.place = m.place AND t.head IS NOT NULL)
      ORDER BY m.at, m.place LIMIT 500 FOR UPDATE SKIP LOCKED);
  -- Asked again, now that no task can come: one may have come since the first look.
  victims := ARRAY(
    SELECT v FROM unnest(found) v WHERE NOT EXISTS (SELECT FROM task t WHERE t.place = v AND t.head IS NOT NULL));
  IF cardinality(found) = 500 THEN
    SELECT json_build_object('at', m.at, 'place', m.place) INTO next FROM message m WHERE m.place = found[500];
  END IF;
  scopes := ARRAY(
    SELECT DISTINCT scope_key(scopes_of(m.participant, m.keys)) FROM message m WHERE m.place = ANY (victims));
  DELETE FROM scope_message WHERE scope = ANY (scopes) AND place = ANY (victims);
  DELETE FROM task WHERE place = ANY (victims);
  DELETE FROM message WHERE place = ANY (victims);
  -- A scope whose revision has moved since it was looked at has got a message.
  WITH empty AS (
    SELECT s.key, s.revision FROM scope s
      WHERE s.key = ANY (scopes) AND NOT EXISTS (SELECT FROM scope_message sm WHERE sm.scope = s.key)
  )
  DELETE FROM scope s USING empty WHERE s.key = empty.key AND s.revision = empty.revision;
  RETURN NEXT json_build_object('removed', cardinality(victims), 'next', next);
END $$;

CREATE FUNCTION prune_bodies(request jsonb) RETURNS SETOF json LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off AS $$
DECLARE
  found bigint[];
  victims bigint[];
  next json;
BEGIN
  
  found := ARRAY(
    SELECT m.place FROM message m
      WHERE m.body IS NOT NULL AND m.at < (request->>'before')::double precision
        AND (m.at, m.place) > ((request->>'at')::double precision, (request->>'place')::bigint)
        AND NOT EXISTS (SELECT FROM task t WHERE t.place = m.place AND t.head IS NOT NULL)
      ORDER BY m.at, m.place LIMIT 500 FOR UPDATE SKIP LOCKED);
  -- Asked again, now that no task can come: one may have come since the first look.
  victims := ARRAY(
    SELECT v FROM unnest(found) v WHERE NOT EXISTS (SELECT FROM task t WHERE t.place = v AND t.head IS NOT NULL));
  IF cardinality(found) = 500 THEN
    SELECT json_build_object('at', m.at, 'place', m.place) INTO next FROM message m WHERE m.place = found[500];
  END IF;
  UPDATE message SET body = NULL WHERE place = ANY (victims);
  RETURN NEXT json_build_object('removed', cardinality(victims), 'next', next);
END $$;
