/** @module Runs what may take only so long: its result comes out, or, when it is late, an error, whether it heeds its signal or not. */

import { UftpError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Awaitable } from '../roles.ts';

/**
 * Runs `work` and waits at most `msMax` milliseconds for it. Then its signal is aborted and the call rejects with what
 * `late` makes; what others wrote need not end for that, or nothing here would ever end either.
 *
 * @param stop ends the wait as well, with an error that says so
 */
export async function within<T>(
  clock: Clock,
  msMax: number,
  work: (signal: AbortSignal) => Awaitable<T>,
  late: () => Error,
  stop?: AbortSignal,
): Promise<T> {
  const abort = new AbortController();
  let giveUp = (_: Error): void => {};
  const timeout = new Promise<never>((_, fail) => {
    giveUp = (error) => {
      abort.abort();
      fail(error);
    };
  });
  timeout.catch(() => {}); // also where the work throws at once, and nobody waits
  const callOff = clock.after(msMax, () => giveUp(late()));
  const stopped = (): void => giveUp(new UftpError('stopped', 'the service has been stopped'));
  stop?.addEventListener('abort', stopped);
  if (stop?.aborted) stopped();
  try {
    return await Promise.race([work(abort.signal), timeout]);
  } finally {
    callOff();
    stop?.removeEventListener('abort', stopped);
  }
}
