/** @module What the PostgreSQL store asks beside commits, in PL/pgSQL: each takes a request as JSON and gives rows as JSON. */

import { settings, untilOnDisk } from './commit.ts';
import { endsAt, isPausedHead } from './migrations.ts';

/** How many messages one step of a removal looks for, so that it takes milliseconds. */
const stepMax = 500;

/** What one step of a removal does first: finds some that came before a moment and have no task that is not ended. */
const findVictims = (condition: string): string => `
    found := ARRAY(
      SELECT m.place FROM message m
        WHERE ${condition} AND m.at < (request->>'before')::double precision
          AND (m.at, m.place) > ((request->>'at')::double precision, (request->>'place')::bigint)
          AND NOT EXISTS (SELECT FROM task t WHERE t.place = m.place AND t.head IS NOT NULL)
        ORDER BY m.at, m.place LIMIT ${stepMax} FOR UPDATE SKIP LOCKED);
    -- Asked again, now that no task can come: one may have come since the first look.
    victims := ARRAY(
      SELECT v FROM unnest(found) v WHERE NOT EXISTS (SELECT FROM task t WHERE t.place = v AND t.head IS NOT NULL));
    IF cardinality(found) = ${stepMax} THEN
      SELECT json_build_object('at', m.at, 'place', m.place) INTO next FROM message m WHERE m.place = found[${stepMax}];
    END IF;`;

/** Finds some tasks of an owner, those first whose moment came first, and locks them; not what others have locked. */
const lockDue = (condition: string, moment = 'due_at'): string => `
            SELECT * FROM (
              SELECT id, ${moment} AS moment, seq FROM task t WHERE owner = o.name AND ${condition}
                ORDER BY ${moment}, seq LIMIT few FOR UPDATE SKIP LOCKED) these`;

/** The functions; `:schema` stands for the schema's name. Nodes of the release before call them, too: what they take and give stays. */
export const queryFunctions: string = `
  -- All its statements see one moment, since it is STABLE: that of the statement that calls it. First comes what is
  -- known and where, then the messages, each once.
  CREATE OR REPLACE FUNCTION read(request jsonb) RETURNS SETOF json STABLE ${settings} AS $$
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

  CREATE OR REPLACE FUNCTION claim(request jsonb) RETURNS SETOF json ${settings} AS $$
  DECLARE
    few CONSTANT integer := (request->>'limit')::integer;
    this_moment CONSTANT double precision := (request->>'now')::double precision;
    due CONSTANT bigint[] := ARRAY(
      SELECT d.id FROM (SELECT DISTINCT jsonb_array_elements_text(request->'owners') AS name) o
        CROSS JOIN LATERAL (${[
          lockDue('head AND due_at <= this_moment'),
          lockDue(`NOT head AND not_after IS NOT NULL AND ${endsAt} <= this_moment`, endsAt),
          lockDue(
            `${isPausedHead} AND due_at > this_moment AND due_at >= (request->>'farFrom')::double precision`,
          ),
        ].join(`
            UNION ALL`)}) d
        ORDER BY d.moment, d.seq LIMIT few);
  BEGIN
    IF cardinality(due) = 0 THEN RETURN; END IF;
    -- Or a server that fails could give a token again that somebody holds.
    ${untilOnDisk}
    UPDATE task SET state = 'leased', due_at = (request->>'until')::double precision, attempt = attempt + 1,
      token = nextval('counter') WHERE id = ANY (due);
    RETURN QUERY SELECT json_build_object('task', t.id, 'token', t.token, 'attempt', t.attempt, 'kind', t.kind,
        'firstDueAt', t.first_due_at, 'notAfter', t.not_after, 'behind', NOT t.head, 'message', row_to_json(s))
      FROM unnest(due) WITH ORDINALITY u(id, nth) JOIN task t ON t.id = u.id JOIN stored s ON s.place = t.place
      ORDER BY u.nth;
  END $$;

  CREATE OR REPLACE FUNCTION renew(request jsonb) RETURNS SETOF json ${settings} AS $$
  BEGIN
    RETURN QUERY UPDATE task t SET due_at = (request->>'until')::double precision,
        attempt = greatest(0, t.attempt - coalesce((request->>'isUntried')::boolean, false)::integer)
      WHERE t.id = (request->>'task')::bigint AND t.token = (request->>'token')::bigint AND t.state = 'leased'
      RETURNING to_json(t.attempt);
  END $$;

  CREATE OR REPLACE FUNCTION next_due(owners jsonb) RETURNS SETOF json STABLE ${settings} AS $$
  BEGIN
    RETURN QUERY SELECT to_json(min(d.moment))
      FROM jsonb_array_elements_text(owners) o(name) CROSS JOIN LATERAL (
        (SELECT due_at AS moment FROM task WHERE owner = o.name AND head ORDER BY due_at LIMIT 1)
        UNION ALL
        (SELECT ${endsAt} FROM task WHERE owner = o.name AND NOT head AND not_after IS NOT NULL
          ORDER BY ${endsAt} LIMIT 1)) d;
  END $$;

  CREATE OR REPLACE FUNCTION prune_records(request jsonb) RETURNS SETOF json ${settings} AS $$
  DECLARE
    found bigint[];
    victims bigint[];
    scopes bytea[];
    next json;
  BEGIN
    ${findVictims('true')}
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

  CREATE OR REPLACE FUNCTION prune_bodies(request jsonb) RETURNS SETOF json ${settings} AS $$
  DECLARE
    found bigint[];
    victims bigint[];
    next json;
  BEGIN
    ${findVictims('m.body IS NOT NULL')}
    UPDATE message SET body = NULL WHERE place = ANY (victims);
    RETURN NEXT json_build_object('removed', cardinality(victims), 'next', next);
  END $$;
`;
