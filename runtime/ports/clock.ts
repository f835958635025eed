/** @module Time, chance and identifiers, as the runtime sees them; tests put their own in their place. */

/** What time it is, and how to wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `delayMs` from now. @returns how to call it off */
  after(delayMs: number, run: () => void): () => void;
}

/** The longest delay that setTimeout carries, 24 days; a longer one would fire at once. */
export const delayMsMax: number = 2 ** 31 - 1;

/** The clock of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), delayMsMax));
    return () => clearTimeout(timer);
  },
};

/** A new UUID. */
export type NewId = () => string;

/** A number from 0 up to, not including, 1; spreads retries. */
export type Chance = () => number;
