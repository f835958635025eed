/** @module Values as they are written in an XSD go in; whether a type takes them, and how they compare, comes out. */

import type { Builtin, Kind } from './builtins.ts';
import type { Bound, Facets, Literal, ValueType } from './model.ts';
import { translatePatterns } from './pattern.ts';

/** Does to a text what the type's whiteSpace facet says. */
export function normalise(text: string, whiteSpace: Facets['whiteSpace']): string {
  if (whiteSpace === undefined || whiteSpace === 'preserve') return text;
  const replaced = text.replace(/[\t\n\r]/g, ' ');
  return whiteSpace === 'replace' ? replaced : replaced.replace(/ +/g, ' ').replace(/^ | $/g, '');
}

/** Normalises a value and says what is wrong with it, if anything. */
export function checkValue(
  text: string,
  { builtin, facets }: ValueType,
): { value: string; problem?: string } {
  const value = normalise(text, facets.whiteSpace ?? builtin.whiteSpace);
  const problem =
    formProblem(value, builtin.kind) ??
    boundProblem(value, builtin, facets) ??
    facetProblem(value, builtin, facets);
  return problem === undefined ? { value } : { value, problem };
}

/** Says why a JSON value of a protocol file is none of this type, if it is not. */
export function literalProblem(value: Literal, type: ValueType): string | undefined {
  const { kind } = type.builtin;
  const wanted = kind === 'boolean' ? 'boolean' : kind === 'integer' ? 'number' : 'string';
  // Neither a bigint nor bytes can stand in JSON.
  const isCarried = kind !== 'long' && kind !== 'base64Binary' && kind !== 'hexBinary';
  if (isCarried && typeof value === wanted) return checkValue(String(value), type).problem;
  return `${JSON.stringify(value)} is no value of kind ${kind}`;
}

/** Compares two numbers of any length: negative where `a` is less. */
export function compareNumbers(a: string, b: string): number {
  const scale = Math.max(fractionOf(a).length, fractionOf(b).length);
  const [x, y] = [scaled(a, scale), scaled(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Says what is wrong with a bound of this kind, if anything. */
export function boundLiteralProblem(value: string, kind: Kind): string | undefined {
  const problem = formProblem(value, kind);
  if (problem !== undefined || kind !== 'integer' || Number.isSafeInteger(Number(value))) return problem;
  return `${value} is beyond what a number carries, ±(2^53 - 1)`;
}

/** True where the bounds leave no value. */
export function isEmptyRange(min: Bound | undefined, max: Bound | undefined): boolean {
  if (min === undefined || max === undefined) return false;
  const order = compareNumbers(min.value, max.value);
  return order > 0 || (order === 0 && (min.exclusive || max.exclusive));
}

/** A day of the proleptic Gregorian calendar, year 0000 left out, as the source of a regular expression. */
export const datePattern: string = (() => {
  const anyYear = '(?!0000)(?:[1-9][0-9]{3,}|0[0-9]{3})';
  const leapYear =
    '(?!0000)(?:(?:[1-9][0-9]+|[0-9]{2})(?:0[48]|[2468][048]|[13579][26])|(?:[1-9][0-9]*)?(?:[02468][048]|[13579][26])00)';
  const days31 = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
  const days30 = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
  const days28 = '02-(?:0[1-9]|1[0-9]|2[0-8])';
  return `-?(?:${anyYear}-(?:${days31}|${days30}|${days28})|${leapYear}-02-29)`;
})();

/** A time of day, as the source of a regular expression. */
export const timePattern = '(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?|24:00:00(?:\\.0+)?)';

/** An offset from UTC, as the source of a regular expression. */
export const zonePattern = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))';

/** What literals of each kind look like, as sources of regular expressions without anchors. */
export const literalPatterns: Readonly<Record<Kind, string>> = {
  string: '[\\s\\S]*',
  boolean: '(?:true|false|1|0)',
  decimal: '[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)',
  integer: '[+-]?[0-9]+',
  long: '[+-]?[0-9]+',
  date: `${datePattern}${zonePattern}?`,
  dateTime: `${datePattern}T${timePattern}${zonePattern}?`,
  time: `${timePattern}${zonePattern}?`,
  duration:
    '-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?' +
    '(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)?',
  base64Binary: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?',
  hexBinary: '(?:[0-9A-Fa-f]{2})*',
};

function formProblem(value: string, kind: Kind): string | undefined {
  if (new RegExp(`^(?:${literalPatterns[kind]})$`, 'u').test(value)) return undefined;
  return `"${value}" is not a value of kind ${kind}`;
}

function boundProblem(value: string, builtin: Builtin, facets: Facets): string | undefined {
  if (!isNumeric(builtin.kind)) return undefined;
  if (builtin.kind === 'integer' && !Number.isSafeInteger(Number(value))) {
    return `${value} is beyond what a number carries, ±(2^53 - 1)`;
  }
  for (const min of [builtinBound(builtin.min), facets.min]) {
    const order = min === undefined ? 1 : compareNumbers(value, min.value);
    if (order < 0 || (order === 0 && min?.exclusive)) return `${value} is less than the type allows`;
  }
  for (const max of [builtinBound(builtin.max), facets.max]) {
    const order = max === undefined ? -1 : compareNumbers(value, max.value);
    if (order > 0 || (order === 0 && max?.exclusive)) return `${value} is more than the type allows`;
  }
  const fraction = fractionOf(value).length;
  const whole = value.replace(/^[+-]?0*/, '').replace(/\..*$/, '').length;
  if (fraction > (facets.fractionDigits ?? fraction)) return `${value} has too many decimals`;
  if (whole + fraction > (facets.totalDigits ?? whole + fraction)) return `${value} has too many digits`;
  return undefined;
}

function facetProblem(value: string, { kind }: Builtin, facets: Facets): string | undefined {
  if (facets.enumeration !== undefined && !facets.enumeration.includes(value)) {
    return `"${value}" is not one of ${facets.enumeration.join(', ')}`;
  }
  const failed = facets.patterns?.find((step) => !new RegExp(translatePatterns(step), 'u').test(value));
  if (failed !== undefined) return `"${value}" does not match ${failed.join(' or ')}`;
  const length = lengthOf(value, kind);
  if (length < (facets.minLength ?? 0)) return `"${value}" is too short`;
  if (length > (facets.maxLength ?? length)) return `"${value}" is too long`;
  return undefined;
}

function lengthOf(value: string, kind: Kind): number {
  if (kind === 'hexBinary') return value.length / 2;
  if (kind === 'base64Binary') return Math.floor((value.replace(/=+$/, '').length * 3) / 4);
  return [...value].length;
}

/** True for the kinds whose values are numbers, whatever carries them. */
export function isNumeric(kind: Kind): boolean {
  return kind === 'decimal' || kind === 'integer' || kind === 'long';
}

/** The bound that a built-in type has. */
export function builtinBound(value: string | undefined): Bound | undefined {
  return value === undefined ? undefined : { value, exclusive: false };
}

/** Digits after the point that count: trailing zeros do not. */
function fractionOf(value: string): string {
  return (value.split('.')[1] ?? '').replace(/0+$/, '');
}

function scaled(value: string, scale: number): bigint {
  const [whole = '', fraction = ''] = value.replace(/^[+-]/, '').split('.');
  const magnitude = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}` || '0');
  return value.startsWith('-') ? -magnitude : magnitude;
}
