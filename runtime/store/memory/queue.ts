/**
 * @module One queue of the memory store: tasks in; out come those that are due, one at a time of each order key, and what
 * has expired behind it. Adding, claiming and ending a task take time logarithmic in the number of order keys, and of
 * tasks that may expire, however many wait.
 */

import { Heap, type Slotted } from './heap.ts';

/** What the queue must know of a task. */
export interface Queued extends Slotted {
  /** Whose task it is; order keys of different owners are different. */
  readonly owner: string;
  readonly orderKey: string;
  /** From this moment on it may be claimed also where it waits behind others. */
  readonly notAfter: number | undefined;
  /** True: it has a deadline, which may well lie far ahead. */
  readonly isDeadline: boolean;
  /** When it may be claimed as the head; of a claimed task, when it may be claimed again. Only the queue changes it. */
  dueAt: number;
  /** Counts up with every task that is added. Only the queue changes it. */
  order: number;
  /** Whether it goes ahead of what is not urgent. Only the queue changes it. */
  isUrgent: boolean;
  /** Whether it is the head of its line. Only the queue changes it. */
  isHead: boolean;
  /** Whether it has been claimed since it was added. Only the queue changes it. */
  isClaimed: boolean;
  /** What waits before it in its line. Only the queue changes it. */
  previous: Queued | undefined;
  /** What waits behind it in its line. Only the queue changes it. */
  next: Queued | undefined;
}

/** See the module. */
export class TaskQueue<T extends Queued> {
  readonly #agendas = new Map<string, Agenda<T>>();
  #order = 0;

  /**
   * Adds a task, which must not be in the queue.
   *
   * @param isUrgent - true: ahead of all of its order key but those that were added so before, and a head that has been
   * claimed
   */
  add(task: T, isUrgent: boolean): void {
    this.#order += 1;
    task.order = this.#order;
    task.isUrgent = isUrgent;
    task.isClaimed = false;
    const agenda = this.#agendas.get(task.owner) ?? new Agenda();
    this.#agendas.set(task.owner, agenda);
    agenda.add(task);
  }

  /**
   * Takes at most `limit` tasks that are due, the longest due first; each may be claimed again from `until` on.
   *
   * @param farFrom - heads without a deadline are due from this moment on, too
   */
  claim(
    owners: readonly string[],
    now: number,
    until: number,
    limit: number,
    farFrom: number = Number.POSITIVE_INFINITY,
  ): T[] {
    const agendas = this.#of(owners);
    const tasks: T[] = [];
    while (tasks.length < limit) {
      const task = soonest(agendas);
      if (task === undefined || momentOf(task) > now) break;
      this.#agendas.get(task.owner)?.take(task);
      tasks.push(task);
    }
    if (tasks.length < limit) {
      const far = agendas
        .flatMap((agenda) => agenda.far(farFrom))
        .sort((one, other) => (before(one, other) ? -1 : 1));
      tasks.push(...far.slice(0, limit - tasks.length));
    }
    // Put back only now, so that no task is claimed twice at once, whatever `until` is.
    for (const task of tasks) {
      task.isClaimed = true;
      this.postpone(task, until);
    }
    return tasks;
  }

  /** Sets when a claimed task may be claimed again. It keeps its place. */
  postpone(task: T, dueAt: number): void {
    task.dueAt = dueAt;
    this.#agendas.get(task.owner)?.put(task);
  }

  /** Takes a claimed task out. Where it was a head, the next of its order key comes up. */
  end(task: T): void {
    const agenda = this.#agendas.get(task.owner);
    agenda?.end(task);
    if (agenda?.next === undefined) this.#agendas.delete(task.owner);
  }

  /** When the next task may be claimed. */
  nextDueAt(owners: readonly string[]): number | undefined {
    const task = soonest(this.#of(owners));
    return task && momentOf(task);
  }

  #of(owners: readonly string[]): Agenda<T>[] {
    return [...new Set(owners)].map((owner) => this.#agendas.get(owner)).filter((one) => one !== undefined);
  }
}

/** The tasks of one order key: the head, and what waits behind it, the urgent ones first. */
interface Lane<T extends Queued> {
  head: T;
  readonly urgent: Line<T>;
  readonly rest: Line<T>;
}

/**
 * The tasks of one owner: a lane for each order key that has any, and a heap, by when they may be claimed, of the heads
 * and of what may expire behind them.
 */
class Agenda<T extends Queued> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #heap = new Heap<T>(before);
  /** No head without a deadline is due later than this: so all of them are looked at only where one is far. */
  #latest = Number.NEGATIVE_INFINITY;

