/** @module The tasks of the SQL store: queued, leased and ended; of each order key the head is leased, and what has expired behind it. */

import type { Lease, Outcome, Outgoing, Store, StoredMessage, Work } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import type { Counter } from './counter.ts';
import type { SqlDriver, SqlValue } from './driver.ts';
import { endsAt, isPaused } from './migrations.ts';
import { columns, type MessageRow, type Records, withTask } from './records.ts';

/** What names tasks that wait for one another: queue, participant and order key. */
type SqlLane = readonly [queue: Lease['queue'], participant: number, orderKey: string];

/** A task that is there. */
export interface HeldTask {
  readonly id: number;
  readonly queue: Lease['queue'];
  readonly participant: number;
  readonly order_key: string;
  /** As in the table. */
  readonly head: 0 | 1 | null;
}

/** A task that is due. */
interface DueRow {
  readonly id: number;
  readonly due_at: number;
  readonly seq: number;
}

/** A task that has just been leased, with its message. */
interface LeasedRow extends MessageRow {
  readonly task: number;
  readonly token: string;
  readonly kind: Work['kind'] | null;
  readonly attempt: number;
  readonly first_due_at: number;
  readonly not_after: number | null;
  readonly head: 0 | 1;
}

const lane = 'queue = ? AND participant = ? AND order_key = ?';
const headOf = `FROM uftp_task INDEXED BY uftp_task_head WHERE ${lane} AND head = 1`;
const held = "id = ? AND queue = ? AND token = ? AND state = 'leased'";

const findWork = 'SELECT 1 FROM uftp_task INDEXED BY uftp_task_work WHERE participant = ? AND work_id = ?';
// Attempts go on where the message showed another task before.
const addTask = `INSERT INTO uftp_task (id, seq, queue, participant, order_key, place, urgent, due_at, first_due_at, main,
      work_id, kind, not_after, head, at, attempts, state, attempt, token)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NOT EXISTS (SELECT 1 ${headOf}),
      (SELECT at FROM uftp_message WHERE place = ?),
      coalesce((SELECT attempts FROM uftp_task INDEXED BY uftp_task_message WHERE place = ? AND main = 1), '[]'),
      'waiting', 0, '')`;
const showOnly =
  'UPDATE uftp_task INDEXED BY uftp_task_message SET main = 0 WHERE place = ? AND main = 1 AND id <> ?';
const stepBack = `UPDATE uftp_task SET head = 0 WHERE id = (SELECT id ${headOf} AND urgent = 0 AND token = '')`;
const own = 'queue = ? AND participant = ?';
const heads = `FROM uftp_task INDEXED BY uftp_task_due WHERE ${own} AND head = 1`;
const behind = `FROM uftp_task INDEXED BY uftp_task_end WHERE ${own} AND head = 0 AND not_after IS NOT NULL`;
const findDue = `SELECT id, due_at, seq ${heads} AND due_at <= ? ORDER BY due_at, seq LIMIT ?`;
const findExpired = `SELECT id, ${endsAt} AS due_at, seq ${behind} AND ${endsAt} <= ? ORDER BY ${endsAt}, seq LIMIT ?`;
const findFar = `SELECT id, due_at, seq FROM uftp_task INDEXED BY uftp_task_far
    WHERE ${own} AND head = 1 AND ${isPaused} AND due_at >= ? ORDER BY due_at, seq LIMIT ?`;
const leaseThese = `UPDATE uftp_task SET state = 'leased', due_at = ?, attempt = attempt + 1, token = ? || ':' || id
    WHERE id IN (SELECT value FROM json_each(?))`;
// CROSS JOIN: in the order of the ids.
const findLeased = `SELECT ${columns}, l.id AS task, l.token, l.kind, l.attempt, l.first_due_at, l.not_after, l.head FROM json_each(?)
    CROSS JOIN uftp_task l ON l.id = json_each.value CROSS JOIN uftp_message m ON m.place = l.place ${withTask}`;
const findFirst = [
  `SELECT due_at ${heads} ORDER BY due_at LIMIT 1`,
  `SELECT ${endsAt} AS due_at ${behind} ORDER BY ${endsAt} LIMIT 1`,
];
const findHeld = `SELECT id, queue, participant, order_key, head FROM uftp_task WHERE ${held}`;
const renewHeld = `UPDATE uftp_task SET due_at = ?, attempt = max(0, attempt - ?) WHERE ${held} RETURNING attempt`;
const retryTask = `UPDATE uftp_task SET state = 'waiting', due_at = ?, attempts = json_insert(attempts, '$[#]', json(?))
    WHERE id = ?`;
const endTask =
  "UPDATE uftp_task SET state = ?, head = NULL, attempts = json_insert(attempts, '$[#]', json(?)) WHERE id = ?";
const moveUp = `UPDATE uftp_task SET head = 1 WHERE id = (
    SELECT id FROM uftp_task INDEXED BY uftp_task_behind WHERE ${lane} AND head = 0 ORDER BY urgent DESC, seq LIMIT 1)`;
const findSent = `SELECT id, queue, participant, order_key, head FROM uftp_task INDEXED BY uftp_task_message
    WHERE place = ? AND queue = 'outgoing' AND head IS NULL`;
const resendTask = `UPDATE uftp_task SET state = 'waiting', urgent = 0, seq = ?, due_at = ?, first_due_at = ?, attempt = 0,
    token = '', head = NOT EXISTS (SELECT 1 ${headOf}) WHERE id = ?`;

/** See the module. Several calls that belong together stand in a transaction, which the caller begins. */
export class Tasks {
  readonly #sql: SqlDriver;
  readonly #records: Records;
  readonly #counter: Counter;

