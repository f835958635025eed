/** @module Lists of the SQL store: a filter in, one page of messages out, oldest first. */

import type { Filter, StoredMessage } from '../../ports/store.ts';
import type { SqlTx, SqlValue } from './driver.ts';
import { columns, type MessageRow, type Records, withTask } from './records.ts';

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
  const rows = sources(filter).flatMap(({ tables, timed, where, isFew }) => {
    const conditions = [...where, ...conditionsOf(filter, timed)];
    const order = isFew ? '' : `ORDER BY ${timed}.at, ${timed}.place LIMIT ${limit + 1}`;
    return ranges(records, filter).flatMap((range) => {
      const all = [...range, ...conditions];
      const text = all.map(([condition]) => condition).join(' AND ');
      return sql.all<MessageRow>(
        `SELECT ${columns} FROM ${tables} WHERE ${text} ${order}`,
        all.flatMap(([, ...params]) => params),
      );
    });
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
  const own = owners.map((id): Condition => ['m.participant = ?', id]);
  if (partner?.domain === undefined) return own.map((condition) => [condition]);
  const { role } = partner;
  const others = partners
    .all(partner.domain)
    .filter((id) => role === undefined || partners.at(id).role === role);
  return own.flatMap((condition) => others.map((id): Condition[] => [condition, ['m.partner = ?', id]]));
}

function conditionsOf(filter: Filter, timed: 'm' | 't'): readonly Condition[] {
  const { direction, type, conversationId, messageId, answers, state, since, until, after, partner } = filter;
  const all: Condition[] = [];
  if (direction !== undefined) all.push(['m.direction = ?', direction]);
  if (type !== undefined) all.push(['m.type = ?', type]);
  if (conversationId !== undefined) all.push(['m.conversation_id = ?', conversationId]);
  if (messageId !== undefined) all.push(['m.message_id = ?', messageId]);
  if (answers !== undefined) all.push(['m.answers = ?', answers]);
  if (state === 'none') all.push(['t.state IS NULL']);
  else if (state !== undefined) all.push(['t.state = ?', state]);
  if (since !== undefined) all.push([`${timed}.at >= ?`, since]);
  if (until !== undefined) all.push([`${timed}.at < ?`, until]);
  if (after !== undefined) all.push([`(${timed}.at, ${timed}.place) > (?, ?)`, ...cursor(after)]);
  if (partner?.domain === undefined && partner?.role !== undefined) {
    all.push(['m.partner IN (SELECT id FROM uftp_partner WHERE role = ?)', partner.role]);
  }
  return all;
}

/** Where rows are found. */
interface Source {
  /** Messages `m` and their tasks `t`. */
  readonly tables: string;
  /** Which of them has the order. */
  readonly timed: 'm' | 't';
  readonly where: readonly Condition[];
  /** True: so few that they are not sorted here. */
  readonly isFew: boolean;
}

/** What leaves the fewest rows to look at: what is rare by its nature comes first. */
function sources(filter: Filter): readonly Source[] {
  const { answers, messageId, conversationId, state, partner, type } = filter;
  if (answers !== undefined) return [messages('uftp_message_answers')];
  if (messageId !== undefined) {
    const same = messages('uftp_message_identity', ['m.identity = ?', messageId]);
    return [{ ...same, isFew: true }, messages('uftp_message_id', ['m.message_id <> m.identity'])];
  }
  if (conversationId !== undefined) return [messages('uftp_message_conversation')];
  if (state === 'dead' || state === 'leased' || state === 'waiting') return [unended];
  if (partner?.domain !== undefined) return [messages('uftp_message_partner')];
  return [messages(type === undefined ? 'uftp_message_time' : 'uftp_message_type')];
}

function messages(index: string, ...where: readonly Condition[]): Source {
  return { tables: `uftp_message m INDEXED BY ${index} ${withTask}`, timed: 'm', where, isFew: false };
}

const unended: Source = {
  tables: 'uftp_task t INDEXED BY uftp_task_state CROSS JOIN uftp_message m ON m.place = t.place',
  timed: 't',
  where: [["t.main = 1 AND t.state <> 'done'"]],
  isFew: false,
};

function cursor(after: string): [at: number, place: number] {
  const [, at, place] = /^(-?\d+(?:\.\d+)?):(\d+)$/.exec(after) ?? [];
  if (at === undefined) throw new RangeError('after is not what an earlier call said');
  return [Number(at), Number(place)];
}
