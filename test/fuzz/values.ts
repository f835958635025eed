/** @module A simple type of the model goes in, lexical forms at and just over each of its facets come out. */

import type { Kind } from '../../codegen/builtins.ts';
import type { Bound, Facets, ValueType } from '../../codegen/model.ts';
import { translatePatterns } from '../../codegen/pattern.ts';
import { forms, product, times } from './forms.ts';
import { sampler } from './pattern.ts';
import type { Random } from './random.ts';

/** `at`: the type takes it. `over`: it does not, by a hair. `odd`: the model does not say, libxml2 does. */
export type Side = 'at' | 'over' | 'odd';

/** Forms that probe one facet of a type from one side. */
export interface Probe {
  /** Such as `pattern`; `form` for what the built-in type itself takes. */
  readonly facet: string;
  readonly side: Side;
  readonly make: (random: Random) => string;
}

/** The facets that probes are made for: another in the model would go untested, so it is refused. */
const known: readonly string[] = ['enumeration', 'patterns', 'min', 'max', 'fractionDigits'];

/** All probes of a type. @throws {TypeError} for a facet, or a combination of facets, that this file does not know */
export function probesOf({ builtin, facets }: ValueType): Probe[] {
  const other = Object.keys(facets).filter((facet) => !known.includes(facet));
  if (other.length > 0) throw new TypeError(`the fuzzer has no values for the facet ${other.join(', ')}`);
  const min = facets.min ?? boundOf(builtin.min);
  const max = facets.max ?? boundOf(builtin.max);
  if (facets.enumeration !== undefined) return enumerated(facets.enumeration);
  if (facets.patterns !== undefined) return patterned(facets.patterns, builtin.kind);
  return [
    ...formProbes(builtin.kind, facets),
    ...boundProbes('min', min, -1n, facets),
    ...boundProbes('max', max, 1n, facets),
    ...(facets.fractionDigits === undefined ? [] : fractions(facets.fractionDigits)),
  ];
}

function enumerated(members: readonly string[]): Probe[] {
  return [
    { facet: 'enumeration', side: 'at', make: (random) => random.pick(members) },
    {
      facet: 'enumeration',
      side: 'over',
      make: (random) => {
        const member = random.pick(members);
        const swapped = /[a-z]/.test(member) ? member.toUpperCase() : member.toLowerCase();
        return random.pick([
          '',
          swapped,
          `${member}s`,
          member.slice(1),
          ` ${member}`,
          `${member} `,
          member.repeat(2),
        ]);
      },
    },
  ];
}

/** Alternatives within a step are alternatives of the sample; more than one step would need their intersection. */
function patterned(steps: NonNullable<Facets['patterns']>, kind: Kind): Probe[] {
  const [step, ...more] = steps;
  if (step === undefined || more.length > 0)
    throw new TypeError('the fuzzer knows patterns of one step only');
  if (kind === 'dateTime') return patternedDateTimes();
  const samplers = step.map(sampler);
  const matching = new RegExp(translatePatterns(step), 'u');
  const miss = (random: Random): string => {
    const text = random.pick(samplers).miss(random);
    return matching.test(text) ? miss(random) : text; // what one piece has too many, the next may take
  };
  return [
    { facet: 'pattern', side: 'at', make: (random) => random.pick(samplers).match(random) },
    { facet: 'pattern', side: 'over', make: miss },
    {
      facet: 'pattern',
      side: 'odd',
      make: (random) => respaced(random.pick(samplers).match(random), random),
    },
  ];
}

