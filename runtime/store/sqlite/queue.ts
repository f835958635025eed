/** @module The tasks of the SQL store: queued, leased and ended; of each order key only the head can be leased. */

import type { Lease, Outcome, Outgoing, Store, Work } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import type { SqlTx, SqlValue } from './driver.ts';
import type { Records } from './records.ts';

/** A row of `uftp_task`. */
interface TaskRow {
  readonly id: number;
  readonly queue: Lease['queue'];
  readonly participant: number;
  readonly place: number;
  readonly work_id: string | null;
  readonly kind: Work['kind'] | null;
  readonly order_key: string;
  readonly urgent: 0 | 1;
  readonly seq: number;
  readonly head: 0 | 1 | null;
  readonly state: 'waiting' | 'leased' | 'done' | 'dead';
  readonly due_at: number;
  readonly first_due_at: number;
  readonly not_after: number | null;
  readonly attempt: number;
  readonly token: string;
}

/** What a new task is made of. */
type NewTask = Pick<TaskRow, 'queue' | 'participant' | 'place' | 'order_key' | 'urgent' | 'due_at'> &
  Partial<TaskRow>;

/** Tasks that wait for one another. */
type Lane = Pick<TaskRow, 'queue' | 'participant' | 'order_key'>;

/** See the module. Several calls that belong together stand in a transaction, which the caller begins. */
export class Tasks {
  readonly #sql: SqlTx;
  readonly #records: Records;

  constructor(sql: SqlTx, records: Records) {
    this.#sql = sql;
    this.#records = records;
  }

