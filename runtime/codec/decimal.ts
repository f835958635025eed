/** @module Decimals as text: their digits, and their order, exactly and at any length. */

/** A decimal without sign, leading and trailing zeros; zero is not negative. */
export interface Digits {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

/** Takes a decimal apart. */
export function digitsOf(decimal: string): Digits {
  const sign = decimal.charCodeAt(0);
  const signed = sign === 0x2b || sign === 0x2d;
  const point = decimal.indexOf('.');
  const end = point < 0 ? decimal.length : point;
  let first = signed ? 1 : 0;
  while (first < end && decimal.charCodeAt(first) === 0x30) first += 1;
  let last = decimal.length;
  while (last > end + 1 && decimal.charCodeAt(last - 1) === 0x30) last -= 1;
  const whole = decimal.slice(first, end);
  const fraction = decimal.slice(end + 1, last);
  return { negative: sign === 0x2d && (whole !== '' || fraction !== ''), whole, fraction };
}

/** Compares two decimals exactly, at any length: negative, 0 or positive as the first is less, equal or more. */
export function compareDecimals(first: string, second: string): number {
  const a = digitsOf(first);
  const b = digitsOf(second);
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const sign = a.negative ? -1 : 1;
  if (a.whole.length !== b.whole.length) return sign * (a.whole.length - b.whole.length);
  if (a.whole !== b.whole) return sign * (a.whole < b.whole ? -1 : 1);
  return a.fraction === b.fraction ? 0 : sign * (a.fraction < b.fraction ? -1 : 1);
}
