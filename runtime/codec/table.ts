/**
 * @module Schema tables: what the generated code states about each XSD type, as frozen data.
 * One walk decodes, validates and encodes with them (`decode.ts`, `encode.ts`).
 */

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

/** A bound of a numeric type: a number for `integer`, a bigint for `long`, text for `decimal`. */
export interface Bound {
  /** In the form that its kind compares. */
  readonly value: number | bigint | string;
  /** True: the bound itself is outside. */
  readonly exclusive: boolean;
}

/** A deliberate widening of an XSD facet, see `schemas/corrections.json`. */
export interface Correction {
  /** Name of the correction. */
  readonly id: string;
  /** Patterns that hold instead of the XSD's own. */
  readonly patterns: readonly RegExp[];
}

/** Facets beyond the primitive. All that are present must hold. */
export interface Facets {
  /** What xs:whiteSpace does before anything else; default: the primitive's own. */
  readonly whiteSpace?: 'preserve' | 'replace' | 'collapse';
  /** All values that there are. */
  readonly enumeration?: readonly string[];
  /** One expression for each step of restriction: alternatives within a step are joined, the steps must all hold. */
  readonly patterns?: readonly RegExp[];
  /** In characters, or in octets for the binary types. */
  readonly minLength?: number;
  /** As `minLength`. */
  readonly maxLength?: number;
  /** The least value. */
  readonly min?: Bound;
  /** The greatest value. */
  readonly max?: Bound;
  /** How many digits a decimal may have. */
  readonly totalDigits?: number;
  /** How many of them may follow the point. */
  readonly fractionDigits?: number;
  /** What holds instead, unless the official verdict is asked for. */
  readonly correction?: Correction;
}

/** A simple type: T is the TypeScript type of its values. */
export interface Scalar<T = unknown> extends Facets {
  /** Its name in the XSD, such as `UUIDType` or `xs:integer`; of an anonymous type the place where it stands. */
  readonly name: string;
  /** How its values are read. */
  readonly kind: Kind;
  /** Never present: carries T for the compiler. */
  readonly value?: T;
}

/** States a simple type: the facets of `base` and, over them, its own. */
export function scalar<T>(name: string, base: Scalar, facets: Facets): Scalar<T> {
  return simple(name, base.kind, { ...base, ...facets });
}

/** Builds a simple type. All have one shape, absent facets included, since every value of every message asks for them. */
export function simple<T>(name: string, kind: Kind, facets: Facets): Scalar<T> {
  const { whiteSpace, enumeration, patterns, minLength, maxLength, min, max } = facets;
  const { totalDigits, fractionDigits, correction } = facets;
  const own = {
    whiteSpace,
    enumeration,
    patterns,
    minLength,
    maxLength,
    min,
    max,
    totalDigits,
    fractionDigits,
  };
  return Object.freeze({ name, kind, ...own, correction }) as Scalar<T>;
}

/** A name in XML, made ready for comparison with a document. */
export interface Name {
  /** As it stands in XML. */
  readonly name: string;
  /** As UTF-8. */
  readonly bytes: Uint8Array;
  /** Number of bytes. */
  readonly length: number;
  /** Its first four bytes as an integer, little-endian; of a shorter name 0. */
  readonly head: number;
  /** Its last four bytes likewise. */
  readonly tail: number;
}

/** An attribute of a complex type. */
export interface Attribute extends Name {
  /** Name of the property. */
  readonly key: string;
  /** What values it takes. */
  readonly scalar: Scalar;
  /** True where it must be there. */
  readonly required: boolean;
  /** What an absent attribute reads as. */
  readonly default?: unknown;
  /** Integers from `plainMin` to `plainMax` are valid without a further look; there are none for other kinds. */
  readonly plainMin: number;
  /** See `plainMin`. */
  readonly plainMax: number;
}

