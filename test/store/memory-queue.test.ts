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
  /** 0: claimed once; 1: put first; 2: all others. */
  rank: number;
  readonly order: number;
}

/** The rules, as plainly as they can be said. */
class Plain {
  rows: Row[] = [];
  #order = 0;

  add(task: Task, first: boolean): void {
    this.#order += 1;
    this.rows.push({ task, dueAt: task.dueAt, rank: first ? 1 : 2, order: this.#order });
  }

  heads(owners: readonly string[]): Row[] {
    const sorted = this.rows.toSorted((one, other) => one.rank - other.rank || one.order - other.order);
    const seen = new Set<string>();
    const heads = sorted.filter(({ task }) => {
      const lane = `${task.owner} ${task.orderKey}`;
      if (seen.has(lane) || !owners.includes(task.owner)) return false;
      seen.add(lane);
      return true;
    });
    return heads.toSorted((one, other) => one.dueAt - other.dueAt || one.task.order - other.task.order);
  }

  claim(owners: readonly string[], now: number, until: number, limit: number): number[] {
    const due = this.heads(owners).filter(({ dueAt }) => dueAt <= now);
    return due.slice(0, limit).map((row) => {
      row.rank = 0;
      row.dueAt = until;
      return row.task.name;
    });
  }
}

test('it agrees with the plain rules through 5,000 random steps', () => {
  const queue = new TaskQueue<Task>();
  const plain = new Plain();
  const held: Task[] = [];
  let seed = 1;
  const random = (below: number): number => {
    // The generator of Park and Miller: the same steps in every run.
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let name = 0; name < 5000; name += 1) {
    const now = name >> 4;
    const owners = [['a'], ['b'], ['a', 'b']][random(3)] ?? [];
    const step = random(10);
    if (step < 4) {
      const task: Task = {
        name,
        owner: random(2) ? 'a' : 'b',
        orderKey: `${random(20)}`,
        dueAt: now + random(30) - 15,
        order: 0,
        next: undefined,
      };
      const first = random(4) === 0;
      queue.add(task, first);
      plain.add(task, first);
    } else if (step < 6) {
      const [until, limit] = [now + random(20), random(5)];
      const tasks = queue.claim(owners, now, until, limit);
      assert.equal(
        tasks.map((task) => task.name),
        plain.claim(owners, now, until, limit),
      );
      for (const task of tasks) if (!held.includes(task)) held.push(task);
    } else if (held.length > 0) {
      const [task] = held.splice(random(held.length), 1);
      if (task === undefined) continue;
      if (step < 9) {
        queue.end(task);
        plain.rows = plain.rows.filter((row) => row.task !== task);
      } else {
        const dueAt = now + random(20);
        queue.postpone(task, dueAt);
        for (const row of plain.rows) if (row.task === task) row.dueAt = dueAt;
        held.push(task);
      }
    }
    assert.is(queue.nextDueAt(owners), plain.heads(owners)[0]?.dueAt);
  }
  assert.ok(plain.rows.length > 50);
});
