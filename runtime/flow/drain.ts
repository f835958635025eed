/** @module Empties the two queues as far as they are due: messages to process, messages to deliver. */

import type { Lease } from '../ports/store.ts';
import { deliverLease } from './deliver.ts';
import type { Engine } from './engine.ts';
import { processLease } from './process.ts';

/** How a drain left the queues. */
export interface Drained {
  /** How many tasks were worked on. */
  readonly tasks: number;
  /** When there is more to do, in milliseconds since 1970; undefined where nothing waits. */
  readonly nextDueAt: number | undefined;
}

/** Tasks that are worked on at the same time, in each queue. */
const parallelMax = 16;
const workers: Readonly<Record<QueueName, (engine: Engine, lease: Lease) => Promise<void>>> = {
  work: processLease,
  outgoing: deliverLease,
};

/** A queue of the store. */
export type QueueName = Lease['queue'];

/**
 * Works until nothing is due, or `signal` is aborted; what is under way then is finished.
 * Every task is leased, so any number of processes may drain one store.
 */
export async function drain(engine: Engine, signal?: AbortSignal): Promise<Drained> {
  const tasks = await drainQueues(engine, ['work', 'outgoing'], signal);
  const participants = engine.participants.map((one) => one.party);
  return { tasks, nextDueAt: await engine.store.nextDueAt(participants) };
}

/**
 * Works on queues, up to `parallelMax` tasks of each at a time, until none is due and none is under way. Tasks that come in
 * the meantime are taken up at once. @returns how many there were
 *
 * @throws where the store fails: the leases run out, and the tasks come back
 */
export async function drainQueues(
  engine: Engine,
  queues: readonly QueueName[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const running = new Map(queues.map((queue) => [queue, new Set<Promise<void>>()]));
  const failures: unknown[] = [];
  let count = 0;
  let wake = (): void => {};
  const unwatch = engine.store.watch(() => wake());
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const before = count;
      const wasIdle = [...running.values()].every((tasks) => tasks.size === 0);
      let full = true;
      for (const [queue, tasks] of running) {
        const limit = signal?.aborted === true || failures.length > 0 ? 0 : parallelMax - tasks.size;
        const begun = limit === 0 ? 0 : await begin(engine, queue, limit, tasks, failures);
        count += begun;
        if (begun < limit) full = false;
      }
      const all = [...running.values()].flatMap((tasks) => [...tasks]);
      // Nothing was under way when it was looked for: a task that ends may make others due, in either queue.
      if (wasIdle && count === before) break;
      if (all.length > 0) await Promise.race(full ? all : [...all, woken]);
    }
  } finally {
    unwatch();
  }
  if (failures.length > 0) throw failures[0];
  return count;
}

/** Claims tasks that are due and begins them. @returns how many */
async function begin(
  engine: Engine,
  queue: QueueName,
  limit: number,
  tasks: Set<Promise<void>>,
  failures: unknown[],
): Promise<number> {
  const participants = engine.participants.map((one) => one.party);
  // Work renews its lease; a delivery, which is bounded, holds one that is long enough.
  const { leaseMs, deliverMsMax } = engine.timing;
  const now = engine.clock.now();
  const until = now + (queue === 'work' ? leaseMs : deliverMsMax + leaseMs);
  const leases = await engine.store.claim({ queue, participants, now, until, limit });
  for (const lease of leases) {
    const task: Promise<void> = workers[queue](engine, lease)
      .catch((error) => {
        failures.push(error);
      })
      .finally(() => tasks.delete(task));
    tasks.add(task);
  }
  return leases.length;
}
