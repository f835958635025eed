/** @module Runs what may take only so long: its result comes out, or, when it is late, an error, whether it heeds its signal or not. */

import type { Clock } from '../ports/clock.ts';
import type { Awaitable } from '../roles.ts';

/**
 * Runs `work` and waits at most `msMax` milliseconds for it. Then its signal is aborted and the call rejects with what
 * `late` makes; what others wrote need not end for that, or nothing here would ever end either.
 */
export async function within<T>(
  clock: Clock,
  msMax: number,
  work: (signal: AbortSignal) => Awaitable<T>,
  late: () => Error,
): Promise<T> {
  const abort = new AbortController();
  let callOff = (): void => {};
  const timeout = new Promise<never>((_, fail) => {
    callOff = clock.after(msMax, () => {
      abort.abort();
      fail(late());
    });
  });
  try {
    return await Promise.race([work(abort.signal), timeout]);
  } finally {
    callOff();
  }
}
