/** @module The messages of the SQL store: records in; found again by identity, by place and by scope. */

import type {
  Attempt,
  IndexKey,
  MessageKey,
  MessageRecord,
  Snapshot,
  StoredMessage,
  StoredVerdict,
  TaskState,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import type { SqlTx } from './driver.ts';
import { Parties } from './parties.ts';

/** A row of `uftp_message`. */
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
  readonly answers: string | null;
  readonly result: StoredVerdict['result'] | null;
  readonly reasons: string | null;
  readonly keys: string;
  readonly task: number | null;
  readonly state: TaskState;
  readonly attempts: string;
}

interface ScopeRow {
  readonly id: number;
  readonly revision: number;
}

/** A body is stored in parts of at most so many bytes. */
const partBytesMax = 1_000_000;

/** See the module. Several calls that belong together stand in a transaction, which the caller begins. */
export class Records {
  readonly participants: Parties;
  readonly partners: Parties;
  readonly #sql: SqlTx;

  constructor(sql: SqlTx) {
    this.#sql = sql;
    this.participants = new Parties(sql, 'uftp_participant');
    this.partners = new Parties(sql, 'uftp_partner');
  }

  /** Forgets what it remembers: a transaction was undone. */
  forget(): void {
    this.participants.forget();
    this.partners.forget();
  }

