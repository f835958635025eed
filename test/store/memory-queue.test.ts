/** @module The queue of the memory store against one that looks at every task. */

import { type Queued, TaskQueue } from '../../runtime/store/memory/queue.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: memory queue');

interface Task extends Queued {
  readonly name: number;
}

interface Row {
  readonly task: Task;
  dueAt: number;
  isClaimed: boolean;
  /** 0: the head, and claimed; 1: put first; 2: all others. */
  rank: number;
  readonly order: number;
}

/** A task that may be claimed now or later. */
interface Turn {
  readonly row: Row;
  readonly at: number;
  readonly isHead: boolean;
}

/** The rules, as plainly as they can be said. */
class Plain {
  rows: Row[] = [];
  #order = 0;

  add(task: Task, first: boolean): void {
    this.#order += 1;
    const rank = first ? 1 : 2;
    this.rows.push({ task, dueAt: task.dueAt, isClaimed: false, rank, order: this.#order });
  }

  end(task: Task): void {
    this.rows = this.rows.filter((row) => row.task !== task);
    for (const { row, isHead } of this.turns(['a', 'b'])) if (isHead && row.isClaimed) row.rank = 0;
  }

  turns(owners: readonly string[]): Turn[] {
    const sorted = this.rows.toSorted((one, other) => one.rank - other.rank || one.order - other.order);
    const seen = new Set<string>();
    const turns: Turn[] = [];
    for (const row of sorted) {
      const { notAfter, orderKey, owner } = row.task;
      if (!owners.includes(owner)) continue;
      const lane = `${owner} ${orderKey}`;
      if (!seen.has(lane)) turns.push({ row, at: row.dueAt, isHead: true });
      else if (notAfter !== undefined)
        turns.push({ row, at: row.isClaimed ? Math.max(notAfter, row.dueAt) : notAfter, isHead: false });
      seen.add(lane);
    }
    return turns.toSorted((one, other) => one.at - other.at || one.row.order - other.row.order);
  }

  claim(owners: readonly string[], now: number, until: number, limit: number, farFrom: number): number[] {
    const due = this.turns(owners).filter(
      ({ at, isHead, row }) => at <= now || (isHead && at >= farFrom && !row.task.isDeadline),
    );
    return due.slice(0, limit).map(({ row, isHead }) => {
      if (isHead) row.rank = 0;
      row.isClaimed = true;
      row.dueAt = until;
      return row.task.name;
    });
  }
}

test('it agrees with the plain rules through 10,000 random steps', () => {
  const queue = new TaskQueue<Task>();
  const plain = new Plain();
  const held: Task[] = [];
  let seed = 1;
  let claimedBehind = 0;
  let claimedFar = 0;
  const random = (below: number): number => {
    // The generator of Park and Miller: the same steps in every run.
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let name = 0; name < 10_000; name += 1) {
    const now = name >> 4;
    const owners = [['a'], ['b'], ['a', 'b']][random(3)] ?? [];
    const step = random(10);
    if (step < 4) {
      const isFar = random(20) === 0;
      const task: Task = {
        name,
        owner: random(2) ? 'a' : 'b',
        orderKey: `${random(20)}`,
        notAfter: random(3) === 0 ? now + random(60) - 10 : undefined,
        isDeadline: random(4) === 0,
        dueAt: isFar ? now + 1000 + random(50) : now + random(30) - 15,
        slot: -1,
        order: 0,
        isUrgent: false,
        isHead: false,
        isClaimed: false,
        previous: undefined,
        next: undefined,
      };
      const first = random(4) === 0;
      queue.add(task, first);
      plain.add(task, first);
    } else if (step < 6) {
      const [until, limit] = [now + random(20), random(5)];
      const farFrom = random(3) === 0 ? now + 50 + random(1000) : Number.POSITIVE_INFINITY;
      const turns = plain.turns(owners);
      const tasks = queue.claim(owners, now, until, limit, farFrom);
      claimedFar += turns.filter(({ at, row }) => at > now && tasks.includes(row.task)).length;
      claimedBehind += tasks.filter(({ isHead }) => !isHead).length;
      assert.equal(
        tasks.map((task) => task.name),
        plain.claim(owners, now, until, limit, farFrom),
      );
      for (const task of tasks) if (!held.includes(task)) held.push(task);
    } else if (held.length > 0) {
      const [task] = held.splice(random(held.length), 1);
      if (task === undefined) continue;
      if (step < 9) {
        queue.end(task);
        plain.end(task);
      } else {
        const dueAt = random(20) === 0 ? now + 1000 : now + random(20);
        queue.postpone(task, dueAt);
        for (const row of plain.rows) if (row.task === task) row.dueAt = dueAt;
        held.push(task);
      }
    }
    assert.is(queue.nextDueAt(owners), plain.turns(owners)[0]?.at);
  }
  assert.ok(plain.rows.length > 50);
  assert.ok(claimedBehind > 50, `${claimedBehind} claimed behind`);
  assert.ok(claimedFar > 50, `${claimedFar} far`);
});
