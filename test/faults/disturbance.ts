/** @module What stands between two services: faults come in as data, and something with an origin to POST to comes out. */

import type { Clock } from '../../runtime/ports/clock.ts';
import { minute, path } from '../support/participants.ts';
import { type Fault, openProxy } from './proxy.ts';
import type { Unreachable } from './unreachable.ts';

/** Something that is POSTed to in place of a service. */
export interface Between {
  /** Where the next attempt goes. */
  origin(): string;
  /** How many attempts were disturbed. @param posts where all POSTs went, in their order */
  disturbed(posts: readonly URL[]): number;
  /** How many POSTs will never get a whole answer. */
  held(): number;
  close(): Promise<void>;
}

/** Puts itself before the service at the origin `target`. */
export type Disturbance = (target: string, clock: Clock) => Promise<Between>;

/** Which attempts are disturbed: every second one, from the first on, or all. */
export type Often = 'every second' | 'every';

/**
 * A proxy with a fault.
 *
 * @param elsewhere what happens to POSTs that come to another path than the endpoint's: it has to be redirected to it
 */
export function proxied(fault: Fault, often: Often, elsewhere?: Fault): Disturbance {
  return async (target, clock) => {
    const isDisturbed = alternately(often);
    const proxy = await openProxy(`${target}${path}`, clock, (asked) => {
      if (asked !== path) return elsewhere;
      return isDisturbed() ? fault : undefined;
    });
    const { disturbed } = isDisturbed;
    return { origin: () => proxy.origin, disturbed, held: () => proxy.held, close: () => proxy.close() };
  };
}

/** An endpoint at which nothing can be handed over for ten minutes. */
export function down(open: () => Promise<Unreachable>): Disturbance {
  return async (target, clock) => {
    const unreachable = await open();
    const until = clock.now() + 10 * minute;
    return {
      origin: () => (clock.now() < until ? unreachable.origin : target),
      disturbed: (posts) => posts.filter(({ origin }) => origin === unreachable.origin).length,
      held: () => 0,
      close: () => unreachable.close(),
    };
  };
}

function alternately(often: Often): (() => boolean) & { disturbed(): number } {
  let asked = 0;
  const next = (): boolean => often === 'every' || asked % 2 === 0;
  const disturbed = (): number => (often === 'every' ? asked : Math.ceil(asked / 2));
  const ask = (): boolean => {
    const answer = next();
    asked += 1;
    return answer;
  };
  return Object.assign(ask, { disturbed });
}
