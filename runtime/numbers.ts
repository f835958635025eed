/** @module Options that are numbers: what was given in, checked and with defaults out. */

import type { EndpointSettings } from './app.ts';
import type { Timing } from './flow/engine.ts';
import type { Rates } from './flow/quota.ts';

/** The default and the bounds of each. */
export type Numbers<Name extends string> = Readonly<
  Record<Name, readonly [usual: number, min: number, max: number]>
>;

const { POSITIVE_INFINITY: unbounded } = Number;
const minute = 60_000;
const dayMs = 24 * 60 * minute;

/** Times in milliseconds; `processAttemptsMax` in attempts. */
export const timings: Numbers<keyof Timing> = {
  decideMsMax: [5_000, 1, minute],
  processMsMax: [10 * minute, 1, dayMs],
  leaseMs: [30_000, 1_000, 60 * minute],
  deliverMsMax: [30_000, 1, 10 * minute],
  retryWindowMs: [3 * dayMs, 60 * minute, 14 * dayMs], // rule 23: never under an hour
  processAttemptsMax: [10, 1, 1_000],
  deferredMsMax: [60 * minute, 1, 30 * dayMs],
  keepBodiesMs: [400 * dayMs, dayMs, unbounded],
  keepRecordsMs: [800 * dayMs, dayMs, unbounded],
  stopMsMax: [30_000, 1, 60 * minute],
  timeStampAgeMsMax: [14 * dayMs, minute, unbounded],
  timeStampAheadMsMax: [10 * minute, 1_000, unbounded],
};

/** How many a minute. */
export const rates: Numbers<keyof Rates> = {
  requestsPerMinuteMax: [6_000, 1, unbounded],
  failedSignaturesPerMinuteMax: [600, 1, unbounded],
  senderRequestsPerMinuteMax: [60_000, 1, unbounded],
};

/** How many requests, and how many milliseconds. */
export const amounts: Numbers<keyof Pick<EndpointSettings, 'requestsMax' | 'bodyMsMax'>> = {
  requestsMax: [256, 1, unbounded],
  bodyMsMax: [30_000, 1, 600_000],
};

/** Reads the numbers from among all options; what is wrong with them goes to `problems`. */
export function checkNumbers<Name extends string>(
  options: object,
  numbers: Numbers<Name>,
  problems: string[],
): Record<Name, number> {
  const given = options as Partial<Record<Name, unknown>>;
  const checked = {} as Record<Name, number>;
  for (const name of Object.keys(numbers) as Name[]) {
    const [usual, min, max] = numbers[name];
    const { [name]: value = usual } = given;
    const whole = Number.isInteger(value) || value === unbounded;
    if (typeof value !== 'number' || !whole || value < min || value > max) {
      problems.push(`${name}: expected a whole number from ${min} to ${max}, got ${show(value)}`);
    }
    checked[name] = Number(value);
  }
  return checked;
}

/**
 * Checks that no message is forgotten as long as it may be taken, from when its TimeStamp lies ahead until it is old: it
 * could be replayed.
 */
export function checkKeeping(
  { keepBodiesMs, keepRecordsMs, timeStampAgeMsMax: age, timeStampAheadMsMax: ahead }: Timing,
  problems: string[],
): void {
  const takenMs = age === unbounded ? 0 : ahead === unbounded ? age : age + ahead;
  const keepMsMin = Math.max(keepBodiesMs, takenMs);
  if (keepRecordsMs < keepMsMin)
    problems.push(
      `keepRecordsMs: expected at least ${keepMsMin}, or lower keepBodiesMs or timeStampAgeMsMax + timeStampAheadMsMax`,
    );
}

/** A value as it stands in a problem. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  return typeof value === 'object' && value !== null ? 'an object without them' : String(value);
}
