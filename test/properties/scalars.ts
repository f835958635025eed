/** @module A simple type of the model goes in, an arbitrary of all its values comes out, as the decoder would build them. */

import fc, { type Arbitrary } from 'fast-check';
import type { Kind } from '../../codegen/builtins.ts';
import type { Bound, Facets, ValueType } from '../../codegen/model.ts';
import { translatePatterns } from '../../codegen/pattern.ts';

/** Text that XML 1.0 can carry, white space of all kinds and characters beyond 16 bits included. */
export const xmlText: Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((text) => text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ''));

/** All values of a type. @throws {TypeError} where its facets are a combination that no UFTP type has */
export function valuesOf({ builtin, facets }: ValueType): Arbitrary<unknown> {
  const { kind } = builtin;
  if (facets.enumeration !== undefined) return fc.constantFrom(...facets.enumeration);
  if (kind === 'integer' || kind === 'long') return integers(kind, facets, builtin);
  if (kind === 'decimal') return decimals(facets);
  const all = ofKind[kind]();
  if (facets.patterns === undefined) return all;
  const patterns = facets.patterns.map((step) => new RegExp(translatePatterns(step), 'u'));
  const fits = (value: unknown): boolean => patterns.every((pattern) => pattern.test(String(value)));
  const [first] = patterns;
  // What XML cannot carry is no value, whatever a pattern says of it.
  const source = kind === 'string' && first ? fc.stringMatching(first).filter(isXml) : all;
  return source.filter(fits);
}

function isXml(text: string): boolean {
  return !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text);
}

function integers(
  kind: 'integer' | 'long',
  facets: Facets,
  builtin: ValueType['builtin'],
): Arbitrary<unknown> {
  if (facets.patterns !== undefined || facets.totalDigits !== undefined) {
    throw new TypeError('no UFTP integer has a pattern or a number of digits');
  }
  const least = inner(facets.min, 1n) ?? (builtin.min === undefined ? undefined : BigInt(builtin.min));
  const most = inner(facets.max, -1n) ?? (builtin.max === undefined ? undefined : BigInt(builtin.max));
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  const all = fc.bigInt({ min: least ?? -safe, max: most ?? safe });
  return kind === 'long' ? all : all.map(Number);
}

function inner(bound: Bound | undefined, step: bigint): bigint | undefined {
  return bound === undefined ? undefined : BigInt(bound.value) + (bound.exclusive ? step : 0n);
}

/** Decimals with their zeros and signs, as they stand on the wire. */
function decimals({ min, max, fractionDigits = 12 }: Facets): Arbitrary<string> {
  const scale = 10n ** BigInt(fractionDigits);
  const units = (bound: Bound | undefined, other: bigint): bigint => {
    if (bound === undefined) return other;
    if (bound.exclusive) throw new TypeError('no UFTP decimal has an exclusive bound');
    return BigInt(Math.round(Number(bound.value) * Number(scale)));
  };
  const all = fc.bigInt({ min: units(min, -(10n ** 24n)), max: units(max, 10n ** 24n) });
  return fc
    .tuple(all, fc.constantFrom('', '0', '00'), fc.constantFrom('', '0', '000'))
    .map(([value, zeros, more]) => {
      const magnitude = value < 0n ? -value : value;
      const fraction = String(magnitude % scale).padStart(fractionDigits, '0');
      return `${value < 0n ? '-' : ''}${zeros}${magnitude / scale}.${fraction}${more}`;
    });
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Days of years that libxml2 counts. */
const days = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const times = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.constantFrom('', '.5', '.123456789'))
  .map(([hour, minute, second, fraction]) => `${two(hour)}:${two(minute)}:${two(second)}${fraction}`);
const zones = fc.oneof(
  fc.constantFrom('', 'Z', '+14:00', '-14:00'),
  fc
    .tuple(fc.constantFrom('+', '-'), fc.nat(13), fc.nat(59))
    .map(([sign, hour, minute]) => `${sign}${two(hour)}:${two(minute)}`),
);
const joined = (...parts: readonly Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));

const count = (unit: string): Arbitrary<string> => fc.nat(100_000).map((number) => `${number}${unit}`);
const some = (...units: readonly string[]): Arbitrary<string> =>
  fc
    .subarray(
      units.map((_, i) => i),
      { minLength: 1 },
    )
    .chain((chosen) => joined(...chosen.map((i) => count(units[i] ?? ''))));
const durations = joined(
  fc.constantFrom('', '-'),
  fc.oneof(
    joined(fc.constant('P'), some('Y', 'M', 'D')),
    joined(fc.constant('PT'), some('H', 'M', '.25S')),
    joined(fc.constant('P'), some('Y', 'M', 'D'), fc.constant('T'), some('H', 'M', 'S')),
  ),
);

const bytes = fc.uint8Array({ maxLength: 50 });

/** All values of the kinds whose facets are not numbers. */
const ofKind: Readonly<Record<Exclude<Kind, 'integer' | 'long' | 'decimal'>, () => Arbitrary<unknown>>> = {
  string: () => xmlText,
  boolean: () => fc.boolean(),
  date: () => joined(days, zones),
  dateTime: () => joined(days, fc.constant('T'), times, zones),
  time: () => joined(times, zones),
  duration: () => durations,
  base64Binary: () => bytes,
  hexBinary: () => bytes,
};
