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
const day = '-?((?:[1-9][0-9]{3,}|0[0-9]{3}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
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
  const text = mode === 'preserve' ? raw : mode === 'replace' ? raw.replace(/[\t\n\r]/g, ' ') : collapse(raw);
  const value = fromLexical(scalar, text);
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
  const ok = (valid: boolean, expected: string): string | Fault =>
    valid ? text : new Fault('type', expected);
  switch (scalar.kind) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' || text === '1'
        ? true
        : text === 'false' || text === '0'
          ? false
          : new Fault('type', 'true, false, 1 or 0');
    case 'decimal':
      return ok(decimalForm.test(text), 'a decimal number');
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
      return ok(isDay(dateForm.exec(text)), 'a date, such as 2026-10-25');
    case 'dateTime':
      return ok(isDay(dateTimeForm.exec(text)), 'a date and time, such as 2026-10-25T14:30:00+01:00');
    case 'time':
      return ok(timeForm.test(text), 'a time, such as 14:30:00');
    case 'duration':
      return ok(durationForm.test(text), 'a duration, such as PT15M');
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

function isDay(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const [, year = '', month = '', date = ''] = match;
  if (/^0+$/.test(year)) return false; // XML Schema 1.0 knows no year 0
  const yearInCycle = Number(year.slice(-4)); // leap years repeat every 400 years, so the last four digits tell
  const leap = (yearInCycle % 4 === 0 && yearInCycle % 100 !== 0) || yearInCycle % 400 === 0;
  const days = month === '02' ? (leap ? 29 : 28) : ['04', '06', '09', '11'].includes(month) ? 30 : 31;
  return Number(date) <= days;
}

function checkFacets(scalar: Scalar, text: string, value: unknown, official: boolean): Fault | undefined {
  const keep = scalar.kind === 'string' ? text : undefined;
  if (scalar.enumeration !== undefined && !scalar.enumeration.includes(text)) {
    return new Fault('enumeration', scalar.enumeration.join(', '));
  }
  const patterns = official ? scalar.patterns : (scalar.correction?.patterns ?? scalar.patterns);
  const failed = patterns?.find((pattern) => !pattern.test(text));
  if (failed !== undefined) return new Fault('pattern', `${scalar.name} ${shown(failed)}`, keep);
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

/** A decimal without sign, leading and trailing zeros: `[negative, whole, fraction]`; zero is not negative. */
function parts(decimal: string): [boolean, string, string] {
  const [whole = '', fraction = ''] = decimal.replace(/^[+-]/, '').split('.');
  const w = whole.replace(/^0+/, '');
  const f = fraction.replace(/0+$/, '');
  return [decimal.startsWith('-') && w + f !== '', w, f];
}

/** Compares two decimals exactly, at any length: negative, 0 or positive as the first is less, equal or more. */
export function compareDecimals(a: string, b: string): number {
  const [aNegative, aWhole, aFraction] = parts(a);
  const [bNegative, bWhole, bFraction] = parts(b);
  if (aNegative !== bNegative) return aNegative ? -1 : 1;
  const sign = aNegative ? -1 : 1;
  if (aWhole.length !== bWhole.length) return sign * (aWhole.length - bWhole.length);
  if (aWhole !== bWhole) return sign * (aWhole < bWhole ? -1 : 1);
  return aFraction === bFraction ? 0 : sign * (aFraction < bFraction ? -1 : 1);
}

function checkDigits(scalar: Scalar, text: string): Fault | undefined {
  const [, whole, fraction] = parts(text);
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
