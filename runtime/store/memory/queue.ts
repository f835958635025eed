/**
 * @module One queue of the memory store: tasks in; out come those that are due, one at a time of each order key.
 * Adding, claiming and ending a task take time logarithmic in the number of order keys, however many tasks wait.
 */

/** What the queue must know of a task. */
export interface Queued {
  /** Whose task it is; order keys of different owners are different. */
  readonly owner: string;
  readonly orderKey: string;
  /** When it may be claimed; of a claimed task, when it may be claimed again. Only the queue changes it. */
  dueAt: number;
  /** Counts up with every task that is added. Only the queue changes it. */
  order: number;
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
   * @param first - true: ahead of all of its order key but those that were added so before, and the claimed one
   */
  add(task: T, first: boolean): void {
    this.#order += 1;
    task.order = this.#order;
    const agenda = this.#agendas.get(task.owner) ?? new Agenda();
    this.#agendas.set(task.owner, agenda);
    agenda.add(task, first);
  }

  /** Takes at most `limit` tasks that are due, the longest due first; each may be claimed again from `until` on. */
  claim(owners: readonly string[], now: number, until: number, limit: number): T[] {
    const agendas = this.#of(owners);
    const lanes: Lane<T>[] = [];
    while (lanes.length < limit) {
      const agenda = soonest(agendas);
      if (agenda?.next === undefined || agenda.next.dueAt > now) break;
      lanes.push(agenda.takeNext());
    }
    // Put back only now, so that no task is claimed twice at once, whatever `until` is.
    return lanes.map((lane) => lane.agenda.putBack(lane, until));
  }

  /** Sets when a claimed task may be claimed again. It keeps its place. */
  postpone(task: T, dueAt: number): void {
    this.#agendas.get(task.owner)?.postpone(task, dueAt);
  }

  /** Takes a claimed task out, so that the next of its order key comes up. */
  end(task: T): void {
    const agenda = this.#agendas.get(task.owner);
    agenda?.end(task);
    if (agenda?.next === undefined) this.#agendas.delete(task.owner);
  }

  /** When the next task may be claimed. */
  nextDueAt(owners: readonly string[]): number | undefined {
    return soonest(this.#of(owners))?.next?.dueAt;
  }

  #of(owners: readonly string[]): Agenda<T>[] {
    return owners.map((owner) => this.#agendas.get(owner)).filter((agenda) => agenda !== undefined);
  }
}

/** The tasks of one order key. The head is the claimed one, else the next of `firsts`, else the next of `rest`. */
interface Lane<T extends Queued> {
  readonly agenda: Agenda<T>;
  readonly firsts: Fifo<T>;
  readonly rest: Fifo<T>;
  claimed: T | undefined;
  /** Where it stands in the heap. */
  slot: number;
}

/** The tasks of one owner: a lane for each order key that has any, and a binary heap of lanes by when their heads are due. */
class Agenda<T extends Queued> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #heap: Lane<T>[] = [];

  /** The task that is due first of those that may be claimed. */
  get next(): T | undefined {
    const lane = this.#heap[0];
    return lane && headOf(lane);
  }

  add(task: T, first: boolean): void {
    const lane = this.#lanes.get(task.orderKey);
    if (lane !== undefined) {
      (first ? lane.firsts : lane.rest).push(task);
      this.#settle(lane);
      return;
    }
    const opened: Lane<T> = {
      agenda: this,
      firsts: new Fifo(),
      rest: new Fifo(),
      claimed: undefined,
      slot: 0,
    };
    (first ? opened.firsts : opened.rest).push(task);
    this.#lanes.set(task.orderKey, opened);
    this.#insert(opened);
  }

  /** Claims the head of the lane that is due first; the lane is out of the heap until it is put back. */
  takeNext(): Lane<T> {
    const lane = this.#heap[0];
    if (lane === undefined) throw new RangeError('nothing is queued');
    this.#remove(lane);
    lane.claimed ??= lane.firsts.shift() ?? lane.rest.shift();
    return lane;
  }

  putBack(lane: Lane<T>, until: number): T {
    const task = headOf(lane);
    task.dueAt = until;
    this.#insert(lane);
    return task;
  }

  postpone(task: T, dueAt: number): void {
    task.dueAt = dueAt;
    const lane = this.#lanes.get(task.orderKey);
    if (lane !== undefined) this.#settle(lane);
  }

  end(task: T): void {
    const lane = this.#lanes.get(task.orderKey);
    if (lane?.claimed !== task) return;
    lane.claimed = undefined;
    if ((lane.firsts.peek() ?? lane.rest.peek()) !== undefined) {
      this.#settle(lane);
    } else {
      this.#lanes.delete(task.orderKey);
      this.#remove(lane);
    }
  }

  #insert(lane: Lane<T>): void {
    lane.slot = this.#heap.length;
    this.#heap.push(lane);
    this.#settle(lane);
  }

  #remove(lane: Lane<T>): void {
    const last = this.#heap.pop();
    if (last === undefined || last === lane) return;
    this.#place(last, lane.slot);
    this.#settle(last);
  }

  /** Moves a lane up or down the heap to where its head belongs. */
  #settle(lane: Lane<T>): void {
    const head = headOf(lane);
    for (;;) {
      const above = this.#heap[(lane.slot - 1) >> 1];
      if (above === undefined || !before(head, headOf(above))) break;
      this.#swap(lane, above);
    }
    for (;;) {
      const left = this.#heap[2 * lane.slot + 1];
      const right = this.#heap[2 * lane.slot + 2];
      const below = left && right && before(headOf(right), headOf(left)) ? right : left;
      if (below === undefined || !before(headOf(below), head)) break;
      this.#swap(lane, below);
    }
  }

  #swap(one: Lane<T>, other: Lane<T>): void {
    const slot = one.slot;
    this.#place(one, other.slot);
    this.#place(other, slot);
  }

  #place(lane: Lane<T>, slot: number): void {
    lane.slot = slot;
    this.#heap[slot] = lane;
  }
}

function headOf<T extends Queued>(lane: Lane<T>): T {
  const head = lane.claimed ?? lane.firsts.peek() ?? lane.rest.peek();
  if (head === undefined) throw new RangeError('a lane without tasks');
  return head;
}

function before(one: Queued, other: Queued): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}

function soonest<T extends Queued>(agendas: readonly Agenda<T>[]): Agenda<T> | undefined {
  let best: Agenda<T> | undefined;
  for (const agenda of agendas) {
    if (agenda.next === undefined) continue;
    if (best?.next === undefined || before(agenda.next, best.next)) best = agenda;
  }
  return best;
}

/** A list that grows at its end and shrinks at its start. An array's `shift` would move all that is left. */
class Fifo<T extends Queued> {
  #first: T | undefined;
  #last: T | undefined;

  push(task: T): void {
    task.next = undefined;
    if (this.#last === undefined) this.#first = task;
    else this.#last.next = task;
    this.#last = task;
  }

  peek(): T | undefined {
    return this.#first;
  }

  shift(): T | undefined {
    const task = this.#first;
    this.#first = task?.next as T | undefined;
    if (this.#first === undefined) this.#last = undefined;
    else if (task !== undefined) task.next = undefined; // or what has ended would keep what came after it in memory
    return task;
  }
}
