/** @module The worker of a server: works on both queues whenever something is due, until it is stopped. */

import { type Engine, tell } from './engine.ts';
import { forget } from './retention.ts';
import { type QueueName, Running } from './running.ts';

/** A worker that runs. */
export interface Worker {
  /** Ends it: nothing new is begun; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** How long nothing new is begun after the store has failed; what is under way goes on. */
const storePauseMs = 1_000;
/** How long to wait at most, in case a store cannot tell of what another process commits. */
const pollMs = 5_000;
/** While the other queue is behind, the store tells its next moment, not ours. */
const pollBehindMs = 1_000;

/** How long to wait before it is asked again whether there is something to forget. */
const forgetPauseMs = 60 * 60_000;

/**
 * Starts a worker.
 *
 * @param aborting aborted when what is under way is to be given up
 */
export function startWorker(engine: Engine, aborting: AbortSignal): Worker {
  const stopping = new AbortController();
  // A loop for each queue: a full one must not hold up the other.
  const loops = Promise.all([
    loop(engine, 'work', stopping.signal, aborting),
    loop(engine, 'outgoing', stopping.signal, aborting),
  ]);
  void forgetting(engine, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await loops;
    },
  };
}

async function forgetting(engine: Engine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await forget(engine, signal);
    await pause(engine, signal, forgetPauseMs);
  }
}

async function loop(
  engine: Engine,
  queue: QueueName,
  signal: AbortSignal,
  aborting: AbortSignal,
): Promise<void> {
  const running = new Running(engine, [queue]);
  const stop = (): void => running.end();
  const abort = (): void => running.abort();
  signal.addEventListener('abort', stop);
  aborting.addEventListener('abort', abort);
  while (!signal.aborted) {
    const lookedAt = engine.clock.now();
    await running.begin();
    const failures = running.takeFailures();
    for (const cause of failures)
      tell(engine, { event: 'warning', text: 'the store failed; trying again', cause });
    if (failures.length > 0) await pause(engine, signal, storePauseMs);
    else if (!signal.aborted) await waitForMore(engine, running, lookedAt);
  }
  signal.removeEventListener('abort', stop);
  await running.close();
  aborting.removeEventListener('abort', abort);
}

/** Waits for a change, or until something is due that was not at the last look. */
async function waitForMore(engine: Engine, running: Running, lookedAt: number): Promise<void> {
  if (running.full) return running.wait();
  const participants = engine.participants.map((one) => one.party);
  const nextDueAt = await engine.store.nextDueAt(participants).catch(() => undefined);
  const leftMs = nextDueAt === undefined ? pollMs : Math.max(0, nextDueAt - engine.clock.now());
  // What was due at the last look and was not claimed is in the other queue.
  const isBehind = nextDueAt !== undefined && nextDueAt <= lookedAt;
  const callOff = engine.clock.after(isBehind ? pollBehindMs : Math.min(pollMs, leftMs), () =>
    running.wake(),
  );
  await running.wait();
  callOff();
}

/** Waits, but not past the stop. */
function pause(engine: Engine, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = engine.clock.after(ms, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
