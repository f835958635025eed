/** @module The store for tests and the demo: commits in, everything kept in this process, nothing after it. */

import { UftpError } from '../../errors.ts';
import type {
  Commit,
  Committed,
  Filter,
  Lease,
  MessageRecord,
  Outcome,
  Outgoing,
  Snapshot,
  Store,
  StoredMessage,
  Work,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { Watchers } from '../watchers.ts';
import { newTask, type Task, unclaimed } from './entry.ts';
import { TaskQueue } from './queue.ts';
import { messageText, partyText, Records, stored } from './records.ts';
import { type MemoryTx, Turns, transaction } from './tx.ts';

export type { MemoryTx } from './tx.ts';

/**
 * Keeps everything in this process: for tests and the demo, since what was accepted dies with it. Writes take turns;
 * a commit without `inside` is written before `commit` returns, unless another write is under way.
 *
 * @example
 * ```ts
 * import { memory } from 'shapeshifter-uftp';
 *
 * const store = memory();
 * await store.commit({ inside: (tx) => tx.set('orders', 1) });
 * ```
 */
export function memory(): Store<MemoryTx> {
  return new MemoryStore();
}

class MemoryStore implements Store<MemoryTx> {
  readonly name = 'memory';
  readonly durable = false;
  readonly #records = new Records();
  readonly #queues = { work: new TaskQueue<Task>(), outgoing: new TaskQueue<Task>() };
  /** Work by its id, also what has ended: the id is remembered as long as its message. */
  readonly #work = new Map<string, Task>();
  /** What users have written through their transactions. */
  readonly #values = new Map<string, unknown>();
  readonly #watchers = new Watchers();
  readonly #turns = new Turns();
  #tokens = 0;
  #closed = false;

  async read({ participant, scopes, message }: Parameters<Store['read']>[0]): Promise<Snapshot> {
    this.#checkOpen();
    return this.#records.read(participant, scopes, message);
  }

  async commit(item: Commit<MemoryTx>): Promise<Committed> {
    this.#checkOpen();
    return this.#turns.take(() => {
      const refusal = this.#refusal(item);
      if (refusal !== undefined) return refusal;
      this.#checkSound(item);
      return item.inside === undefined ? this.#write(item) : this.#writeWith(item, item.inside);
    });
  }

  async claim(request: Parameters<Store['claim']>[0]): Promise<readonly Lease[]> {
    this.#checkOpen();
    const { queue, participants, now, until, limit, farFrom } = request;
    return this.#turns.take(() =>
      this.#queues[queue].claim(participants.map(partyText), now, until, limit, farFrom).map((task) => {
        this.#tokens += 1;
        task.token = String(this.#tokens);
        task.attempt += 1;
        task.state = 'leased';
        return leaseOf(task);
      }),
    );
  }

  async renew(lease: Lease, until: number, isUntried = false): Promise<Lease | undefined> {
    this.#checkOpen();
    return this.#turns.take(() => {
      const task = this.#held(lease);
      if (task === undefined) return undefined;
      if (isUntried) task.attempt = Math.max(0, task.attempt - 1);
      this.#queues[task.queue].postpone(task, until);
      return { ...lease, until, attempt: task.attempt };
    });
  }

  async nextDueAt(participants: readonly Party[]): Promise<number | undefined> {
    this.#checkOpen();
    const owners = participants.map(partyText);
    const work = this.#queues.work.nextDueAt(owners);
    const outgoing = this.#queues.outgoing.nextDueAt(owners);
    return work === undefined || outgoing === undefined ? (work ?? outgoing) : Math.min(work, outgoing);
  }

  async list(filter: Filter): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    this.#checkOpen();
    return this.#records.list(filter);
  }

  async prune(request: Parameters<Store['prune']>[0]): Promise<{ bodies: number; records: number }> {
    this.#checkOpen();
    return this.#turns.take(() => {
      if (request.signal?.aborted) return { bodies: 0, records: 0 };
      const { bodies, removed } = this.#records.prune(request.bodiesBefore, request.recordsBefore);
      for (const { tasks } of removed) {
        for (const task of tasks) if (task.queue === 'work') this.#work.delete(task.id);
      }
      return { bodies, records: removed.length };
    });
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.ended();
    this.#watchers.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new UftpError('store-unavailable', 'the memory store has been closed');
  }

  /** Why nothing is written; the order of the conditions is the contract's. */
  #refusal(item: Commit<MemoryTx>): Committed | undefined {
    if (item.finish !== undefined && this.#held(item.finish.lease) === undefined) return { status: 'lost' };
    for (const record of recordsOf(item)) {
      const known = this.#records.find(record);
      if (known !== undefined) return { status: 'duplicate', record: stored(known) };
    }
    if (item.answer !== undefined) {
      const known = this.#records.find(item.answer.message);
      if (known?.record.verdict?.result !== 'deferred') return { status: 'answered' };
    }
    const moved = item.read?.some(
      ({ participant, key, revision }) => this.#records.revision(participant, key) !== revision,
    );
    return moved ? { status: 'conflict' } : undefined;
  }

  /** Refuses what no history could make right. */
  #checkSound(item: Commit<MemoryTx>): void {
    const fresh = new Set<string>();
    for (const record of recordsOf(item)) {
      const text = messageText(record);
      if (fresh.has(text)) throw new RangeError(`message ${record.identity} stands in the commit twice`);
      fresh.add(text);
    }
    for (const { id, message } of item.work ?? []) {
      if (this.#records.find(message) !== undefined || fresh.has(messageText(message))) continue;
      throw new RangeError(`work ${id} is on a message that is not stored`);
    }
  }

  async #writeWith(
    item: Commit<MemoryTx>,
    inside: NonNullable<Commit<MemoryTx>['inside']>,
  ): Promise<Committed> {
    // The turn is taken once this has returned; then what users ask of the store inside has to wait.
    await undefined;
    const { tx, end } = transaction(this.#values);
    try {
      await inside(tx);
    } catch (error) {
      end('undo');
      throw error;
    }
    end('keep');
    return this.#write(item);
  }

  /** Writes what has been checked. It cannot fail, so that nothing has to be undone. */
  #write(item: Commit<MemoryTx>): Committed {
    const { finish, answer, received, outgoing, work, resend } = item;
    if (finish !== undefined) this.#finish(finish.lease, finish.outcome);
    const answered = answer && this.#records.find(answer.message);
    if (answer !== undefined && answered !== undefined) this.#records.answer(answered, answer.verdict);
    if (received !== undefined) this.#records.add(received);
    for (const each of outgoing ?? []) this.#send(each);
    for (const each of work ?? []) this.#queueWork(each);
    if (resend !== undefined) this.#resend(resend);
    if (finish ?? outgoing ?? work ?? resend) this.#watchers.wake();
    return { status: 'committed' };
  }

  #finish(lease: Lease, outcome: Outcome): void {
    const task = this.#held(lease);
    if (task === undefined) return;
    if (task.entry.main === task) task.entry.attempts.push(Object.freeze({ ...outcome.attempt }));
    if (outcome.end === 'retry') {
      task.state = 'waiting';
      this.#queues[task.queue].postpone(task, outcome.dueAt);
    } else {
      task.state = outcome.end;
      this.#queues[task.queue].end(task);
    }
  }

  #send({ record, orderKey, dueAt, first, notAfter }: Outgoing): void {
    const entry = this.#records.add(record);
    const task = newTask({
      queue: 'outgoing',
      id: String(entry.place),
      owner: partyText(record.participant),
      entry,
      orderKey,
      dueAt,
      kind: undefined,
      notAfter,
    });
    entry.main = task;
    this.#enqueue(task, first);
  }

  #queueWork({ id, participant, message, kind, orderKey, dueAt }: Work): void {
    const owner = partyText(participant);
    const own = `${owner}\0${id}`;
    const entry = this.#records.find(message);
    if (entry === undefined || this.#work.has(own)) return;
    const task = newTask({
      queue: 'work',
      id: own,
      owner,
      entry,
      orderKey,
      dueAt,
      kind,
      notAfter: undefined,
    });
    this.#work.set(own, task);
    if (kind === 'process' && message.direction === 'in') entry.main = task;
    this.#enqueue(task);
  }

  #enqueue(task: Task, first = false): void {
    task.entry.tasks.push(task);
    this.#queues[task.queue].add(task, first);
  }

  #resend({ message, dueAt, unlessTriedSince }: NonNullable<Commit['resend']>): void {
    const task = this.#records.find(message)?.main;
    if (task?.queue !== 'outgoing' || task.state === 'waiting' || task.state === 'leased') return;
    const { record, attempts } = task.entry;
    if (record.body.length === 0 || attempts.some(({ at }) => at >= unlessTriedSince)) return;
    this.#queues.outgoing.add(Object.assign(task, unclaimed(dueAt)), false);
  }

  /** The task, where the lease still holds it. */
  #held({ queue, task: id, token, message }: Lease): Task | undefined {
    const tasks = this.#records.find(message)?.tasks;
    return tasks?.find(
      (task) => task.queue === queue && task.id === id && task.state === 'leased' && task.token === token,
    );
  }
}

function recordsOf({ received, outgoing }: Commit<MemoryTx>): readonly MessageRecord[] {
  const sent = (outgoing ?? []).map(({ record }) => record);
  return received === undefined ? sent : [received, ...sent];
}

function leaseOf(task: Task): Lease {
  return {
    queue: task.queue,
    task: task.id,
    token: task.token,
    until: task.dueAt,
    message: stored(task.entry),
    attempt: task.attempt,
    firstDueAt: task.firstDueAt,
    ...(task.kind !== undefined && { kind: task.kind }),
    ...(task.notAfter !== undefined && { notAfter: task.notAfter }),
    ...(!task.isHead && { behind: true }),
  };
}