/** A child element of a complex type. */
export interface Child extends Name {
  /** Name of the property. */
  readonly key: string;
  /** What stands in it. */
  readonly table: Complex;
  /** How often it must be there. */
  readonly min: number;
  /** `Infinity` for unbounded. */
  readonly max: number;
  /** True where the property is an array: more than one may stand there. */
  readonly many: boolean;
}

/**
 * The values of one element, attributes first, then children, in the order of the table; `undefined` where absent.
 * The generated `make` functions know each position's type, which no array type can say.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above; generated code is the only reader
export type Registers = any[];

/** A complex type: T is the TypeScript type of its values. */
export interface Complex<T = unknown> {
  /** Its name in the XSD. */
  readonly name: string;
  /** In the order of the XSD, those of its bases first. */
  readonly attributes: readonly Attribute[];
  /** The sequence of its content, in order. */
  readonly children: readonly Child[];
  /** Builds the value from its parts: an object literal, so that all values of a type have one shape. */
  readonly make: (parts: Registers) => T;
}

/** The part of a complex type that types extending it take over; for abstract types all there is. */
export interface Abstract {
  /** Those of its bases first. */
  readonly attributes: readonly Attribute[];
  /** The sequence of its content, in order. */
  readonly children: readonly Child[];
}

const utf8 = /*@__PURE__*/ new TextEncoder();

/** Four bytes of a name as an integer, from an offset; 0 where it is shorter than that. */
function word(bytes: Uint8Array, from: number): number {
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getInt32(from, true);
}

/** States an attribute that must be there. */
export function required(name: string, key: string, type: Scalar): Attribute {
  return attribute(name, key, type, true, undefined);
}

/** States an attribute that may be absent. */
export function optional(name: string, key: string, type: Scalar): Attribute {
  return attribute(name, key, type, false, undefined);
}

/** States an attribute that reads as `value` where it is absent. */
export function defaulted(name: string, key: string, type: Scalar, value: unknown): Attribute {
  return attribute(name, key, type, false, value);
}

/** All attributes have one shape, and all that the reader asks of every value stands in it: the walk is the hot path. */
function attribute(name: string, key: string, type: Scalar, must: boolean, value: unknown): Attribute {
  const { min, max } = type;
  const plain = type.kind === 'integer' && type.patterns === undefined && type.totalDigits === undefined;
  const bytes = utf8.encode(name);
  return Object.freeze({
    name,
    bytes,
    length: bytes.length,
    head: word(bytes, 0),
    tail: word(bytes, bytes.length - 4),
    key,
    scalar: type,
    required: must,
    default: value,
    plainMin:
      plain && min?.exclusive !== true
        ? Number(min?.value ?? Number.MIN_SAFE_INTEGER)
        : Number.POSITIVE_INFINITY,
    plainMax:
      plain && max?.exclusive !== true
        ? Number(max?.value ?? Number.MAX_SAFE_INTEGER)
        : Number.NEGATIVE_INFINITY,
  });
}

/** States a child element that occurs `min` to `max` times. */
export function child(name: string, key: string, table: Complex, min: number, max: number): Child {
  const bytes = utf8.encode(name);
  const { length } = bytes;
  const head = word(bytes, 0);
  const tail = word(bytes, length - 4);
  return Object.freeze({ name, bytes, length, head, tail, key, table, min, max, many: max > 1 });
}

/** States an abstract complex type; what it extends comes first. */
export function abstract(
  base: Abstract | undefined,
  attributes: readonly Attribute[],
  children: readonly Child[],
): Abstract {
  return Object.freeze({
    attributes: [...(base?.attributes ?? []), ...attributes],
    children: [...(base?.children ?? []), ...children],
  });
}

/** States a complex type; what it extends comes first. */
export function complex<T>(
  name: string,
  base: Abstract | undefined,
  attributes: readonly Attribute[],
  children: readonly Child[],
  make: (parts: Registers) => T,
): Complex<T> {
  return Object.freeze({ name, ...abstract(base, attributes, children), make });
}
