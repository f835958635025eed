/** @module The worker of a server: drains both queues whenever something is due, until it is stopped. */

import { drainQueues, type QueueName } from './drain.ts';
import { type Engine, tell } from './engine.ts';

/** A worker that runs. */
export interface Worker {
  /** Ends it: nothing new is begun; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** How long to wait after the store has failed. */
const storePauseMs = 1_000;
/** How long to wait at most, in case a store cannot tell of what another process commits. */
const pollMs = 5_000;

/** Starts a worker. */
export function startWorker(engine: Engine): Worker {
  const stopping = new AbortController();
  const loops = Promise.all([
    loop(engine, 'work', stopping.signal),
    loop(engine, 'outgoing', stopping.signal),
  ]);
  return {
    async stop() {
      stopping.abort();
      await loops;
    },
  };
}

async function loop(engine: Engine, queue: QueueName, signal: AbortSignal): Promise<void> {
  const participants = engine.participants.map((one) => one.party);
  while (!signal.aborted) {
    const pause = pauseUntilWoken(engine, signal); // before the look, so that nothing falls between
    let waitMs = storePauseMs;
    try {
      await drainQueues(engine, [queue], signal);
      const nextDueAt = await engine.store.nextDueAt(participants);
      const now = engine.clock.now();
      // A task of the other queue may be due and in work there: a short pause keeps this loop from spinning on it.
      waitMs = nextDueAt === undefined ? pollMs : Math.min(pollMs, Math.max(20, nextDueAt - now));
    } catch (cause) {
      tell(engine, { event: 'warning', text: 'the store failed; trying again', cause });
    }
    await pause(waitMs);
  }
}

/** @returns a function that waits for so many milliseconds, for a commit since the call, or for the stop */
function pauseUntilWoken(engine: Engine, signal: AbortSignal): (waitMs: number) => Promise<void> {
  let wake = (): void => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const unwatch = engine.store.watch(wake);
  signal.addEventListener('abort', wake, { once: true });
  return async (waitMs) => {
    const callOff = engine.clock.after(waitMs, wake);
    await woken;
    callOff();
    unwatch();
    signal.removeEventListener('abort', wake);
  };
}
