/** @module Which messages a command is about: options go in, a filter of the store comes out; and all pages of it. */

import type { Filter, Store, StoredMessage, TaskState } from '../../ports/store.ts';
import { type Party, type RoleName, roleNames } from '../../roles.ts';
import { UsageError } from '../command.ts';
import { allProtocols } from '../versions.ts';

/** The options, as `readArguments` takes them. */
export const filterOptions = {
  store: { type: 'string' },
  as: { type: 'string' },
  conversation: { type: 'string' },
  type: { type: 'string' },
  partner: { type: 'string' },
  direction: { type: 'string' },
  state: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

/** The values that were given. */
export type FilterValues = { readonly [K in keyof typeof filterOptions]?: string };

/** What stands in the help of commands that take them. */
export const filterHelp = `  --as P          only of this participant of ours: ROLE:DOMAIN, such as AGR:aggregator.example
  --conversation  only of this ConversationID
  --type T        only of this type, such as FlexOrder
  --partner P     only to and from this partner: ROLE:DOMAIN, or a domain
  --direction D   in or out
  --state S       of delivery or processing: none, waiting, leased, done or dead
  --since T       2026-11-26, 2026-11-26T10:00:00Z, or how long ago: 90m, 24h, 7d
  --until T       before then; in the same forms`;

/** Of all versions that this package knows. */
const types: readonly string[] = [
  ...new Set(allProtocols.flatMap(({ messages }) => [...messages.keys()])),
].sort();
const states: readonly TaskState[] = ['none', 'waiting', 'leased', 'done', 'dead'];
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The filter that the options say. @throws {UsageError} */
export function filterOf(values: FilterValues, now: number): Filter {
  const { as, conversation, type, partner, direction, state, since, until } = values;
  return {
    ...(as !== undefined && { participant: partyOf('--as', as) }),
    ...(conversation !== undefined && { conversationId: conversation }),
    ...(type !== undefined && { type: oneOf('--type', type, types) }),
    ...(partner !== undefined && {
      partner: partner.includes(':') ? partyOf('--partner', partner) : { domain: partner },
    }),
    ...(direction !== undefined && { direction: oneOf('--direction', direction, ['in', 'out'] as const) }),
    ...(state !== undefined && { state: oneOf('--state', state, states) }),
    ...(since !== undefined && { since: timeOf('--since', since, now, 'ago') }),
    ...(until !== undefined && { until: timeOf('--until', until, now, 'ago') }),
  };
}

/** `ROLE:DOMAIN`. @throws {UsageError} */
export function partyOf(option: string, text: string): Party {
  const [role, domain, ...more] = text.split(':');
  if (!roleNames.includes(role as RoleName) || domain === undefined || domain === '' || more.length > 0)
    throw new UsageError(`${option}: expected ROLE:DOMAIN, such as AGR:aggregator.example, not ${text}`);
  return { role: role as RoleName, domain };
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} ${value} is not one of ${known.join(', ')}`);
  return found;
}

/**
 * A moment, in milliseconds since 1970. A time without a zone is UTC.
 *
 * @param way what a mere duration, such as 24h, says
 * @throws {UsageError}
 */
export function timeOf(option: string, text: string, now: number, way: 'ago' | 'from now'): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] as number);
  if (count !== undefined) return way === 'ago' ? now - ms : now + ms;
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const zoned = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const time = isTime && isDay(text.slice(0, 10)) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`${option}: expected a time such as 2026-11-26T10:00:00Z, or 24h, not ${text}`);
  return time;
}

/** False for such as 2026-02-31, which `Date.parse` takes for a day of March. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** Messages of a page: each comes with its body, of 4 MiB at most by default. */
const pageMax = 20;

/** All messages that a filter lets through, a page at a time. */
export async function* pages(store: Store, filter: Filter): AsyncGenerator<readonly StoredMessage[]> {
  let after: string | undefined;
  do {
    const page = await store.list({ ...filter, limit: pageMax, ...(after !== undefined && { after }) });
    yield page.messages;
    after = page.next;
  } while (after !== undefined);
}
