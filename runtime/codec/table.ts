/**
 * @module Schema tables: what the generated code states about each XSD type, as frozen data.
 * One walk decodes, validates and encodes with them (`decode.ts`, `encode.ts`).
 */

import type { Fault } from './fault.ts';
import type { Kind, Primitive } from './primitive.ts';

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
  readonly whiteSpace?: 'preserve' | 'replace' | 'collapse' | undefined;
  /** All values that there are. */
  readonly enumeration?: readonly string[] | undefined;
  /** One expression for each step of restriction: alternatives within a step are joined, the steps must all hold. */
  readonly patterns?: readonly RegExp[] | undefined;
  /** In characters, or in octets for the binary types. */
  readonly minLength?: number | undefined;
  /** As `minLength`. */
  readonly maxLength?: number | undefined;
  /** The least value. */
  readonly min?: Bound | undefined;
  /** The greatest value. */
  readonly max?: Bound | undefined;
  /** How many digits a decimal may have. */
  readonly totalDigits?: number | undefined;
  /** How many of them may follow the point. */
  readonly fractionDigits?: number | undefined;
  /** What holds instead, unless the official verdict is asked for. */
  readonly correction?: Correction | undefined;
}

/** A simple type: T is the TypeScript type of its values. */
export interface Scalar<T = unknown> extends Facets {
  /** Its name in the XSD, such as `UUIDType` or `xs:integer`; of an anonymous type the place where it stands. */
  readonly name: string;
  /** How its values are read and written, facets aside. */
  readonly primitive: Primitive;
  /** That of the primitive. */
  readonly kind: Kind;
  /**
   * Reads a value from its lexical form, in which references are replaced and tabs and line ends are blanks already; the
   * value, or a {@link Fault}. `official` leaves corrections aside.
   */
  readonly parse: (raw: string, official: boolean) => unknown;
  /** Writes a value in its lexical form, or says why it is not of its type. */
  readonly format: (value: unknown) => string | Fault;
  /** True where a value is valid by the correction only. */
  readonly isCorrected: (value: unknown) => boolean;
  /** Never present: carries T for the compiler. */
  readonly value?: T;
}

/** A name in XML, made ready for comparison with a document and for writing. */
export interface Name {
  /** As it stands in XML. */
  readonly name: string;
  /** With what stands around it almost everywhere, as UTF-8: of an attribute ` Name="`, of an element `<Name`. */
  readonly bytes: Uint8Array;
  /** Number of these bytes. */
  readonly length: number;
  /** The first four of them as an integer, little-endian; where there are less, 0. */
  readonly head: number;
  /** The four behind these likewise, where they are no part of the last. */
  readonly middle: number;
  /** The last four likewise. */
  readonly tail: number;
}

/** An attribute as a complex type states it. */
export interface StatedAttribute {
  /** As it stands in XML. */
  readonly name: string;
  /** What values it takes. */
  readonly scalar: Scalar;
  /** True where it must be there. */
  readonly required: boolean;
  /** What an absent attribute reads as. */
  readonly default?: unknown;
}

/** An attribute of a complex type, made ready for the walk. */
export interface Attribute extends StatedAttribute, Name {
  /** Name of the property. */
  readonly key: string;
  /**
   * Integers from `plainMin` to `plainMax` are valid without a further look; there are none for other kinds, and none of more
   * digits than `plainDigitsMax`.
   */
  readonly plainMin: number;
  /** See `plainMin`. */
  readonly plainMax: number;
  /** True for `xs:base64Binary` as it is. */
  readonly binary: boolean;
}

/** A child element as a complex type states it. */
export interface StatedChild {
  /** As it stands in XML. */
  readonly name: string;
  /** What stands in it. */
  readonly table: Complex;
  /** How often it must be there. */
  readonly min: number;
  /** `Infinity` for unbounded. */
  readonly max: number;
}

