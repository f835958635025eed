/** @module The messages of the memory store: records in; found again by identity, by scope, by what they answer and by time. */

import type {
  Filter,
  IndexKey,
  MessageKey,
  MessageRecord,
  Snapshot,
  StoredMessage,
  StoredVerdict,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import type { Entry } from './entry.ts';

/** Messages that carry one index key, in the order of their commits. */
interface Scope {
  revision: number;
  entries: Entry[];
}

/** What is kept for one participant. Maps within maps: a key of several parts would be put together for each look. */
interface Book {
  /** Received messages by partner and identity. */
  readonly in: Map<string, Map<string, Entry>>;
  /** Sent messages likewise. */
  readonly out: Map<string, Map<string, Entry>>;
  /** By name and value. */
  readonly scopes: Map<string, Map<string, Scope>>;
}

/** See the module. */
export class Records {
  readonly #books = new Map<string, Book>();
  readonly #parties = new Map<string, Party>();
  /** All, in the order of lists. */
  #byTime: Entry[] = [];
  /** Those that answer something, by what that is, each in the order of lists. */
  readonly #answers = new Map<string, Entry[]>();
  /** Of all scopes together, so that a revision never comes again, also of a scope that was empty in between. */
  #revision = 0;

  find({ direction, identity, participant, partner }: MessageKey): Entry | undefined {
    return this.#book(participant)[direction].get(partyText(partner))?.get(identity);
  }

  revision(participant: Party, key: IndexKey): number {
    return this.#scope(participant, key)?.revision ?? 0;
  }

  read(participant: Party, scopes: readonly IndexKey[], message: MessageKey | undefined): Snapshot {
    const known = message && this.find(message);
    return {
      known: known && stored(known),
      scopes: scopes.map((key) => {
        const scope = this.#scope(participant, key);
        return { key, revision: scope?.revision ?? 0, messages: scope?.entries.map(stored) ?? [] };
      }),
    };
  }

  /** Keeps a copy of a message whose identity is not known. */
  add(given: MessageRecord): Entry {
    const record = changed(given, {
      participant: this.#party(given.participant),
      partner: this.#party(given.partner),
      // Not `slice`, which shares the memory where a Buffer is given.
      body: new Uint8Array(given.body),
      index: Object.freeze(given.index.map(({ name, value }) => Object.freeze({ name, value }))),
      ...(given.verdict && { verdict: frozenVerdict(given.verdict) }),
    });
    this.#revision += 1;
    const entry: Entry = { record, place: this.#revision, tasks: [], main: undefined, attempts: [] };
    const book = this.#book(record.participant);
    within(book[record.direction], partyText(record.partner)).set(record.identity, entry);
    for (const { name, value } of record.index) {
      const scopes = within(book.scopes, name);
      const scope = scopes.get(value);
      if (scope === undefined) scopes.set(value, { revision: entry.place, entries: [entry] });
      else if (scope.revision !== entry.place) {
        // else it carries the key twice
        scope.entries.push(entry);
        scope.revision = entry.place;
      }
    }
    insert(this.#byTime, entry);
    if (record.answers !== undefined) {
      const others = this.#answers.get(record.answers);
      if (others === undefined) this.#answers.set(record.answers, [entry]);
      else insert(others, entry);
    }
    return entry;
  }

  /** Replaces the verdict, which moves the scopes of the message. */
  answer(entry: Entry, verdict: StoredVerdict): void {
    entry.record = changed(entry.record, { verdict: frozenVerdict(verdict) });
    this.#revision += 1;
    for (const key of entry.record.index) {
      const scope = this.#scope(entry.record.participant, key);
      if (scope !== undefined) scope.revision = this.#revision;
    }
  }

  /** @throws RangeError where `limit` is not a positive integer or `after` is not what `next` said. */
  list(filter: Filter): { messages: StoredMessage[]; next?: string } {
    const limit = filter.limit ?? 100;
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit is ${limit}`);
    const from = filter.answers === undefined ? this.#byTime : (this.#answers.get(filter.answers) ?? []);
    const begin =
      filter.after === undefined ? position(from, filter.since ?? -Infinity, 0) : after(from, filter.after);
    const messages: StoredMessage[] = [];
    for (let at = begin; at < from.length; at += 1) {
      const entry = from[at];
      if (entry === undefined || (filter.until !== undefined && entry.record.at >= filter.until)) break;
      if (!matches(entry, filter)) continue;
      const last = messages.at(-1);
      if (last !== undefined && messages.length === limit)
        return { messages, next: `${last.at}:${last.place}` };
      messages.push(stored(entry));
    }
    return { messages };
  }

  /** Removes bodies and records of before those moments, unless one of their tasks is not ended. */
  prune(bodiesBefore: number, recordsBefore: number): { bodies: number; removed: Entry[] } {
    let bodies = 0;
    const removed: Entry[] = [];
    const end = position(this.#byTime, Math.max(bodiesBefore, recordsBefore), 0);
    const kept = this.#byTime.slice(0, end).filter((entry) => {
      const { record } = entry;
      if (entry.tasks.some(({ state }) => state === 'waiting' || state === 'leased')) return true;
      if (record.at < recordsBefore) {
        removed.push(entry);
        return false;
      }
      if (record.at < bodiesBefore && record.body.length > 0) {
        entry.record = changed(record, { body: new Uint8Array() });
        bodies += 1;
      }
      return true;
    });
    this.#remove(removed);
    this.#byTime = kept.concat(this.#byTime.slice(end));
    return { bodies, removed };
  }

  #remove(removed: readonly Entry[]): void {
    const gone = new Set(removed);
    const seen = new Set<Scope>();
    for (const { record } of removed) {
      const book = this.#book(record.participant);
      book[record.direction].get(partyText(record.partner))?.delete(record.identity);
      this.#forgetAnswer(record.answers, gone);
      for (const { name, value } of record.index) {
        const scope = book.scopes.get(name)?.get(value);
        if (scope === undefined || seen.has(scope)) continue;
        seen.add(scope);
        scope.entries = scope.entries.filter((entry) => !gone.has(entry));
        if (scope.entries.length === 0) book.scopes.get(name)?.delete(value);
      }
    }
  }

  #book(participant: Party): Book {
    const text = partyText(participant);
    const known = this.#books.get(text);
    if (known !== undefined) return known;
    const book: Book = { in: new Map(), out: new Map(), scopes: new Map() };
    this.#books.set(text, book);
    return book;
  }

  #scope(participant: Party, { name, value }: IndexKey): Scope | undefined {
    return this.#book(participant).scopes.get(name)?.get(value);
  }

  /** The one frozen copy of a party: with a domain of its own, each record would keep what that was cut from. */
  #party(given: Party): Party {
    const text = partyText(given);
    const known = this.#parties.get(text);
    if (known !== undefined) return known;
    const party = Object.freeze({ domain: given.domain, role: given.role });
    this.#parties.set(text, party);
    return party;
  }

  #forgetAnswer(answers: string | undefined, gone: ReadonlySet<Entry>): void {
    if (answers === undefined) return;
    const left = this.#answers.get(answers)?.filter((entry) => !gone.has(entry)) ?? [];
    if (left.length === 0) this.#answers.delete(answers);
    else this.#answers.set(answers, left);
  }
}

/** Puts an entry where it belongs in the order of lists: by `at`, then by place. */
function insert(list: Entry[], entry: Entry): void {
  const latest = list.at(-1);
  if (latest === undefined || latest.record.at <= entry.record.at) list.push(entry);
  else list.splice(position(list, entry.record.at, entry.place), 0, entry);
}

/** How many of them stand before that moment and place. */
function position(list: readonly Entry[], at: number, place: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = list[middle];
    if (entry === undefined || entry.record.at > at || (entry.record.at === at && entry.place >= place)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** How many of them an earlier page has told. */
function after(list: readonly Entry[], cursor: string): number {
  const [, at, place] = /^(-?\d+(?:\.\d+)?):(\d+)$/.exec(cursor) ?? [];
  if (at === undefined) throw new RangeError('after is not what an earlier call said');
  return position(list, Number(at), Number(place) + 1);
}

/** A message as the outside sees it: a copy that may be changed freely. */
export function stored(entry: Entry): StoredMessage {
  const { attempts, main, place, record } = entry;
  const state = main?.state ?? 'none';
  return { place, state, attempts: [...attempts], ...record, body: new Uint8Array(record.body) };
}

/** An identity as text. NUL cannot stand in XML, and so in none of its parts. */
export function messageText({ participant, direction, partner, identity }: MessageKey): string {
  return `${partyText(participant)}\0${direction}\0${partyText(partner)}\0${identity}`;
}

/** A participant as text. */
export function partyText({ domain, role }: Party): string {
  return `${role}\0${domain}`;
}

/** The map that stands under a key, a new one where none does. */
function within<T>(maps: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const map = new Map<string, T>();
  maps.set(key, map);
  return map;
}

/** A frozen copy with other parts. Not `{ ...record, … }`: V8 gives each object that begins like this a shape of its own. */
function changed(record: MessageRecord, parts: Partial<MessageRecord>): MessageRecord {
  return Object.freeze(Object.assign({}, record, parts));
}

function frozenVerdict({ result, reasons }: StoredVerdict): StoredVerdict {
  return Object.freeze({ result, reasons: Object.freeze([...reasons]) });
}

function matches(entry: Entry, filter: Filter): boolean {
  const { record } = entry;
  const asked = (wanted: unknown, value: unknown): boolean => wanted === undefined || wanted === value;
  return (
    asked(filter.participant?.domain, record.participant.domain) &&
    asked(filter.participant?.role, record.participant.role) &&
    asked(filter.partner?.domain, record.partner.domain) &&
    asked(filter.partner?.role, record.partner.role) &&
    asked(filter.direction, record.direction) &&
    asked(filter.type, record.type) &&
    asked(filter.conversationId, record.conversationId) &&
    asked(filter.messageId, record.messageId) &&
    asked(filter.answers, record.answers) &&
    asked(filter.state, entry.main?.state ?? 'none') &&
    (filter.since === undefined || record.at >= filter.since)
  );
}
