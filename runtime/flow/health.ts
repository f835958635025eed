/**
 * @module How the thing behind a gate is: the ends of tries go in; whether it may be tried, and from when, comes out. It
 * is this process's own knowledge.
 */

import type { Chance, Clock } from '../ports/clock.ts';
import { backoff } from './backoff.ts';

/** What goes through at the same time where something has got through since the last failure. */
const throughMax = 10;
/** Until then: one that is slow must not hold up all, and to something dead each of them is a try in vain. */
const unprovenMax = 3;
/** At a look-up, which is over soon and is no connection. One that hangs must leave the others more than one each. */
export const lookUpHeldMax = 96;
/** How many failures that are news may begin in any minute. With what went together with the first, 12 tries in vain. */
const failuresPerMinuteMax = 10;
const minuteMs = 60_000;
const none: readonly number[] = [];

/** A try failed. */
export interface Failure {
  /** Why, in words. */
  readonly text: string;
  /** For how long it asked not to be tried. */
  readonly pauseMs?: number;
}

/** A try that has begun. */
export interface Try {
  readonly at: number;
  /** How many failures in a row were known. */
  readonly failures: number;
}

/** What is known of one look-up or endpoint. */
export class Health {
  /** Why the latest try failed that did. */
  text = '';
  readonly isLookUp: boolean;
  readonly #clock: Clock;
  readonly #chance: Chance;
  #failures = 0;
  #failedFirstAt = 0;
  #failedAt = 0;
  #openAt = 0;
  /** When the latest tries began that failed, and were news. */
  #failed: readonly number[] = none;
  #isProven = false;

  constructor(isLookUp: boolean, clock: Clock, chance: Chance) {
    this.isLookUp = isLookUp;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Failures in a row; 0: nothing speaks against a try. */
  get failures(): number {
    return this.#failures;
  }

  /** When the first of them was; of no meaning where there is none. */
  get failedFirstAt(): number {
    return this.#failedFirstAt;
  }

  /** When the pause ends, in milliseconds since 1970; 0 where there is none. What was said by a clock that was set back is void. */
  get opensAt(): number {
    return this.#failures === 0 || this.#clock.now() < this.#failedAt ? 0 : this.#openAt;
  }

  /** How many tries may be under way at the same time; after a failure, one. */
  get throughMax(): number {
    if (this.#failures > 0) return 1;
    if (this.isLookUp) return lookUpHeldMax;
    return this.#isProven ? throughMax : unprovenMax;
  }

  /** Notes that a try begins. */
  begin(): Try {
    return { at: this.#clock.now(), failures: this.#failures };
  }

  /**
   * Notes how a try has ended.
   *
   * @returns false where that says nothing new: it began before the latest failure was known
   */
  end(begun: Try, failure: Failure | undefined): boolean {
    const isNews = begun.failures === this.#failures;
    if (failure !== undefined) this.#fail(begun, failure, isNews);
    else if (isNews) {
      this.#failures = 0;
      this.#openAt = 0;
      this.#failed = none;
      this.#isProven = true;
    }
    return isNews;
  }

  /** The pause that it asks for holds in any case. What fails together is one event, as where a partner restarts. */
  #fail({ at }: Try, { text, pauseMs = 0 }: Failure, isNews: boolean): void {
    const now = this.#clock.now();
    const before = this.#failedAt > now ? 0 : this.#openAt; // the clock was set back: what was said by it is void
    this.#openAt = Math.max(before, now + pauseMs);
    if (!isNews) return;
    this.text = text;
    this.#isProven = false;
    this.#failures += 1;
    this.#failedAt = now;
    if (this.#failures === 1) this.#failedFirstAt = now;
    this.#failed = [...this.#failed.filter((one) => one <= now), at].slice(-failuresPerMinuteMax);
    const isFull = this.#failed.length >= failuresPerMinuteMax;
    const pause = backoff(this.#failures, this.#chance);
    this.#openAt = Math.max(this.#openAt, now + pause, isFull ? Math.min(...this.#failed) + minuteMs : 0);
  }
}
