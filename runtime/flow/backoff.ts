/** @module How long to wait before the next attempt, and until when there is one. */

import type { Chance } from '../ports/clock.ts';
import type { Lease } from '../ports/store.ts';
import type { Engine } from './engine.ts';

/** The longest pause after the first failure. */
const baseMs = 5_000;
const capMs = 15 * 60_000;

/**
 * Exponential with full jitter (rule 24): between 1 and base · 2^(attempt - 1) milliseconds, base 5 s, at most 15 min.
 *
 * @param attempt how many attempts have failed, from 1
 */
export function backoff(attempt: number, chance: Chance): number {
  return 1 + Math.floor(chance() * Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 20)));
}

/** Until when a message is tried, in milliseconds since 1970 (rule 23). */
export function giveUpAt({ timing }: Engine, { firstDueAt }: Lease): number {
  return firstDueAt + timing.retryWindowMs;
}
