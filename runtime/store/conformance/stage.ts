/** @module What the conformance scenarios are played with: made-up messages and short ways to ask a store, and checks. */

import type {
  Attempt,
  Committed,
  Filter,
  IndexKey,
  Lease,
  MessageKey,
  MessageRecord,
  Outcome,
  Outgoing,
  Store,
  StoredMessage,
  Work,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';

/** One promise of the contract, played on an empty store. It rejects with an Error that says what is not kept. */
export interface Scenario<Tx = unknown> {
  readonly title: string;
  run(store: Store<Tx>): Promise<void>;
}

/** Whose store it is in most scenarios. */
export const us: Party = Object.freeze({ domain: 'dso.example', role: 'DSO' });
/** Another participant of the same store: the same domain in another role. */
export const alsoUs: Party = Object.freeze({ domain: 'dso.example', role: 'CRO' });
export const them: Party = Object.freeze({ domain: 'agr.example', role: 'AGR' });

/** The index key of a conversation. */
export function conversation(id = 'c'): IndexKey {
  return { name: 'conversation', value: id };
}

/** A message received from `them` in conversation `c`; its body holds its identity. */
export function message(identity: string, changes: Partial<MessageRecord> = {}): MessageRecord {
  const conversationId = changes.conversationId ?? 'c';
  return {
    participant: { ...us },
    direction: 'in',
    partner: { ...them },
    identity,
    type: 'FlexOffer',
    version: '3.1.0',
    messageId: identity,
    conversationId,
    content: '00'.repeat(32),
    body: new TextEncoder().encode(identity),
    at: 0,
    index: [conversation(conversationId)],
    ...changes,
  };
}

/** A message to `them`, due at 0 under order key `k`. */
export function outgoing(
  identity: string,
  changes: Partial<Outgoing> = {},
  record: Partial<MessageRecord> = {},
): Outgoing {
  return { record: message(identity, { direction: 'out', ...record }), orderKey: 'k', dueAt: 0, ...changes };
}

/** Processing of a message, due at 0 under order key `k`. */
export function work(record: MessageRecord, changes: Partial<Work> = {}): Work {
  const { participant, identity } = record;
  return {
    id: `process ${identity}`,
    participant,
    kind: 'process',
    message: keyOf(record),
    orderKey: 'k',
    dueAt: 0,
    ...changes,
  };
}

export function keyOf({ participant, direction, partner, identity }: MessageKey): MessageKey {
  return { participant, direction, partner, identity };
}

/** Claims for `us`, at most 100 leases of 1,000 ms, unless told otherwise. */
export function claim(
  store: Store,
  queue: 'work' | 'outgoing',
  now: number,
  changes: Partial<Parameters<Store['claim']>[0]> = {},
): Promise<readonly Lease[]> {
  return store.claim({ queue, participants: [us], now, until: now + 1000, limit: 100, ...changes });
}

/** Claims and expects that there is exactly one task. */
export async function claimOne(store: Store, queue: 'work' | 'outgoing', now: number): Promise<Lease> {
  const leases = await claim(store, queue, now);
  const lease = leases[0];
  if (leases.length !== 1 || lease === undefined) {
    throw new Error(`one task to claim at ${now}: expected 1, received ${leases.length}`);
  }
  return lease;
}

/** Claims outgoing messages and tells which. */
export async function claimed(
  store: Store,
  now: number,
  participants: readonly Party[] = [us],
): Promise<string[]> {
  return identities(await claim(store, 'outgoing', now, { participants }));
}

export function identities(leases: readonly Lease[]): string[] {
  return leases.map((lease) => lease.message.identity);
}

export const attempt: Attempt = { at: 0, text: 'tried' };
export const done: Outcome = { end: 'done', attempt };

/** Ends a lease and expects that this succeeds. */
export async function finish(store: Store, lease: Lease | undefined, outcome: Outcome = done): Promise<void> {
  if (lease === undefined) throw new Error('there is no lease to finish');
  await commits(store.commit({ finish: { lease, outcome } }));
}

/** The message as it is stored now. */
export async function stored(store: Store, key: MessageKey): Promise<StoredMessage> {
  const { known } = await store.read({ participant: key.participant, message: keyOf(key), scopes: [] });
  if (known === undefined) throw new Error(`${key.identity} is not stored`);
  return known;
}

/** The revision of a scope of `us`. */
export async function revision(store: Store, key: IndexKey, participant: Party = us): Promise<number> {
  const { scopes } = await store.read({ participant, scopes: [key] });
  return scopes[0]?.revision ?? Number.NaN;
}

/** The identities of all that is listed, page by page. */
export async function listed(store: Store, filter: Filter = {}): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined, pages = 0; pages < 1000; pages += 1) {
    const page = await store.list({ ...filter, ...(after !== undefined && { after }) });
    found.push(...page.messages.map((each) => each.identity));
    after = page.next;
    if (after === undefined) return found;
  }
  throw new Error('a list of more than 1,000 pages');
}

/** Expects that a commit succeeds. */
export async function commits(result: Promise<Committed>): Promise<void> {
  await ends(result, 'committed');
}

/** Expects that a commit ends so. */
export async function ends(result: Promise<Committed>, status: Committed['status']): Promise<void> {
  equal((await result).status, status, 'status of the commit');
}

/** Expects a rejection. @returns what it was rejected with */
export async function rejects(result: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await result;
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected a rejection, received none`);
}

/** Expects two values to be the same, whatever the order of keys; absent is the same as undefined. */
export function equal(received: unknown, expected: unknown, what: string): void {
  const [left, right] = [canonical(received), canonical(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, received ${left}`);
}

/** How many of the statuses are `committed`, and that all others are `other`. */
export function equalWinners(results: readonly Committed[], other: Committed['status'], what: string): void {
  const rest = results.map(({ status }) => status).filter((status) => status !== 'committed');
  equal(results.length - rest.length, 1, `${what}: how many of ${results.length} are committed`);
  equal(rest, new Array(results.length - 1).fill(other), `${what}: the others`);
}

/** Rejects where nothing comes within 5 s. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came within 5 s`)), 5_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets what is under way go on. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => {
      if (part instanceof Uint8Array) return `bytes ${[...part].join(' ')}`;
      if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
    }) ?? 'undefined'
  );
}
