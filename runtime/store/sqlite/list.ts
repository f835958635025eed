/** @module Lists of the SQL store: a filter in, one page of messages out, oldest first. */

import type { Filter, StoredMessage } from '../../ports/store.ts';
import type { SqlTx, SqlValue } from './driver.ts';
import type { MessageRow, Records } from './records.ts';

/**
 * Reads one page: see `Store.list`.
 *
 * @throws {RangeError} where `limit` is not a positive integer or `after` is not what `next` said
 */
export function list(
  sql: SqlTx,
  records: Records,
  filter: Filter,
): { messages: readonly StoredMessage[]; next?: string } {
  const limit = filter.limit ?? 100;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit is ${limit}`);
  const where = conditions(filter);
  const index = indexFor(filter);
  const order = `ORDER BY at, place LIMIT ${limit + 1}`;
  const rows = ranges(records, filter).flatMap((range) => {
    const all = [...range, ...where];
    const text = all.map(([condition]) => condition).join(' AND ');
    return sql.all<MessageRow>(
      `SELECT * FROM uftp_message INDEXED BY ${index} WHERE ${text} ${order}`,
      all.flatMap(([, ...params]) => params),
    );
  });
  const page = rows.sort((one, other) => one.at - other.at || one.place - other.place).slice(0, limit);
  const last = page.at(-1);
  return {
    messages: page.map((row) => records.stored(row)),
    ...(rows.length > limit && { next: `${last?.at}:${last?.place}` }),
  };
}

/** A condition in SQL and what stands for its `?`. */
type Condition = readonly [sql: string, ...params: SqlValue[]];

/**
 * Every index begins with the participant and ends with the time, so it gives the order only within one participant
 * and, where the partner is asked for, within one partner: the page is merged of theirs. Participants of one store
 * are few, and so are the partners of one domain.
 */
function ranges(records: Records, { participant, partner }: Filter): readonly (readonly Condition[])[] {
  const { participants, partners } = records;
  const found = participant && participants.find(participant);
  const owners = participant === undefined ? participants.all() : found === undefined ? [] : [found];
  const own = owners.map((id): Condition => ['participant = ?', id]);
  if (partner?.domain === undefined) return own.map((condition) => [condition]);
  const { role } = partner;
  const others = partners
    .all(partner.domain)
    .filter((id) => role === undefined || partners.at(id).role === role);
  return own.flatMap((condition) => others.map((id): Condition[] => [condition, ['partner = ?', id]]));
}

function conditions(filter: Filter): readonly Condition[] {
  const { direction, type, conversationId, messageId, answers, state, since, until, after, partner } = filter;
  const all: Condition[] = [];
  if (direction !== undefined) all.push(['direction = ?', direction]);
  if (type !== undefined) all.push(['type = ?', type]);
  if (conversationId !== undefined) all.push(['conversation_id = ?', conversationId]);
  if (messageId !== undefined) all.push(['message_id = ?', messageId]);
  if (answers !== undefined) all.push(['answers = ?', answers]);
  if (state !== undefined) all.push(['state = ?', state]);
  if (since !== undefined) all.push(['at >= ?', since]);
  if (until !== undefined) all.push(['at < ?', until]);
  if (after !== undefined) all.push(['(at, place) > (?, ?)', ...cursor(after)]);
  if (partner?.domain === undefined && partner?.role !== undefined) {
    all.push(['partner IN (SELECT id FROM uftp_partner WHERE role = ?)', partner.role]);
  }
  return all;
}

/** The index that leaves the fewest rows to look at: what is rare by its nature comes first. */
function indexFor({ answers, messageId, conversationId, state, partner, type }: Filter): string {
  if (answers !== undefined) return 'uftp_message_answers';
  if (messageId !== undefined) return 'uftp_message_id';
  if (conversationId !== undefined) return 'uftp_message_conversation';
  if (state === 'dead' || state === 'leased' || state === 'waiting') return 'uftp_message_state';
  if (partner?.domain !== undefined) return 'uftp_message_partner';
  if (type !== undefined) return 'uftp_message_type';
  return state === undefined ? 'uftp_message_time' : 'uftp_message_state';
}

function cursor(after: string): [at: number, place: number] {
  const [, at, place] = /^(-?\d+(?:\.\d+)?):(\d+)$/.exec(after) ?? [];
  if (at === undefined) throw new RangeError('after is not what an earlier call said');
  return [Number(at), Number(place)];
}