  /** Queues a message for delivery. */
  addOutgoing(place: number, { record, orderKey, first, dueAt, notAfter }: Outgoing): void {
    const task = this.#add({
      queue: 'outgoing',
      participant: this.#records.participants.add(record.participant),
      place,
      order_key: orderKey,
      urgent: first === true ? 1 : 0,
      due_at: dueAt,
      not_after: notAfter ?? null,
    });
    this.#records.setTask(place, task, 'waiting');
  }

  /** Queues work, unless its id is known. */
  addWork(place: number, { id, participant, kind, message, orderKey, dueAt }: Work): void {
    const owner = this.#records.participants.add(participant);
    const known = 'SELECT id FROM uftp_task WHERE participant = ? AND work_id = ?';
    if (this.#sql.all(known, [owner, id]).length > 0) return;
    const lane: Lane = { queue: 'work', participant: owner, order_key: orderKey };
    const task = this.#add({ ...lane, place, work_id: id, kind, urgent: 0, due_at: dueAt });
    if (kind === 'process' && message.direction === 'in') this.#records.setTask(place, task, 'waiting');
  }

  /** Leases what is due: see `Store.claim`. */
  claim({ queue, participants, now, until, limit }: Parameters<Store['claim']>[0]): readonly Lease[] {
    const due = this.#owners(participants).flatMap((owner) =>
      this.#sql.all<Pick<TaskRow, 'id' | 'due_at' | 'seq'>>(
        `SELECT id, due_at, seq FROM uftp_task INDEXED BY uftp_task_due
          WHERE queue = ? AND participant = ? AND head = 1 AND due_at <= ? ORDER BY due_at, seq LIMIT ?`,
        [queue, owner, now, limit],
      ),
    );
    const longest = due.sort((one, other) => one.due_at - other.due_at || one.seq - other.seq);
    return longest.slice(0, limit).map(({ id }) => this.#lease(id, until));
  }

  /** When the next task is due, of these participants or of all. */
  nextDueAt(
    participants?: readonly Party[],
    queues: readonly Lease['queue'][] = ['work', 'outgoing'],
  ): number | undefined {
    const owners = participants === undefined ? this.#records.participants.all() : this.#owners(participants);
    const dues = owners.flatMap((owner) =>
      queues.flatMap((queue) =>
        this.#sql.all<Pick<TaskRow, 'due_at'>>(
          `SELECT due_at FROM uftp_task INDEXED BY uftp_task_due
            WHERE queue = ? AND participant = ? AND head = 1 ORDER BY due_at LIMIT 1`,
          [queue, owner],
        ),
      ),
    );
    return dues.length === 0 ? undefined : Math.min(...dues.map(({ due_at }) => due_at));
  }

  /** The task of a lease that has not been lost and has not ended. */
  held({ queue, task, token }: Lease): TaskRow | undefined {
    const sql = "SELECT * FROM uftp_task WHERE id = ? AND queue = ? AND token = ? AND state = 'leased'";
    return this.#sql.all<TaskRow>(sql, [Number(task), queue, token])[0];
  }

  /** Sets the end of a lease that is held. */
  renew({ id }: TaskRow, until: number): void {
    this.#sql.run('UPDATE uftp_task SET due_at = ? WHERE id = ?', [until, id]);
  }

  /** Ends a lease that is held. */
  finish({ id, place, ...lane }: TaskRow, outcome: Outcome): void {
    const state = outcome.end === 'retry' ? 'waiting' : outcome.end;
    this.#records.addAttempt(place, id, outcome.attempt);
    this.#records.setState(place, id, state);
    if (outcome.end === 'retry') {
      this.#sql.run('UPDATE uftp_task SET state = ?, due_at = ? WHERE id = ?', [state, outcome.dueAt, id]);
      return;
    }
    this.#sql.run('UPDATE uftp_task SET state = ?, head = NULL WHERE id = ?', [state, id]);
    this.#sql.run(
      `UPDATE uftp_task SET head = 1 WHERE id = (
        SELECT id FROM uftp_task INDEXED BY uftp_task_behind
          WHERE queue = ? AND participant = ? AND order_key = ? AND head = 0 ORDER BY urgent DESC, seq LIMIT 1
      )`,
      [lane.queue, lane.participant, lane.order_key],
    );
  }

  /** Puts a message that was delivered or given up back into its queue: see `Commit.resend`. */
  resend(place: number, dueAt: number, unlessTriedSince: number): void {
    const sql = "SELECT * FROM uftp_task WHERE place = ? AND queue = 'outgoing' AND head IS NULL";
    const [task] = this.#sql.all<TaskRow>(sql, [place]);
    const { attempts, body } = this.#records.stored(this.#records.rowAt(place));
    if (task === undefined || body.length === 0) return;
    if (attempts.some(({ at }) => at >= unlessTriedSince)) return;
    this.#sql.run(
      `UPDATE uftp_task SET state = 'waiting', head = ?, urgent = 0, seq = ?, due_at = ?, first_due_at = ?, attempt = 0
        WHERE id = ?`,
      [this.#takeHead(task, 0), this.#records.next(), dueAt, dueAt, task.id],
    );
    this.#records.setState(place, task.id, 'waiting');
  }

  /** @returns the task's number */
  #add(task: NewTask): number {
    const row: Partial<TaskRow> = {
      ...task,
      seq: this.#records.next(),
      head: this.#takeHead(task, task.urgent),
      state: 'waiting',
      first_due_at: task.due_at,
      attempt: 0,
      token: '',
    };
    const columns = Object.keys(row);
    const [added] = this.#sql.all<Pick<TaskRow, 'id'>>(
      `INSERT INTO uftp_task (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
      Object.values(row) as SqlValue[],
    );
    if (added === undefined) throw new RangeError('a task was not added');
    return added.id;
  }

  /**
   * The `head` of a task that comes: 1 where its lane is empty, or where it is urgent and the head is neither
   * urgent nor has been claimed, which then waits behind; else 0.
   */
  #takeHead({ queue, participant, order_key }: Lane, urgent: 0 | 1): 0 | 1 {
    const [head] = this.#sql.all<Pick<TaskRow, 'id' | 'urgent' | 'attempt'>>(
      `SELECT id, urgent, attempt FROM uftp_task INDEXED BY uftp_task_head
        WHERE queue = ? AND participant = ? AND order_key = ? AND head = 1`,
      [queue, participant, order_key],
    );
    if (head === undefined) return 1;
    if (urgent === 0 || head.urgent === 1 || head.attempt > 0) return 0;
    this.#sql.run('UPDATE uftp_task SET head = 0 WHERE id = ?', [head.id]);
    return 1;
  }

  #lease(id: number, until: number): Lease {
    const [task] = this.#sql.all<TaskRow>(
      "UPDATE uftp_task SET state = 'leased', due_at = ?, attempt = attempt + 1, token = ? WHERE id = ? RETURNING *",
      [until, String(this.#records.next()), id],
    );
    if (task === undefined) throw new RangeError(`no task ${id}`);
    this.#records.setState(task.place, id, 'leased');
    return {
      queue: task.queue,
      task: String(id),
      token: task.token,
      until,
      message: this.#records.stored(this.#records.rowAt(task.place)),
      attempt: task.attempt,
      firstDueAt: task.first_due_at,
      ...(task.kind !== null && { kind: task.kind }),
      ...(task.not_after !== null && { notAfter: task.not_after }),
    };
  }

  #owners(participants: readonly Party[]): readonly number[] {
    const ids = participants.map((party) => this.#records.participants.find(party));
    return [...new Set(ids.filter((id) => id !== undefined))];
  }
}
