/**
 * @module The primitives of XML Schema: how a lexical form becomes a value, and a value its lexical form. Each is a constant
 * of its own, so that a bundle holds those that its tables use.
 */

import { decodeBase64, encodeBase64 } from './base64.ts';
import { Fault } from './fault.ts';

/** How a value is read: the XSD primitive, or `integer` where a number carries it and `long` where a bigint does. */
export type Kind =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'long'
  | 'date'
  | 'dateTime'
  | 'time'
  | 'duration'
  | 'base64Binary'
  | 'hexBinary';

/** How the values of a kind are read and written, facets aside. */
export interface Primitive {
  /** Which one it is. */
  readonly kind: Kind;
  /** From the lexical form, white space collapsed where that is due, to the value or a {@link Fault}. */
  readonly read: (text: string) => unknown;
  /** From any value to its lexical form, or to a {@link Fault} where it is not of the JavaScript type. */
  readonly write: (value: unknown) => string | Fault;
}

const zone = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?';
const clock = '(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?|24:00:00(?:\\.0+)?)';
const day = '-?(?:[1-9][0-9]{3,}|0[0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const integerForm = /^[+-]?[0-9]+$/;

/** `xs:string`. */
export const string: Primitive = { kind: 'string', read: (text) => text, write: textOf };

/** `xs:boolean`. */
export const boolean: Primitive = {
  kind: 'boolean',
  read: (text) =>
    text === 'true' || text === '1'
      ? true
      : text === 'false' || text === '0'
        ? false
        : type('true, false, 1 or 0'),
  write: (value) => (typeof value === 'boolean' ? String(value) : type('a boolean')),
};

/** `xs:decimal`, as its text. */
export const decimal: Primitive = /*@__PURE__*/ textual(
  'decimal',
  /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/,
  'a decimal number',
);

/** `xs:integer`, as far as a number carries it. */
export const integer: Primitive = {
  kind: 'integer',
  // Adding 0 makes -0 a 0: integers have one zero.
  read: (text) => (integerForm.test(text) ? safe(Number(text) + 0) : type('an integer')),
  write: (value) => {
    const number = typeof value === 'number' && Number.isInteger(value) ? safe(value) : type('an integer');
    return number instanceof Fault ? number : String(number);
  },
};

/** `xs:integer`, as a bigint. */
export const long: Primitive = {
  kind: 'long',
  read: (text) =>
    // Leading zeros aside, no long has more digits than 64 bits need.
    integerForm.test(text) && text.length <= 1024
      ? BigInt(text.startsWith('+') ? text.slice(1) : text)
      : type('an integer of 64 bits'),
  write: (value) => (typeof value === 'bigint' ? String(value) : type('a bigint, such as 1n')),
};

/** `xs:date`, as its text. */
export const date: Primitive = /*@__PURE__*/ textual(
  'date',
  /*@__PURE__*/ new RegExp(`^${day}${zone}$`),
  'a date, such as 2026-10-25',
  isDay,
);

/** `xs:dateTime`, as its text. */
export const dateTime: Primitive = /*@__PURE__*/ textual(
  'dateTime',
  /*@__PURE__*/ new RegExp(`^${day}T${clock}${zone}$`),
  'a date and time, such as 2026-10-25T14:30:00+01:00',
  isDay,
);

/** `xs:time`, as its text. */
export const time: Primitive = /*@__PURE__*/ textual(
  'time',
  /*@__PURE__*/ new RegExp(`^${clock}${zone}$`),
  'a time, such as 14:30:00',
);

/** `xs:duration`, as its text. */
export const duration: Primitive = /*@__PURE__*/ textual(
  'duration',
  /^-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?$/,
  'a duration, such as PT15M',
);

/** `xs:base64Binary`, as its bytes. */
export const base64Binary: Primitive = {
  kind: 'base64Binary',
  read: (text) => decodeBase64(text, { whiteSpace: true }) ?? type('base64 with padding'),
  write: (value) => (value instanceof Uint8Array ? encodeBase64(value) : type('a Uint8Array')),
};

/** `xs:hexBinary`, as its bytes. */
export const hexBinary: Primitive = {
  kind: 'hexBinary',
  read: (text) => fromHex(text) ?? type('pairs of hexadecimal digits'),
  write: (value) => (value instanceof Uint8Array ? toHex(value) : type('a Uint8Array')),
};

/** A kind whose values are texts of a form. @param holds what the form cannot say */
function textual(kind: Kind, form: RegExp, expected: string, holds?: (text: string) => boolean): Primitive {
  const read = (text: string): unknown =>
    form.test(text) && holds?.(text) !== false ? text : type(expected);
  // The form has nothing that XML cannot carry, and what is written is read again.
  return { kind, read, write: (value) => (typeof value === 'string' ? value : type('a string')) };
}

function type(expected: string): Fault {
  return new Fault('type', expected);
}

function safe(value: number): number | Fault {
  return Number.isSafeInteger(value) ? value : new Fault('unsafe-integer', 'an integer within ±(2^53 - 1)');
}

/** What no XML 1.0 document can carry, and surrogates, which may be right in pairs: a quick first look. */
const doubtful = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/;
/** What no XML 1.0 document can carry. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The text itself, or a fault for what is no string that an XML 1.0 document can carry. */
export function textOf(value: unknown): string | Fault {
  if (typeof value !== 'string') return type('a string');
  return doubtful.test(value) && notXml.test(value) ? type('characters that XML can carry') : value;
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

function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
