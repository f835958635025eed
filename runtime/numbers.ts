/** @module Options that are numbers: what was given in, checked and with defaults out. */

import type { EndpointSettings } from './app.ts';
import type { Rates } from './flow/quota.ts';

/** The default and the bounds of each. */
export type Numbers<Name extends string> = Readonly<
  Record<Name, readonly [usual: number, min: number, max: number]>
>;

const { POSITIVE_INFINITY: unbounded } = Number;

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
    const value = given[name] === undefined ? usual : given[name];
    const whole = Number.isInteger(value) || value === unbounded;
    if (typeof value !== 'number' || !whole || value < min || value > max) {
      problems.push(`${name}: expected a whole number from ${min} to ${max}, got ${show(value)}`);
    }
    checked[name] = Number(value);
  }
  return checked;
}

/** A value as it stands in a problem. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  return typeof value === 'object' && value !== null ? 'an object without them' : String(value);
}
