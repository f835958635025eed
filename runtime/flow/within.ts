/** @module Runs what may take only so long: its result comes out, or, when it is late, an error, whether it heeds its signal or not. */

import { UftpError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Awaitable } from '../roles.ts';
import type { Stop } from './stop.ts';

/** What is told when its time is over. The signal is made when it is asked for: most work ends without a look at it. */
export interface Limited {
  readonly signal: AbortSignal;
}

/**
 * Runs `work` and waits at most `msMax` milliseconds for it. Then its signal is aborted and the call rejects with what
 * `late` makes; what others wrote need not end for that, or nothing here would ever end either. What `work` returns at once
 * needs no clock, and is returned at once; what it throws at once is thrown.
 *
 * @param stop ends the wait as well, with an error that says so
 */
export function within<T>(
  clock: Clock,
  msMax: number,
  work: (limited: Limited) => Awaitable<T>,
  late: () => Error,
  stop?: Stop,
): Awaitable<T> {
  const abort = new AbortController();
  const outcome = work(abort);
  return isThenable(outcome) ? inTime(clock, msMax, outcome, abort, late, stop) : outcome;
}

async function inTime<T>(
  clock: Clock,
  msMax: number,
  outcome: Promise<T>,
  abort: AbortController,
  late: () => Error,
  stop: Stop | undefined,
): Promise<T> {
  let giveUp = (_: Error): void => {};
  const timeout = new Promise<never>((_, fail) => {
    giveUp = (error) => {
      abort.abort();
      fail(error);
    };
  });
  const callOff = clock.after(msMax, () => giveUp(late()));
  const leave = stop?.hear(() => giveUp(new UftpError('stopped', 'the service has been stopped')));
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    callOff();
    leave?.();
  }
}

/** Also of a promise that is not the runtime's own: handlers and look-ups are other people's. */
function isThenable<T>(outcome: Awaitable<T>): outcome is Promise<T> {
  return typeof (outcome as Partial<Promise<T>> | undefined | null)?.then === 'function';
}