  /** The task that may be claimed first. */
  get next(): T | undefined {
    return this.#heap.first;
  }

  add(task: T): void {
    const lane = this.#lanes.get(task.orderKey);
    if (lane === undefined) {
      this.#lanes.set(task.orderKey, { head: task, urgent: new Line(), rest: new Line() });
      this.#lead(task);
    } else if (task.isUrgent && !lane.head.isUrgent && !lane.head.isClaimed) {
      lane.head.isHead = false;
      lane.rest.unshift(lane.head);
      this.put(lane.head);
      lane.head = task;
      this.#lead(task);
    } else {
      task.isHead = false;
      lineOf(lane, task).push(task);
      this.put(task);
    }
  }

  /** Takes a task out of the heap until it is put there again. */
  take(task: T): void {
    this.#heap.remove(task);
  }

  /** The heads without a deadline that are due at `from` or later, but for those that have been taken. */
  far(from: number): readonly T[] {
    if (this.#latest < from) return [];
    const heads = [...this.#lanes.values()].map(({ head }) => head).filter(({ isDeadline }) => !isDeadline);
    this.#latest = heads.reduce((latest, { dueAt }) => Math.max(latest, dueAt), Number.NEGATIVE_INFINITY);
    return heads.filter(({ dueAt, slot }) => dueAt >= from && slot >= 0);
  }

  /** Puts a task where it belongs in the heap, if it does. */
  put(task: T): void {
    if (task.isHead && !task.isDeadline) this.#latest = Math.max(this.#latest, task.dueAt);
    if (task.isHead || task.notAfter !== undefined) this.#heap.put(task);
    else this.#heap.remove(task);
  }

  end(task: T): void {
    const lane = this.#lanes.get(task.orderKey);
    if (lane === undefined) return;
    this.#heap.remove(task);
    if (lane.head !== task) {
      lineOf(lane, task).remove(task);
      return;
    }
    const next = lane.urgent.shift() ?? lane.rest.shift();
    if (next === undefined) {
      this.#lanes.delete(task.orderKey);
    } else {
      lane.head = next;
      this.#lead(next);
    }
  }

  #lead(task: T): void {
    task.isHead = true;
    this.put(task);
  }
}

function lineOf<T extends Queued>({ urgent, rest }: Lane<T>, { isUrgent }: T): Line<T> {
  return isUrgent ? urgent : rest;
}

/** From when on a task may be claimed. */
function momentOf({ dueAt, isClaimed, isHead, notAfter }: Queued): number {
  if (isHead || notAfter === undefined) return dueAt;
  return isClaimed ? Math.max(dueAt, notAfter) : notAfter;
}

function before(one: Queued, other: Queued): boolean {
  const [first, second] = [momentOf(one), momentOf(other)];
  return first < second || (first === second && one.order < other.order);
}

function soonest<T extends Queued>(agendas: readonly Agenda<T>[]): T | undefined {
  let best: T | undefined;
  for (const { next } of agendas) {
    if (next !== undefined && (best === undefined || before(next, best))) best = next;
  }
  return best;
}

/** A list that grows at both ends, and from which any task may leave: an array would move all that is left. */
class Line<T extends Queued> {
  #first: T | undefined;
  #last: T | undefined;

  push(task: T): void {
    task.previous = this.#last;
    if (this.#last === undefined) this.#first = task;
    else this.#last.next = task;
    this.#last = task;
  }

  unshift(task: T): void {
    task.next = this.#first;
    if (this.#first === undefined) this.#last = task;
    else this.#first.previous = task;
    this.#first = task;
  }

  shift(): T | undefined {
    const task = this.#first;
    if (task !== undefined) this.remove(task);
    return task;
  }

  remove(task: T): void {
    const { previous, next } = task;
    if (previous === undefined) this.#first = next as T | undefined;
    else previous.next = next;
    if (next === undefined) this.#last = previous as T | undefined;
    else next.previous = previous;
    // Or what has ended would keep what came after it in memory.
    task.previous = undefined;
    task.next = undefined;
  }
}