/** A child element of a complex type, made ready for the walk. */
export interface Child extends StatedChild, Name {
  /** Name of the property. */
  readonly key: string;
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
  readonly attributes: readonly StatedAttribute[];
  /** The sequence of its content, in order. */
  readonly children: readonly StatedChild[];
}

/** States an attribute that must be there. */
export function required(name: string, type: Scalar): StatedAttribute {
  return { name, scalar: type, required: true };
}

/** States an attribute that may be absent. */
export function optional(name: string, type: Scalar): StatedAttribute {
  return { name, scalar: type, required: false };
}

/** States an attribute that reads as `value` where it is absent. */
export function defaulted(name: string, type: Scalar, value: unknown): StatedAttribute {
  return { name, scalar: type, required: false, default: value };
}

/** States a child element that occurs `min` to `max` times. */
export function child(name: string, table: Complex, min: number, max: number): StatedChild {
  return { name, table, min, max };
}

/** States an abstract complex type; what it extends comes first. */
export function abstract(
  base: Abstract | undefined,
  attributes: readonly StatedAttribute[],
  children: readonly StatedChild[],
): Abstract {
  return Object.freeze({
    attributes: [...(base?.attributes ?? []), ...attributes],
    children: [...(base?.children ?? []), ...children],
  });
}

/** States a complex type; what it extends comes first. The names of the properties stand in `make` alone. */
export function complex<T>(
  base: Abstract | undefined,
  attributes: readonly StatedAttribute[],
  children: readonly StatedChild[],
  make: (parts: Registers) => T,
): Complex<T> {
  const stated = abstract(base, attributes, children);
  const { length } = stated.attributes;
  const keys = keysOf(make, length + stated.children.length);
  return Object.freeze({
    attributes: stated.attributes.map((one, i) => attribute(one, keys[i] as string)),
    children: stated.children.map((one, i) => element(one, keys[length + i] as string)),
    make,
  });
}

/** The property that each part goes into: what `make` builds of the parts' places tells. */
function keysOf(make: (parts: Registers) => unknown, count: number): string[] {
  const keys: string[] = [];
  const places = Array.from({ length: count }, (_, place) => place);
  for (const [key, place] of Object.entries(make(places) as object)) {
    if (typeof place === 'number') keys[place] = key; // $type is none of the parts
  }
  return keys;
}

/** Digits of the longest plain integers: so many fit the integers that engines keep without a box. */
export const plainDigitsMax = 9;
const plainMax = 10 ** plainDigitsMax - 1;

/** All attributes have one shape, and all that the reader asks of every value stands in it: the walk is the hot path. */
function attribute(
  { name, scalar, required: must, default: value }: StatedAttribute,
  key: string,
): Attribute {
  const { kind, enumeration, patterns, totalDigits, min, max } = scalar;
  const plain =
    kind === 'integer' &&
    (enumeration ?? patterns ?? totalDigits) === undefined &&
    min?.exclusive !== true &&
    max?.exclusive !== true;
  return Object.freeze({
    name,
    ...prepared(` ${name}="`),
    key,
    scalar,
    required: must,
    default: value,
    plainMin: plain ? Math.max(Number(min?.value ?? -plainMax), -plainMax) : 1,
    plainMax: plain ? Math.min(Number(max?.value ?? plainMax), plainMax) : 0,
    binary: scalar.name === 'xs:base64Binary',
  });
}

function element({ name, table, min, max }: StatedChild, key: string): Child {
  return Object.freeze({ name, ...prepared(`<${name}`), key, table, min, max, many: max > 1 });
}

function prepared(written: string): Omit<Name, 'name'> {
  const bytes = new TextEncoder().encode(written);
  const { length } = bytes;
  const { buffer, byteOffset } = bytes;
  const word = (from: number): number =>
    from < 0 || from + 4 > length ? 0 : new DataView(buffer, byteOffset).getInt32(from, true);
  return { bytes, length, head: word(0), middle: word(4), tail: word(length - 4) };
}
