/** @module Simple types: from a lexical form to a value and back, with every facet checked. */

import type { IssueCode } from '../errors.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Bound, Scalar } from './table.ts';

/** Why a value is not of its type. */
export class Fault {
  readonly code: IssueCode;
  readonly expected: string;
  /** The value all the same, where only a facet of a string fails: leniency may let it through. */
  readonly value: string | undefined;

  constructor(code: IssueCode, expected: string, value?: string) {
    this.code = code;
    this.expected = expected;
    this.value = value;
  }
}

const decimalForm = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const integerForm = /^[+-]?[0-9]+$/;
const zone = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?';
const clock = '(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?|24:00:00(?:\\.0+)?)';
const day = '-?(?:[1-9][0-9]{3,}|0[0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const dateForm = /*@__PURE__*/ new RegExp(`^${day}${zone}$`);
const dateTimeForm = /*@__PURE__*/ new RegExp(`^${day}T${clock}${zone}$`);
const timeForm = /*@__PURE__*/ new RegExp(`^${clock}${zone}$`);
const durationForm =
  /^-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?$/;
/** What no XML 1.0 document can carry. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Reads a value from its lexical form, in which references are replaced and tabs and line ends are blanks already.
 * `official` leaves corrections aside.
 */
export function parseScalar(scalar: Scalar, raw: string, official: boolean): unknown {
  const mode = scalar.whiteSpace ?? (scalar.kind === 'string' ? 'preserve' : 'collapse');
  let text = mode === 'replace' ? raw.replace(/[\t\n\r]/g, ' ') : raw;
  let value = fromLexical(scalar, text);
  // Only strings have white space within their form, so what is right as it stands needs no collapsing.
  if (mode === 'collapse' && (value instanceof Fault || scalar.kind === 'string')) {
    text = collapse(raw);
    value = fromLexical(scalar, text);
  }
  return value instanceof Fault ? value : (checkFacets(scalar, text, value, official) ?? value);
}

/** Writes a value in its lexical form, or says why it is not of its type. */
export function formatScalar(scalar: Scalar, value: unknown): string | Fault {
  const text = toLexical(scalar, value);
  if (text instanceof Fault) return text;
  const parsed = parseScalar(scalar, text, false);
  return parsed instanceof Fault ? parsed : typeof parsed === 'string' ? parsed : text;
}

/** True where a value is valid by the scalar's correction only. */
export function isCorrected(scalar: Scalar, value: unknown): boolean {
  return (
    scalar.correction !== undefined &&
    typeof value === 'string' &&
    scalar.patterns?.some((pattern) => !pattern.test(value)) === true
  );
}

/** True where an XML 1.0 document can carry every character of the text. */
export function isXmlText(text: string): boolean {
  return !notXml.test(text);
}

function collapse(text: string): string {
  return text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
}

function fromLexical(scalar: Scalar, text: string): unknown {
  switch (scalar.kind) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === '1') return true;
      return text === 'false' || text === '0' ? false : new Fault('type', 'true, false, 1 or 0');
    case 'decimal':
      return decimalForm.test(text) ? text : new Fault('type', 'a decimal number');
    case 'integer': {
      if (!integerForm.test(text)) return new Fault('type', 'an integer');
      const value = Number(text);
      // Adding 0 makes -0 a 0: integers have one zero.
      return Number.isSafeInteger(value)
        ? value + 0
        : new Fault('unsafe-integer', 'an integer within ±(2^53 - 1)');
    }
    case 'long':
      // Leading zeros aside, no long has more digits than 64 bits need.
      return integerForm.test(text) && text.length <= 1024
        ? BigInt(text.startsWith('+') ? text.slice(1) : text)
        : new Fault('type', 'an integer of 64 bits');
    case 'date':
      return dateForm.test(text) && isDay(text) ? text : new Fault('type', 'a date, such as 2026-10-25');
    case 'dateTime':
      return dateTimeForm.test(text) && isDay(text)
        ? text
        : new Fault('type', 'a date and time, such as 2026-10-25T14:30:00+01:00');
    case 'time':
      return timeForm.test(text) ? text : new Fault('type', 'a time, such as 14:30:00');
    case 'duration':
      return durationForm.test(text) ? text : new Fault('type', 'a duration, such as PT15M');
    case 'base64Binary':
      return decodeBase64(text, { whiteSpace: true }) ?? new Fault('type', 'base64 with padding');
    case 'hexBinary':
      return fromHex(text) ?? new Fault('type', 'pairs of hexadecimal digits');
  }
}

