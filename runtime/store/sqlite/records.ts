/** @module The messages of the SQL store: records in; found again by identity, by place and by scope. */

import type {
  IndexKey,
  MessageKey,
  MessageRecord,
  Snapshot,
  StoredMessage,
  StoredVerdict,
  TaskState,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { addBody, bodyOf } from './body.ts';
import type { Counter } from './counter.ts';
import type { SqlDriver } from './driver.ts';
import { Parties } from './parties.ts';

/** A row of `uftp_message`, with the state and the attempts of its task where one is queued. */
export interface MessageRow {
  readonly place: number;
  readonly participant: number;
  readonly direction: 'in' | 'out';
  readonly partner: number;
  readonly identity: string;
  readonly type: string;
  readonly version: string;
  readonly message_id: string;
  readonly conversation_id: string;
  readonly content: string;
  readonly at: number;
  readonly verified_by: string | null;
  readonly key_from: string | null;
  readonly answers: string | null;
  readonly result: StoredVerdict['result'] | null;
  readonly reasons: string | null;
  readonly keys: string;
  readonly body: Uint8Array | null;
  readonly state: TaskState | null;
  readonly attempts: string | null;
}

/** A row for each place of a scope; a place at which no message stands has a revision only. */
type ScopeRow = { readonly revision: number } & (MessageRow | { readonly place: null });

/** What is read of a message `m` and its task `t`. */
export const columns = 'm.*, t.state, t.attempts';
/** Joins to each message `m` the task that it shows. */
export const withTask =
  'LEFT JOIN uftp_task t INDEXED BY uftp_task_message ON t.place = m.place AND t.main = 1';

const findMessage = `SELECT ${columns} FROM uftp_message m INDEXED BY uftp_message_identity ${withTask}
    WHERE m.participant = ? AND m.identity = ? AND m.direction = ? AND m.partner = ?`;
const addMessage = `INSERT INTO uftp_message (place, participant, direction, partner, identity, type, version, message_id,
    conversation_id, content, at, verified_by, key_from, answers, result, reasons, keys, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const setVerdict = 'UPDATE uftp_message SET result = ?, reasons = ? WHERE place = ?';
const addToScope = 'INSERT OR IGNORE INTO uftp_scope (participant, value, name, place) VALUES (?, ?, ?, ?)';
const findRevision =
  'SELECT max(place) AS revision FROM uftp_scope WHERE participant = ? AND value = ? AND name = ?';
const findScope = `SELECT s.place AS revision, ${columns} FROM uftp_scope s
    LEFT JOIN uftp_message m ON m.place = s.place ${withTask}
    WHERE s.participant = ? AND s.value = ? AND s.name = ? ORDER BY s.place`;

/** See the module. Several calls that belong together stand in a transaction, which the caller begins. */
export class Records {
  readonly participants: Parties;
  readonly partners: Parties;
  readonly #sql: SqlDriver;
  readonly #counter: Counter;

  constructor(sql: SqlDriver, counter: Counter) {
    this.#sql = sql;
    this.#counter = counter;
    this.participants = new Parties(sql, 'uftp_participant');
    this.partners = new Parties(sql, 'uftp_partner');
  }

  /** Forgets what it remembers: a transaction was undone. */
  forget(): void {
    this.participants.forget();
    this.partners.forget();
  }

  /** The message of an identity. */
  find({ participant, identity, direction, partner }: MessageKey): StoredMessage | undefined {
    const [us, them] = [this.participants.find(participant), this.partners.find(partner)];
    if (us === undefined || them === undefined) return undefined;
    const row = this.#sql.get<MessageRow>(findMessage, [us, identity, direction, them]);
    return row && this.stored(row);
  }

  /** 0 where no message carries the key. */
  revision(participant: Party, { name, value }: IndexKey): number {
    const us = this.participants.find(participant);
    if (us === undefined) return 0;
    return this.#sql.get<{ revision: number | null }>(findRevision, [us, value, name])?.revision ?? 0;
  }

  /** What a scope holds. */
  scope(participant: Party, { name, value }: IndexKey): Snapshot['scopes'][number] {
    const us = this.participants.find(participant);
    const rows = us === undefined ? [] : this.#sql.all<ScopeRow>(findScope, [us, value, name]);
    return {
      key: { name, value },
      revision: rows.at(-1)?.revision ?? 0,
      messages: rows.filter((row) => row.place !== null).map((row) => this.stored(row)),
    };
  }

  /** Writes a record whose identity is not known. @returns its place */
  add(record: MessageRecord): number {
    const place = this.#counter.next();
    const participant = this.participants.add(record.participant);
    this.#sql.run(addMessage, [
      place,
      participant,
      record.direction,
      this.partners.add(record.partner),
      record.identity,
      record.type,
      record.version,
      record.messageId,
      record.conversationId,
      record.content,
      record.at,
      record.verifiedBy ?? null,
      record.keyFrom ?? null,
      record.answers ?? null,
      record.verdict?.result ?? null,
      record.verdict === undefined ? null : JSON.stringify(record.verdict.reasons),
      JSON.stringify(record.index.map(({ name, value }) => [name, value])),
      addBody(this.#sql, place, record.body),
    ]);
    this.#addToScopes(participant, record.index, place);
    return place;
  }

  /** Replaces the verdict of a message, which moves its scopes. */
  answer({ place, participant, index }: StoredMessage, { result, reasons }: StoredVerdict): void {
    this.#sql.run(setVerdict, [result, JSON.stringify(reasons), place]);
    this.#addToScopes(this.participants.add(participant), index, this.#counter.next());
  }

  /** A row as the outside sees it. */
  stored(row: MessageRow): StoredMessage {
    const keys: readonly (readonly [name: string, value: string])[] = JSON.parse(row.keys);
    return {
      participant: this.participants.at(row.participant),
      direction: row.direction,
      partner: this.partners.at(row.partner),
      identity: row.identity,
      type: row.type,
      version: row.version,
      messageId: row.message_id,
      conversationId: row.conversation_id,
      content: row.content,
      body: bodyOf(this.#sql, row.place, row.body),
      at: row.at,
      ...(row.verified_by !== null && { verifiedBy: row.verified_by }),
      ...(row.key_from !== null && { keyFrom: row.key_from }),
      ...(row.answers !== null && { answers: row.answers }),
      ...(row.result !== null && {
        verdict: { result: row.result, reasons: JSON.parse(row.reasons ?? '[]') },
      }),
      index: keys.map(([name, value]) => ({ name, value })),
      place: row.place,
      state: row.state ?? 'none',
      attempts: JSON.parse(row.attempts ?? '[]'),
    };
  }

  #addToScopes(participant: number, index: readonly IndexKey[], place: number): void {
    for (const { name, value } of index) this.#sql.run(addToScope, [participant, value, name, place]);
  }
}