  /** A number that is greater than all before it. */
  next(): number {
    const [row] = this.#sql.all<{ value: number }>(
      'UPDATE uftp_counter SET value = value + 1 RETURNING value',
    );
    if (row === undefined) throw new RangeError('the counter is gone');
    return row.value;
  }

  /** The row of an identity. */
  row({ participant, direction, partner, identity }: MessageKey): MessageRow | undefined {
    const [us, them] = [this.participants.find(participant), this.partners.find(partner)];
    if (us === undefined || them === undefined) return undefined;
    return this.#sql.all<MessageRow>(
      `SELECT * FROM uftp_message INDEXED BY uftp_message_identity
        WHERE participant = ? AND direction = ? AND partner = ? AND identity = ?`,
      [us, direction, them, identity],
    )[0];
  }

  /** The row of a place where one is known to stand. */
  rowAt(place: number): MessageRow {
    const [row] = this.#sql.all<MessageRow>('SELECT * FROM uftp_message WHERE place = ?', [place]);
    if (row === undefined) throw new RangeError(`no message stands at place ${place}`);
    return row;
  }

  revision(participant: Party, key: IndexKey): number {
    return this.#scope(participant, key)?.revision ?? 0;
  }

  read(participant: Party, scopes: readonly IndexKey[], message: MessageKey | undefined): Snapshot {
    const known = message && this.row(message);
    return {
      known: known && this.stored(known),
      scopes: scopes.map((key) => {
        const scope = this.#scope(participant, key);
        return {
          key: { ...key },
          revision: scope?.revision ?? 0,
          messages: scope === undefined ? [] : this.#messagesOf(scope.id),
        };
      }),
    };
  }

  /** Writes a record whose identity is not known. @returns its place */
  add(record: MessageRecord): number {
    const place = this.next();
    const participant = this.participants.add(record.participant);
    const row: Omit<MessageRow, 'task' | 'state' | 'attempts'> = {
      place,
      participant,
      direction: record.direction,
      partner: this.partners.add(record.partner),
      identity: record.identity,
      type: record.type,
      version: record.version,
      message_id: record.messageId,
      conversation_id: record.conversationId,
      content: record.content,
      at: record.at,
      verified_by: record.verifiedBy ?? null,
      answers: record.answers ?? null,
      result: record.verdict?.result ?? null,
      reasons: record.verdict === undefined ? null : JSON.stringify(record.verdict.reasons),
      keys: JSON.stringify(record.index.map(({ name, value }) => [name, value])),
    };
    const columns = Object.keys(row);
    this.#sql.run(
      `INSERT INTO uftp_message (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      Object.values(row),
    );
    this.#addBody(place, record);
    for (const { name, value } of record.index) {
      this.#sql.run(
        `INSERT INTO uftp_scope (participant, name, value, revision) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET revision = excluded.revision`,
        [participant, name, value, place],
      );
      this.#sql.run(
        `INSERT OR IGNORE INTO uftp_scope_message
          SELECT id, ? FROM uftp_scope WHERE participant = ? AND value = ? AND name = ?`,
        [place, participant, value, name],
      );
    }
    return place;
  }

  /** Replaces the verdict, which moves the scopes of the message. */
  answer(place: number, { result, reasons }: StoredVerdict): void {
    this.#sql.run('UPDATE uftp_message SET result = ?, reasons = ? WHERE place = ?', [
      result,
      JSON.stringify(reasons),
      place,
    ]);
    this.#sql.run(
      'UPDATE uftp_scope SET revision = ? WHERE id IN (SELECT scope FROM uftp_scope_message WHERE place = ?)',
      [this.next(), place],
    );
  }

  /** Makes a task the one whose state and attempts the message shows. */
  setTask(place: number, task: number, state: TaskState): void {
    this.#sql.run('UPDATE uftp_message SET task = ?, state = ? WHERE place = ?', [task, state, place]);
  }

  /** Shows the state of a task on its message, where it is the one that is shown. */
  setState(place: number, task: number, state: TaskState): void {
    this.#sql.run('UPDATE uftp_message SET state = ? WHERE place = ? AND task = ?', [state, place, task]);
  }

  /** Adds an attempt of a task to its message, where it is the one that is shown. */
  addAttempt(place: number, task: number, attempt: Attempt): void {
    this.#sql.run(
      "UPDATE uftp_message SET attempts = json_insert(attempts, '$[#]', json(?)) WHERE place = ? AND task = ?",
      [JSON.stringify(attempt), place, task],
    );
  }

  /** A row as the outside sees it, with the body from its own table. */
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
      body: this.body(row.place),
      at: row.at,
      ...(row.verified_by !== null && { verifiedBy: row.verified_by }),
      ...(row.answers !== null && { answers: row.answers }),
      ...(row.result !== null && {
        verdict: { result: row.result, reasons: JSON.parse(row.reasons ?? '[]') },
      }),
      index: keys.map(([name, value]) => ({ name, value })),
      place: row.place,
      state: row.state,
      attempts: JSON.parse(row.attempts),
    };
  }

  /** The body of the message of a place; empty where it was removed. */
  body(place: number): Uint8Array {
    const sql = 'SELECT bytes FROM uftp_body WHERE place = ? ORDER BY part';
    const parts = this.#sql.all<{ bytes: Uint8Array }>(sql, [place]).map(({ bytes }) => bytes);
    if (parts.length === 1 && parts[0] !== undefined) return parts[0];
    const body = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      body.set(part, at);
      at += part.length;
    }
    return body;
  }

  #addBody(place: number, { body, at }: MessageRecord): void {
    for (let part = 0; part * partBytesMax < body.length; part += 1) {
      const bytes = body.subarray(part * partBytesMax, (part + 1) * partBytesMax);
      this.#sql.run('INSERT INTO uftp_body (place, part, at, bytes) VALUES (?, ?, ?, ?)', [
        place,
        part,
        at,
        bytes,
      ]);
    }
  }

  #scope(participant: Party, { name, value }: IndexKey): ScopeRow | undefined {
    const us = this.participants.find(participant);
    if (us === undefined) return undefined;
    const sql = 'SELECT id, revision FROM uftp_scope WHERE participant = ? AND value = ? AND name = ?';
    return this.#sql.all<ScopeRow>(sql, [us, value, name])[0];
  }

  #messagesOf(scope: number): readonly StoredMessage[] {
    const rows = this.#sql.all<MessageRow>(
      // CROSS JOIN: in this order.
      `SELECT m.* FROM uftp_scope_message s CROSS JOIN uftp_message m ON m.place = s.place
        WHERE s.scope = ? ORDER BY s.place`,
      [scope],
    );
    return rows.map((row) => this.stored(row));
  }
}
