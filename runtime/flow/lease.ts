/** @module Keeps a lease while its work goes on, and says when the work has to end: the lease was lost, it takes too long, or the service stops. */

import { UftpError } from '../errors.ts';
import type { Lease } from '../ports/store.ts';
import type { Engine } from './engine.ts';
import { Stop } from './stop.ts';

/** What watches over a lease. */
export interface Keeper {
  /** As it was last renewed. */
  lease(): Lease;
  /** Said when the lease is lost, the work takes too long, or it has ended. */
  readonly over: Stop;
  /** Rejects when the lease is lost or the work takes too long: a handler that never ends must not hold its place for ever. */
  readonly lost: Promise<never>;
  /** Ends the watch, when the work has ended. */
  stop(): void;
}

/**
 * Renews a lease while its work goes on: at half its time, and where the store fails again until that is over.
 *
 * @param stop said when nothing may take any longer
 */
export function keepLease(engine: Engine, first: Lease, stop: Stop): Keeper {
  const { leaseMs, processMsMax } = engine.timing;
  const over = new Stop();
  let lease = first;
  let callOff = (): void => {};
  let lose = (_: Error): void => {};
  const lost = new Promise<never>((_, fail) => {
    lose = fail;
  });
  lost.catch(() => {}); // also where the work has ended, and nobody listens any more
  const giveUp = (text: string): void => {
    over.say();
    lose(new UftpError('stopped', text));
  };
  const renew = async (): Promise<void> => {
    try {
      const renewed = await engine.store.renew(lease, engine.clock.now() + leaseMs);
      if (renewed === undefined) giveUp('the lease was lost');
      else lease = renewed;
    } catch {
      if (engine.clock.now() >= lease.until) giveUp('the store failed to renew the lease');
    }
    if (!over.isSaid) plan();
  };
  const plan = (): void => {
    const left = Math.max(0, lease.until - engine.clock.now());
    callOff = engine.clock.after(Math.min(left, Math.max(left / 2, leaseMs / 10)), () => void renew());
  };
  plan();
  const timeout = engine.clock.after(processMsMax, () => giveUp(`not done within ${processMsMax} ms`));
  const leave = stop.hear(() => giveUp('the service has been stopped'));
  return {
    lease: () => lease,
    over,
    lost,
    stop() {
      callOff();
      timeout();
      leave();
      over.say();
    },
  };
}