  constructor(sql: SqlDriver, records: Records, counter: Counter) {
    this.#sql = sql;
    this.#records = records;
    this.#counter = counter;
  }

  /** Queues a message for delivery. */
  addOutgoing(place: number, { record, orderKey, first, dueAt, notAfter }: Outgoing): void {
    const lane = this.#lane('outgoing', record.participant, orderKey);
    // It goes ahead of a head that is neither urgent nor has been claimed, which then waits behind.
    if (first === true) this.#sql.run(stepBack, lane);
    this.#add(lane, place, [first === true ? 1 : 0, dueAt, dueAt, 1, null, null, notAfter ?? null]);
  }

  /** Queues work, unless its id is known. */
  addWork(place: number, { id, participant, kind, message, orderKey, dueAt }: Work): void {
    const lane = this.#lane('work', participant, orderKey);
    if (this.#sql.get(findWork, [lane[1], id]) !== undefined) return;
    const isMain = kind === 'process' && message.direction === 'in';
    const task = this.#add(lane, place, [0, dueAt, dueAt, isMain ? 1 : 0, id, kind, null]);
    if (isMain) this.#sql.run(showOnly, [place, task]);
  }

  /** Leases what is due: see `Store.claim`. */
  claim(request: Parameters<Store['claim']>[0]): readonly Lease[] {
    const { queue, until } = request;
    const due = this.due(request);
    if (due.length === 0) return [];
    const ids = JSON.stringify(due);
    this.#sql.run(leaseThese, [until, this.#counter.next(), ids]);
    return this.#sql.all<LeasedRow>(findLeased, [ids]).map((row) => ({
      queue,
      task: String(row.task),
      token: row.token,
      until,
      message: this.#records.stored(row),
      attempt: row.attempt,
      firstDueAt: row.first_due_at,
      ...(row.kind !== null && { kind: row.kind }),
      ...(row.not_after !== null && { notAfter: row.not_after }),
      ...(row.head === 0 && { behind: true }),
    }));
  }

  /** The tasks that {@link claim} would lease, by their numbers. */
  due({ queue, participants, now, limit, farFrom }: Parameters<Store['claim']>[0]): readonly number[] {
    const find = (sql: string, owner: number, moment: number): readonly DueRow[] =>
      this.#sql.all<DueRow>(sql, [queue, owner, moment, limit]);
    return this.#owners(participants)
      .flatMap((owner) => [
        ...find(findDue, owner, now),
        ...find(findExpired, owner, now),
        ...(farFrom === undefined ? [] : find(findFar, owner, Math.max(farFrom, now + 1))), // none of them twice
      ])
      .sort((one, other) => one.due_at - other.due_at || one.seq - other.seq)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  /** When the next task is due, of these participants or of all. */
  nextDueAt(participants?: readonly Party[]): number | undefined {
    const owners = participants === undefined ? this.#records.participants.all() : this.#owners(participants);
    const dues = owners.flatMap((owner) =>
      ['work', 'outgoing'].flatMap((queue) =>
        findFirst.flatMap((sql) => this.#sql.all<Pick<DueRow, 'due_at'>>(sql, [queue, owner])),
      ),
    );
    return dues.length === 0 ? undefined : Math.min(...dues.map(({ due_at }) => due_at));
  }

  /** The task of a lease that has not been lost and has not ended. */
  held({ queue, task, token }: Lease): HeldTask | undefined {
    return this.#sql.get<HeldTask>(findHeld, [Number(task), queue, token]);
  }

  /** Sets the end of a lease. @returns its attempt; undefined where it was lost or has ended */
  renew({ queue, task, token }: Lease, until: number, isUntried: boolean): number | undefined {
    const params = [until, isUntried ? 1 : 0, Number(task), queue, token];
    return this.#sql.get<Pick<Lease, 'attempt'>>(renewHeld, params)?.attempt;
  }

  /** Ends a lease that is held. */
  finish({ id, queue, participant, order_key, head }: HeldTask, outcome: Outcome): void {
    const attempt = JSON.stringify(outcome.attempt);
    if (outcome.end === 'retry') {
      this.#sql.run(retryTask, [outcome.dueAt, attempt, id]);
      return;
    }
    this.#sql.run(endTask, [outcome.end, attempt, id]);
    if (head === 1) this.#sql.run(moveUp, [queue, participant, order_key]);
  }

  /** Puts a message that was delivered or given up back into its queue: see `Commit.resend`. */
  resend({ place, attempts, body }: StoredMessage, dueAt: number, unlessTriedSince: number): void {
    const task = this.#sql.get<HeldTask>(findSent, [place]);
    if (task === undefined || body.length === 0) return;
    if (attempts.some(({ at }) => at >= unlessTriedSince)) return;
    const { id, queue, participant, order_key } = task;
    const behind = this.#counter.next();
    this.#sql.run(resendTask, [behind, dueAt, dueAt, queue, participant, order_key, id]);
  }

  /** @param own - its columns from `urgent` to `not_after` @returns the task's number */
  #add(lane: SqlLane, place: number, own: readonly SqlValue[]): number {
    const id = this.#counter.next();
    this.#sql.run(addTask, [id, id, ...lane, place, ...own, ...lane, place, place]);
    return id;
  }

  #lane(queue: Lease['queue'], participant: Party, orderKey: string): SqlLane {
    return [queue, this.#records.participants.add(participant), orderKey];
  }

  #owners(participants: readonly Party[]): readonly number[] {
    const ids = participants.map((party) => this.#records.participants.find(party));
    return [...new Set(ids.filter((id) => id !== undefined))];
  }
}
