/** @module Lists of the PostgreSQL store: a filter in; out comes the statement that reads one page, oldest first. */

import type { Filter } from '../../ports/store.ts';
import { partyText } from './records.ts';

/** A statement over the view `stored` and what stands for its parameters, and how many rows make a page. */
export interface ListQuery {
  readonly where: string;
  readonly params: readonly (string | number)[];
  readonly limit: number;
}

/**
 * Makes the conditions of a page: see `Store.list`.
 *
 * @throws {RangeError} where `limit` is not a positive integer or `after` is not what `next` said
 */
export function listQuery(filter: Filter): ListQuery {
  const { participant, partner, direction, type, conversationId, messageId, answers, state, since, until } =
    filter;
  const limit = filter.limit ?? 100;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit is ${limit}`);
  const conditions: string[] = [];
  const params: (string | number)[] = [];
  const add = (condition: string, ...values: readonly (string | number | undefined)[]): void => {
    const given = values.filter((value) => value !== undefined);
    if (given.length < values.length) return;
    conditions.push(condition.replace(/\?/g, () => `$${params.push(given.shift() ?? '')}`));
  };
  add('participant = ?', participant && partyText(participant));
  add("split_part(partner, ' ', 2) = ?", partner?.domain);
  add("split_part(partner, ' ', 1) = ?", partner?.role);
  add('direction = ?', direction);
  add('type = ?', type);
  add('conversation_id = ?', conversationId);
  add('message_id = ?', messageId);
  add('answers = ?', answers);
  if (state === 'none') conditions.push('state IS NULL');
  else add('state = ?', state);
  add('at >= ?::double precision', since);
  add('at < ?::double precision', until);
  if (filter.after !== undefined)
    add('(at, place) > (?::double precision, ?::bigint)', ...cursor(filter.after));
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), params, limit };
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
