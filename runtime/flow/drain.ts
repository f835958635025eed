/** @module Empties the two queues as far as they are due: messages to process, messages to deliver. */

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
const workers = { work: processLease, outgoing: deliverLease };

/**
 * Works until nothing is due, or `signal` is aborted; what is under way then is finished.
 * Every task is leased, so any number of processes may drain one store.
 */
export async function drain(engine: Engine, signal?: AbortSignal): Promise<Drained> {
  const participants = engine.participants.map((one) => one.party);
  let tasks = 0;
  for (let idle = false; !idle && signal?.aborted !== true; ) {
    const counts = await Promise.all([
      drainQueue(engine, 'work', signal),
      drainQueue(engine, 'outgoing', signal),
    ]);
    tasks += counts[0] + counts[1];
    idle = counts[0] + counts[1] === 0;
  }
  return { tasks, nextDueAt: await engine.store.nextDueAt(participants) };
}

/**
 * Works on one queue, up to `parallelMax` tasks at a time, until none is due and none is under way. Tasks that come in
 * the meantime are taken up at once. @returns how many there were
 *
 * @throws where the store fails: the leases run out, and the tasks come back
 */
export async function drainQueue(
  engine: Engine,
  queue: 'work' | 'outgoing',
  signal: AbortSignal | undefined,
): Promise<number> {
  const participants = engine.participants.map((one) => one.party);
  // Work renews its lease; a delivery, which is bounded, holds one that is long enough.
  const { leaseMs, deliverMsMax } = engine.timing;
  const holdMs = queue === 'work' ? leaseMs : deliverMsMax + leaseMs;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let count = 0;
  let wake = (): void => {};
  const unwatch = engine.store.watch(() => wake());
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const now = engine.clock.now();
      const limit = signal?.aborted === true || failures.length > 0 ? 0 : parallelMax - running.size;
      const until = now + holdMs;
      const leases = limit === 0 ? [] : await engine.store.claim({ queue, participants, now, until, limit });
      count += leases.length;
      for (const lease of leases) {
        const task: Promise<void> = workers[queue](engine, lease)
          .catch((error) => {
            failures.push(error);
          })
          .finally(() => running.delete(task));
        running.add(task);
      }
      if (running.size === 0) break;
      // The end of a task may make the next of its order due, and a commit anything.
      await Promise.race(limit > leases.length ? [...running, woken] : running);
    }
  } finally {
    unwatch();
  }
  if (failures.length > 0) throw failures[0];
  return count;
}
