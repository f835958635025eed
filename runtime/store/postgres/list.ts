/** @module Lists of the PostgreSQL store: a filter in; out comes the statement that reads one page, oldest first. */

import type { Filter } from '../../ports/store.ts';
import { partyText } from './records.ts';

/** A statement and what stands for its parameters, and how many rows make a page: the statement reads one more. */
export interface ListQuery {
  readonly statement: string;
  readonly params: readonly (string | number)[];
  readonly limit: number;
}

/**
 * Makes the statement of a page: see `Store.list`.
 *
 * It asks for the rows of one index first, behind an OFFSET that keeps the planner from joining that with the rest:
 * without statistics, as after a restore, it takes the index whose columns are asked for most, whatever stands in them.
 *
 * @param schema the name of the schema
 * @throws {RangeError} where `limit` is not a positive integer or `after` is not what `next` said
 */
export function listQuery(schema: string, filter: Filter): ListQuery {
  const limit = filter.limit ?? 100;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit is ${limit}`);
  const params: (string | number)[] = [];
  const all = (conditions: readonly Condition[]): string =>
    conditions
      .map(([sql, ...values]) => sql.replace(/\?/g, () => `$${params.push(values.shift() ?? '')}`))
      .join(' AND ') || 'true';
  const { tables, where } = source(schema, filter);
  const statement = `
    SELECT row_to_json(s)::text AS json FROM (
      SELECT m.place FROM (
        SELECT m.* FROM ${tables} WHERE ${all([...where, ...times(filter)])} ORDER BY m.at, m.place OFFSET 0
      ) m LEFT JOIN "${schema}".task t ON t.place = m.place AND t.main
      WHERE ${all(others(filter))} ORDER BY m.at, m.place LIMIT ${limit + 1}
    ) page JOIN "${schema}".stored s ON s.place = page.place ORDER BY s.at, s.place`;
  return { statement, params, limit };
}

/** A condition in SQL and what stands for its `?`. */
type Condition = [sql: string, ...params: (string | number)[]];

/** What leaves the fewest rows to look at, and has an index: what is rare by its nature comes first. */
function source(
  schema: string,
  { answers, messageId, conversationId, state, partner, type }: Filter,
): { readonly tables: string; readonly where: readonly Condition[] } {
  const tables = `"${schema}".message m`;
  if (answers !== undefined) return { tables, where: [['m.answers = ?', answers]] };
  if (messageId !== undefined) return { tables, where: [['m.message_id = ?', messageId]] };
  if (conversationId !== undefined) return { tables, where: [['m.conversation_id = ?', conversationId]] };
  if (state === 'dead' || state === 'leased' || state === 'waiting') {
    const unended: Condition = ["t.main AND t.state <> 'done' AND t.state = ?", state];
    return { tables: `"${schema}".task t JOIN ${tables} ON m.place = t.place`, where: [unended] };
  }
  if (partner?.domain !== undefined)
    return { tables, where: [["split_part(m.partner, ' ', 2) = ?", partner.domain]] };
  return { tables, where: type === undefined ? [] : [['m.type = ?', type]] };
}

/** Every index of messages ends with their times. */
function times({ since, until, after }: Filter): readonly Condition[] {
  const all: Condition[] = [];
  if (since !== undefined) all.push(['m.at >= ?::double precision', since]);
  if (until !== undefined) all.push(['m.at < ?::double precision', until]);
  if (after !== undefined) all.push(['(m.at, m.place) > (?::double precision, ?::bigint)', ...cursor(after)]);
  return all;
}

/** The rest, and what has been asked of the source before. */
function others(filter: Filter): readonly Condition[] {
  const { participant, partner, direction, type, conversationId, messageId, state } = filter;
  const all: Condition[] = [];
  if (participant !== undefined) all.push(['m.participant = ?', partyText(participant)]);
  if (partner?.domain !== undefined) all.push(["split_part(m.partner, ' ', 2) = ?", partner.domain]);
  if (partner?.role !== undefined) all.push(["split_part(m.partner, ' ', 1) = ?", partner.role]);
  if (direction !== undefined) all.push(['m.direction = ?', direction]);
  if (type !== undefined) all.push(['m.type = ?', type]);
  if (conversationId !== undefined) all.push(['m.conversation_id = ?', conversationId]);
  if (messageId !== undefined) all.push(['m.message_id = ?', messageId]);
  if (state === 'none') all.push(['t.state IS NULL']);
  else if (state !== undefined) all.push(['t.state = ?', state]);
  return all;
}

/** What goes on behind a row: the `next` of a page. */
export function cursorOf({ at, place }: { readonly at: number; readonly place: number }): string {
  return `${at}:${place}`;
}

function cursor(after: string): [at: number, place: number] {
  const [, at, place] = /^(-?\d+(?:\.\d+)?):(\d{1,18})$/.exec(after) ?? [];
  if (at === undefined) throw new RangeError('after is not what an earlier call said');
  return [Number(at), Number(place)];
}