/** A pattern over dates cannot be sampled without the calendar: these are forms of xs:dateTime on both sides of it. */
function patternedDateTimes(): Probe[] {
  const at = ['2026-10-25T14:30:00Z', '2024-02-29T00:00:00.123456789+02:00', '2026-10-25T02:30:00.1-13:59'];
  const over = ['2026-10-25T14:30:00', '2026-10-25T14:30:00.1234567890Z', '12026-10-25T14:30:00Z'];
  return [
    oneOf('pattern', 'at', [...at, '0001-01-01T00:00:00Z', '9999-12-31T24:00:00+14:00']),
    oneOf('pattern', 'over', [
      ...over,
      '-2026-10-25T14:30:00Z',
      '2026-10-25T14:30Z',
      '2026-10-25T14:30:00.Z',
      '',
    ]),
    oneOf('form', 'over', product(['2026-10-25'], ['T', ' '], times.over, ['Z'])),
    { facet: 'form', side: 'odd', make: (random) => respaced(random.pick(at), random) },
  ];
}

function boundOf(value: string | undefined): Bound | undefined {
  return value === undefined ? undefined : { value, exclusive: false };
}

/** The bound itself and its next neighbour outside, in units of the last digit that the type has. */
function boundProbes(facet: 'min' | 'max', bound: Bound | undefined, away: bigint, facets: Facets): Probe[] {
  if (bound === undefined) return [];
  const digits = facets.fractionDigits ?? bound.value.split('.')[1]?.length ?? 0;
  const [whole = '', fraction = ''] = bound.value.split('.');
  const units = BigInt(whole + fraction.padEnd(digits, '0'));
  const step = (by: bigint): string => scaled(units + by, digits);
  const [inside, outside] = bound.exclusive ? [-away, 0n] : [0n, away];
  return [
    { facet, side: 'at', make: (random) => dressed(step(inside), digits > 0, random) },
    { facet, side: 'over', make: (random) => dressed(step(outside), digits > 0, random) },
  ];
}

function scaled(units: bigint, digits: number): string {
  if (digits === 0) return String(units);
  const magnitude = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  return `${units < 0n ? '-' : ''}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`;
}

/** The same number with zeros, or a sign, that do not count. */
function dressed(number: string, isDecimal: boolean, random: Random): string {
  const [, sign = '', rest = ''] = /^(-?)(.*)$/.exec(number) ?? [];
  const zeros = random.chance(25) ? '0'.repeat(random.between(1, 20)) : '';
  const plus = sign === '' && random.chance(15) ? '+' : sign;
  return `${plus}${zeros}${rest}${isDecimal && random.chance(25) ? '00' : ''}`;
}

function fractions(digits: number): Probe[] {
  const some = (random: Random, count: number): string =>
    Array.from({ length: count }, () => random.between(1, 9)).join('');
  return [
    // Below 1, so that it is within the bounds of the one type that has some.
    {
      facet: 'fractionDigits',
      side: 'at',
      make: (random) => `0.${some(random, digits)}${random.pick(['', '0', '000'])}`,
    },
    { facet: 'fractionDigits', side: 'over', make: (random) => `0.${some(random, digits + 1)}` },
  ];
}

function oneOf(facet: string, side: Side, forms: readonly string[]): Probe {
  return { facet, side, make: (random) => random.pick(forms) };
}

/** What each kind takes and does not take, whatever its facets are. */
function formProbes(kind: Kind, facets: Facets): Probe[] {
  const { at, over, odd = [] } = forms[kind];
  const isFree = Object.keys(facets).length === 0; // else a form may be right and its value outside
  const spaced: Probe = { facet: 'form', side: 'odd', make: (random) => respaced(random.pick(at), random) };
  const probes = [oneOf('form', isFree ? 'at' : 'odd', at), oneOf('form', 'over', over), spaced];
  return odd.length === 0 ? probes : [...probes, oneOf('form', 'odd', odd)];
}

/** White space around, or within, a form. */
function respaced(form: string, random: Random): string {
  const space = random.pick([' ', '  ', '\t', '\n', '\r', ' \r\n\t', '\u00a0', '\u2003']);
  const cut = random.below(form.length + 1);
  return random.pick([
    space + form,
    form + space,
    space + form + space,
    form.slice(0, cut) + space + form.slice(cut),
  ]);
}
