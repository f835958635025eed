/**
 * @module `commit` in PL/pgSQL: a commit as JSON in, its status out, in one call of the server; with what it calls.
 *
 * Each commit first locks all that it touches: identities, scopes, order keys, ids of work. They are advisory locks of
 * the transaction, taken in the order of their numbers, so that commits do not wait for one another in a circle, and
 * they are there for what has no row yet. Every statement after that sees what those before had written, which only
 * holds for READ COMMITTED. So places are taken in the order in which the commits of a scope end.
 */

/**
 * How what the store calls is run: on the tables of its schema, never by reading a whole one, and in the order of an
 * index. Plans are kept: tables that were small when they were made would be read from end to end when they have grown,
 * and all that is due would be gathered and sorted to claim the first few.
 */
export const settings =
  'LANGUAGE plpgsql SET search_path = ":schema", pg_temp SET enable_seqscan = off SET enable_bitmapscan = off';

/** How what is called from there is run: under the same settings. */
export const inner = 'LANGUAGE plpgsql';

/**
 * Lets the transaction end when it is on disk, also where a server, a database, a role or a pool says that commits do
 * not wait for that.
 */
export const untilOnDisk = `IF current_setting('synchronous_commit') = 'off' THEN
      PERFORM set_config('synchronous_commit', 'on', true);
    END IF;`;

/** How long to wait for a lock, in milliseconds: longer than any commit should take. */
const lockMsMax = 10_000;
/** With more locks, a commit goes alone: the server's table of locks is bounded. */
const locksMax = 64;

/** The functions; `:schema` stands for the schema's name. Nodes of the release before call them, too: what they take and give stays. */
export const commitFunctions: string = `
  -- The place of a message, by what names it.
  CREATE OR REPLACE FUNCTION place_of(key jsonb) RETURNS bigint STABLE ${inner} AS $$
  DECLARE
    found bigint;
  BEGIN
    SELECT m.place INTO found FROM message m
      WHERE m.participant = key->>'participant' AND m.direction = key->>'direction'
        AND m.partner = key->>'partner' AND m.identity = key->>'identity';
    RETURN found;
  END $$;

  -- Scopes as texts, of the keys of a message.
  CREATE OR REPLACE FUNCTION scopes_of(participant text, keys jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT participant || E'\\n' || (pair->>0) || E'\\n' || (pair->>1) FROM jsonb_array_elements(keys) pair
  $$;

  CREATE OR REPLACE FUNCTION scope_key(scope text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(scope, 'UTF8'))
  $$;

  -- Waits until no other commit is at what this one touches.
  CREATE OR REPLACE FUNCTION take_locks(item jsonb) RETURNS void ${inner} AS $$
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
    IF cardinality(numbers) > ${locksMax} THEN
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
  CREATE OR REPLACE FUNCTION take_head(come task) RETURNS boolean ${inner} AS $$
  DECLARE
    first task;
  BEGIN
    IF NOT come.urgent THEN RETURN NOT EXISTS (SELECT FROM task t WHERE t.lane = come.lane AND t.head); END IF;
    -- Locked against being claimed.
    SELECT * INTO first FROM task t WHERE t.lane = come.lane AND t.head FOR UPDATE;
    IF NOT FOUND THEN RETURN true; END IF;
    IF first.urgent OR first.token IS NOT NULL THEN RETURN false; END IF;
    UPDATE task SET head = false WHERE id = first.id;
    RETURN true;
  END $$;

  CREATE OR REPLACE FUNCTION add_task(given jsonb) RETURNS void ${inner} AS $$
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

  -- A retry keeps its place; whatever else ends lets the next one through, unless it waited behind another itself.
  CREATE OR REPLACE FUNCTION finish_task(held task, finish jsonb) RETURNS void ${inner} AS $$
  BEGIN
    UPDATE task t SET
      state = CASE finish->>'end' WHEN 'retry' THEN 'waiting' ELSE finish->>'end' END,
      head = CASE finish->>'end' WHEN 'retry' THEN t.head END,
      due_at = coalesce((finish->>'dueAt')::double precision, t.due_at),
      attempts = CASE WHEN t.main THEN t.attempts || (finish->'attempt') ELSE t.attempts END
      WHERE t.id = held.id;
    IF finish->>'end' = 'retry' OR NOT held.head THEN RETURN; END IF;
    UPDATE task SET head = true WHERE id = (
      SELECT t.id FROM task t WHERE t.lane = held.lane AND NOT t.head ORDER BY t.urgent DESC, t.seq LIMIT 1);
  END $$;

  CREATE OR REPLACE FUNCTION resend_task(resend jsonb) RETURNS void ${inner} AS $$
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
      token = NULL, due_at = (resend->>'dueAt')::double precision, first_due_at = (resend->>'dueAt')::double precision
      WHERE id = again.id;
  END $$;

  CREATE OR REPLACE FUNCTION add_message(fresh message) RETURNS void ${inner} AS $$
  BEGIN
    fresh.place := nextval('counter');
    INSERT INTO message SELECT fresh.*;
    INSERT INTO scope SELECT DISTINCT scope_key(s), fresh.place FROM scopes_of(fresh.participant, fresh.keys) s
      ON CONFLICT (key) DO UPDATE SET revision = excluded.revision;
    INSERT INTO scope_message SELECT DISTINCT scope_key(s), fresh.place FROM scopes_of(fresh.participant, fresh.keys) s;
  END $$;

  CREATE OR REPLACE FUNCTION answer_message(answered bigint, answer jsonb) RETURNS void ${inner} AS $$
  DECLARE
    moved CONSTANT bigint := nextval('counter');
  BEGIN
    UPDATE message SET verdict = answer->'verdict' WHERE place = answered;
    UPDATE scope SET revision = moved WHERE key IN (
      SELECT scope_key(scopes_of(m.participant, m.keys)) FROM message m WHERE m.place = answered);
  END $$;

  -- The whole of a commit but the user's own writes; bodies are those of item.messages, in base64.
  CREATE OR REPLACE FUNCTION commit(item jsonb, bodies text[]) RETURNS SETOF json
    ${settings} SET lock_timeout = ${lockMsMax} AS $$
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
    ${untilOnDisk}
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
`;
