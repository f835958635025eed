/** @module Empties the two queues as far as they are due: messages to process, messages to deliver. */

import type { Engine } from './engine.ts';
import { forget } from './retention.ts';
import { Running } from './running.ts';

/** How a drain left the queues. */
export interface Drained {
  /** How many tasks were worked on. */
  readonly tasks: number;
  /** When there is more to do, in milliseconds since 1970; undefined where nothing waits. */
  readonly nextDueAt: number | undefined;
}

/**
 * Works until nothing is due, or `stopping` is aborted; what is under way then is finished. Tasks that come in the meantime
 * are taken up at once. Every task is leased, so any number of processes may drain one store.
 *
 * @param aborting aborted when what is under way is to be given up as well
 * @throws where the store fails, when all that is under way has ended: leases run out, and the tasks come back
 */
export async function drain(
  engine: Engine,
  stopping?: AbortSignal,
  aborting?: AbortSignal,
): Promise<Drained> {
  const running = new Running(engine, ['work', 'outgoing']);
  const abort = (): void => running.abort();
  aborting?.addEventListener('abort', abort);
  const failures: unknown[] = [];
  let tasks = 0;
  try {
    for (;;) {
      const idle = running.size === 0;
      const ending = stopping?.aborted === true || failures.length > 0;
      const begun = ending ? 0 : await running.begin();
      tasks += begun;
      failures.push(...running.takeFailures());
      // Nothing was under way when it was looked for: a task that ends may make others due, in either queue.
      if (ending || (idle && begun === 0)) break;
      await running.wait();
    }
  } finally {
    await running.close();
    aborting?.removeEventListener('abort', abort);
  }
  failures.push(...running.takeFailures());
  if (failures.length > 0) throw failures[0];
  await forget(engine, stopping);
  return { tasks, nextDueAt: await engine.store.nextDueAt(engine.participants.map((one) => one.party)) };
}