function toLexical(scalar: Scalar, value: unknown): string | Fault {
  switch (scalar.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : new Fault('type', 'a boolean');
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return new Fault('type', 'an integer');
      return Number.isSafeInteger(value)
        ? String(value)
        : new Fault('unsafe-integer', 'an integer within ±(2^53 - 1)');
    case 'long':
      return typeof value === 'bigint' ? String(value) : new Fault('type', 'a bigint, such as 1n');
    case 'base64Binary':
      return value instanceof Uint8Array ? encodeBase64(value) : new Fault('type', 'a Uint8Array');
    case 'hexBinary':
      return value instanceof Uint8Array ? toHex(value) : new Fault('type', 'a Uint8Array');
    default:
      if (typeof value !== 'string') return new Fault('type', 'a string');
      return isXmlText(value) ? value : new Fault('type', 'characters that XML can carry');
  }
}

/** True where the day that the text begins with, of the right form, is one of the calendar. */
function isDay(text: string): boolean {
  const dash = text.indexOf('-', 1);
  const day = Number(text.slice(dash + 4, dash + 6));
  const year = text.slice(0, dash);
  if (year === '0000' || year === '-0000') return false; // XML Schema 1.0 knows no year 0
  if (day <= 28) return true;
  const month = Number(text.slice(dash + 1, dash + 3));
  if (month !== 2) return day <= ([4, 6, 9, 11].includes(month) ? 30 : 31);
  const yearInCycle = Number(year.slice(-4)); // leap years repeat every 400 years, so the last four digits tell
  return day === 29 && yearInCycle % 4 === 0 && (yearInCycle % 100 !== 0 || yearInCycle % 400 === 0);
}

function checkFacets(scalar: Scalar, text: string, value: unknown, official: boolean): Fault | undefined {
  const keep = scalar.kind === 'string' ? text : undefined;
  if (scalar.enumeration !== undefined && !scalar.enumeration.includes(text)) {
    return new Fault('enumeration', scalar.enumeration.join(', '), keep);
  }
  const patterns = official ? scalar.patterns : (scalar.correction?.patterns ?? scalar.patterns);
  if (patterns !== undefined) {
    for (const pattern of patterns) {
      if (!pattern.test(text)) return new Fault('pattern', `${scalar.name} ${shown(pattern)}`, keep);
    }
  }
  if (scalar.minLength !== undefined || scalar.maxLength !== undefined) {
    const length = value instanceof Uint8Array ? value.length : [...text].length;
    if (length < (scalar.minLength ?? 0) || length > (scalar.maxLength ?? Number.POSITIVE_INFINITY)) {
      return new Fault(
        'length',
        `a length of ${scalar.minLength ?? 0} to ${scalar.maxLength ?? 'any'}`,
        keep,
      );
    }
  }
  if (scalar.min !== undefined && !within(value, scalar.min, 1)) {
    return new Fault('range', `${scalar.min.exclusive ? 'more than' : 'at least'} ${scalar.min.value}`);
  }
  if (scalar.max !== undefined && !within(value, scalar.max, -1)) {
    return new Fault('range', `${scalar.max.exclusive ? 'less than' : 'at most'} ${scalar.max.value}`);
  }
  return scalar.totalDigits === undefined && scalar.fractionDigits === undefined
    ? undefined
    : checkDigits(scalar, text);
}

/** The pattern as it is read, without what the translation from XSD added. */
function shown(pattern: RegExp): string {
  return pattern.source.replace(/^\^\(\?:([\s\S]*)\)\$$/, '$1');
}

function within(value: unknown, bound: Bound, direction: 1 | -1): boolean {
  const order = compare(value, bound.value) * direction;
  return order > 0 || (order === 0 && !bound.exclusive);
}

function compare(value: unknown, bound: Bound['value']): number {
  if (typeof value === 'string') return compareDecimals(value, String(bound));
  if (typeof value !== 'number' && typeof value !== 'bigint') return 0;
  const limit = typeof bound === 'string' ? Number(bound) : bound; // numeric kinds have numeric bounds
  return value < limit ? -1 : value > limit ? 1 : 0;
}

/** A decimal without sign, leading and trailing zeros; zero is not negative. */
interface Digits {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

function digitsOf(decimal: string): Digits {
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

function checkDigits(scalar: Scalar, text: string): Fault | undefined {
  const { whole, fraction } = digitsOf(text);
  if (scalar.fractionDigits !== undefined && fraction.length > scalar.fractionDigits) {
    return new Fault('digits', `at most ${scalar.fractionDigits} digits behind the point`);
  }
  if (scalar.totalDigits !== undefined && whole.length + fraction.length > scalar.totalDigits) {
    return new Fault('digits', `at most ${scalar.totalDigits} digits`);
  }
  return undefined;
}

function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
