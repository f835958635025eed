/** @module Forgets what has been kept for long enough: first the bodies of messages, later whole records, at most once a day. */

import { type Engine, tell } from './engine.ts';

const dayMs = 24 * 60 * 60_000;

/** By engine, when it was last begun. */
const begun: WeakMap<Engine, number> = new WeakMap();

/**
 * Prunes the store, unless this process has done so within a day (rule 128). Identities are records: as long as they
 * are kept, a message that is replayed is known. A failure is told, and tried again a day later.
 *
 * @param stopping aborted when that is not to be waited for any longer: the next process goes on with it
 */
export async function forget(engine: Engine, stopping?: AbortSignal): Promise<void> {
  const { clock, store, timing } = engine;
  const now = clock.now();
  const last = begun.get(engine);
  if (stopping?.aborted || (last !== undefined && Math.abs(now - last) < dayMs)) return;
  begun.set(engine, now);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  stopping?.addEventListener('abort', stop);
  try {
    const pruning = store.prune({
      bodiesBefore: Math.max(0, now - timing.keepBodiesMs),
      recordsBefore: Math.max(0, now - timing.keepRecordsMs),
      ...(stopping !== undefined && { signal: stopping }),
    });
    await Promise.race([pruning, stopped]);
  } catch (cause) {
    tell(engine, { event: 'warning', text: 'old messages could not be removed', cause });
  } finally {
    stopping?.removeEventListener('abort', stop);
  }
}
