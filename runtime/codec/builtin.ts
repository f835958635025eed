/** @module The built-in simple types of XML Schema that UFTP may use, and the TypeScript types of their values. */

import {
  base64Binary,
  boolean,
  date,
  dateTime,
  decimal,
  duration,
  hexBinary,
  integer,
  long,
  type Primitive,
  string,
  time,
} from './primitive.ts';
import { SimpleType } from './scalar.ts';
import type { Bound, Facets, Scalar } from './table.ts';

declare const flavor: unique symbol;

/**
 * A string that remembers what it is: plain strings are taken, but a `Decimal` is not taken for a `DateTime`.
 * At run time it is the string as it stood on the wire.
 */
export type Flavor<Name extends string> = string & { readonly [flavor]?: Name };

/** A decimal number as it stands on the wire, such as `12.50`: no digit is lost. */
export type Decimal = Flavor<'Decimal'>;
/** A day, `2026-10-25`, possibly with a zone. */
export type IsoDate = Flavor<'IsoDate'>;
/** A date and time, `2026-10-25T02:30:00+01:00`; in 3.x the zone may be absent. */
export type IsoDateTime = Flavor<'IsoDateTime'>;
/** A time of day, `14:30:00`. */
export type IsoTime = Flavor<'IsoTime'>;
/** A span, such as `PT15M`. */
export type IsoDuration = Flavor<'IsoDuration'>;

function builtin<T>(name: string, primitive: Primitive, facets: Facets = {}): Scalar<T> {
  return new SimpleType(`xs:${name}`, primitive, facets) as Scalar<T>;
}

function whole<T>(
  name: string,
  primitive: Primitive,
  min?: number | bigint,
  max?: number | bigint,
): Scalar<T> {
  const bound = (value: Bound['value'] | undefined): Bound | undefined =>
    value === undefined ? undefined : { value, exclusive: false };
  return builtin(name, primitive, { min: bound(min), max: bound(max) });
}

/** `xs:string`: white space stays as it is. */
export const xsString: Scalar<string> = /*@__PURE__*/ builtin('string', string);
/** `xs:normalizedString`: tabs and line breaks become spaces. */
export const xsNormalizedString: Scalar<string> = /*@__PURE__*/ builtin('normalizedString', string, {
  whiteSpace: 'replace',
});
/** `xs:token`: runs of white space become one space, none at the ends. */
export const xsToken: Scalar<string> = /*@__PURE__*/ builtin('token', string, { whiteSpace: 'collapse' });
/** `xs:boolean`: `true`, `false`, `1` or `0`. */
export const xsBoolean: Scalar<boolean> = /*@__PURE__*/ builtin('boolean', boolean);
/** `xs:decimal`, as the text on the wire. */
export const xsDecimal: Scalar<Decimal> = /*@__PURE__*/ builtin('decimal', decimal);
/** `xs:date`, as the text on the wire. */
export const xsDate: Scalar<IsoDate> = /*@__PURE__*/ builtin('date', date);
/** `xs:dateTime`, as the text on the wire. */
export const xsDateTime: Scalar<IsoDateTime> = /*@__PURE__*/ builtin('dateTime', dateTime);
/** `xs:time`, as the text on the wire. */
export const xsTime: Scalar<IsoTime> = /*@__PURE__*/ builtin('time', time);
/** `xs:duration`, as the text on the wire. */
export const xsDuration: Scalar<IsoDuration> = /*@__PURE__*/ builtin('duration', duration);
/** `xs:base64Binary`, as its bytes. */
export const xsBase64Binary: Scalar<Uint8Array> = /*@__PURE__*/ builtin('base64Binary', base64Binary);
/** `xs:hexBinary`, as its bytes. */
export const xsHexBinary: Scalar<Uint8Array> = /*@__PURE__*/ builtin('hexBinary', hexBinary);

/** `xs:integer`, as far as a number carries it. */
export const xsInteger: Scalar<number> = /*@__PURE__*/ whole('integer', integer);
/** `xs:positiveInteger`: from 1. */
export const xsPositiveInteger: Scalar<number> = /*@__PURE__*/ whole('positiveInteger', integer, 1);
/** `xs:nonNegativeInteger`: from 0. */
export const xsNonNegativeInteger: Scalar<number> = /*@__PURE__*/ whole('nonNegativeInteger', integer, 0);
/** `xs:negativeInteger`: up to -1. */
export const xsNegativeInteger: Scalar<number> = /*@__PURE__*/ whole(
  'negativeInteger',
  integer,
  undefined,
  -1,
);
/** `xs:nonPositiveInteger`: up to 0. */
export const xsNonPositiveInteger: Scalar<number> = /*@__PURE__*/ whole(
  'nonPositiveInteger',
  integer,
  undefined,
  0,
);
/** `xs:int`: 32 bits. */
export const xsInt: Scalar<number> = /*@__PURE__*/ whole('int', integer, -2147483648, 2147483647);
/** `xs:short`: 16 bits. */
export const xsShort: Scalar<number> = /*@__PURE__*/ whole('short', integer, -32768, 32767);
/** `xs:byte`: 8 bits. */
export const xsByte: Scalar<number> = /*@__PURE__*/ whole('byte', integer, -128, 127);
/** `xs:unsignedInt`: 32 bits from 0. */
export const xsUnsignedInt: Scalar<number> = /*@__PURE__*/ whole('unsignedInt', integer, 0, 4294967295);
/** `xs:unsignedShort`: 16 bits from 0. */
export const xsUnsignedShort: Scalar<number> = /*@__PURE__*/ whole('unsignedShort', integer, 0, 65535);
/** `xs:unsignedByte`: 8 bits from 0. */
export const xsUnsignedByte: Scalar<number> = /*@__PURE__*/ whole('unsignedByte', integer, 0, 255);
/** `xs:long`: 64 bits, as a bigint. */
export const xsLong: Scalar<bigint> = /*@__PURE__*/ whole(
  'long',
  long,
  -9223372036854775808n,
  9223372036854775807n,
);
/** `xs:unsignedLong`: 64 bits from 0, as a bigint. */
export const xsUnsignedLong: Scalar<bigint> = /*@__PURE__*/ whole(
  'unsignedLong',
  long,
  0n,
  18446744073709551615n,
);
