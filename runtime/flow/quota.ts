/** @module How often somebody may do something in a minute: a key in, whether there is something left out. */

import type { Clock } from '../ports/clock.ts';

const minuteMs = 60_000;
/** How many keys are remembered. Who was not seen for longest is forgotten, which is to begin with all again. */
const keysMax = 10_000;

/** An allowance for each key that grows back evenly, within a minute at most: a token bucket, without timers. */
export class Quota {
  readonly #clock: Clock;
  readonly #perMinuteMax: number;
  readonly #known = new Map<string, { readonly left: number; readonly at: number }>();

  /** @param perMinuteMax at least 1; `Infinity` lets everything through */
  constructor(clock: Clock, perMinuteMax: number) {
    this.#clock = clock;
    this.#perMinuteMax = perMinuteMax;
  }

  /** Whether something is left. Nobody in particular, `undefined`, is not counted. */
  has(key: string | undefined): boolean {
    return key === undefined || this.#left(key) >= 1;
  }

  /** Takes one. @returns false where nothing is left */
  take(key: string | undefined): boolean {
    if (key === undefined || this.#perMinuteMax === Number.POSITIVE_INFINITY) return true;
    const left = this.#left(key);
    if (left < 1) return false;
    this.#keep(key, left - 1);
    return true;
  }

  /** Takes one back that was not used. */
  giveBack(key: string): void {
    this.#keep(key, this.#left(key) + 1);
  }

  #keep(key: string, left: number): void {
    this.#known.delete(key); // so that it is the youngest
    this.#known.set(key, { left, at: this.#clock.now() });
    const [oldest] = this.#known.size > keysMax ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #left(key: string): number {
    const known = this.#known.get(key);
    if (known === undefined) return this.#perMinuteMax;
    // Where the clock was set back, as much time has passed as if it had been set ahead: nobody is locked out by it.
    const passedMs = Math.abs(this.#clock.now() - known.at);
    return Math.min(this.#perMinuteMax, known.left + (passedMs / minuteMs) * this.#perMinuteMax);
  }
}

/** How many a minute; each has a default and checked bounds in `numbers.ts`. */
export interface Rates {
  readonly requestsPerMinuteMax: number;
  readonly failedSignaturesPerMinuteMax: number;
  readonly senderRequestsPerMinuteMax: number;
}

/** What a host allows. Before a signature holds, only the remote address tells who it is: names could be anybody's. */
export interface Quotas {
  /** Requests of a remote address. */
  readonly requests: Quota;
  /** Signatures of a remote address that do not hold. */
  readonly failedSignatures: Quota;
  /** Verified requests of a sender. */
  readonly senderRequests: Quota;
  /** Look-ups past caches, in vain, of keys of the sender that is claimed. */
  readonly freshLookups: Quota;
}

/** Makes the quotas of a host. */
export function createQuotas(clock: Clock, rates: Rates): Quotas {
  return {
    requests: new Quota(clock, rates.requestsPerMinuteMax),
    failedSignatures: new Quota(clock, rates.failedSignaturesPerMinuteMax),
    senderRequests: new Quota(clock, rates.senderRequestsPerMinuteMax),
    freshLookups: new Quota(clock, 1),
  };
}
