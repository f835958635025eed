/** @module Two simple types go in; how the values that they take differ comes out, in words. */

import type { Kind } from './builtins.ts';
import type { Bound, Facets, ValueType } from './model.ts';
import { builtinBound, compareNumbers, isNumeric } from './values.ts';

/** A difference between two simple types. */
export interface ValueChange {
  /** True where the second type may refuse what the first takes. Patterns that are not plainly wider count as such. */
  readonly breaking: boolean;
  readonly text: string;
}

/** Says what a second type takes that the first does not, and the reverse. */
export function compareValues(a: ValueType, b: ValueType): ValueChange[] {
  return [
    ...kinds(a.builtin.kind, b.builtin.kind),
    ...enumerations(a.facets.enumeration, b.facets.enumeration),
    ...patterns(a.facets.patterns ?? [], b.facets.patterns ?? []),
    ...whiteSpaces(a, b),
    ...limits(a, b),
  ];
}

/** Kinds whose literals are literals of another kind too; bounds are compared apart. */
const wider: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  integer: ['long', 'decimal'],
  long: ['integer', 'decimal'],
};

function kinds(a: Kind, b: Kind): ValueChange[] {
  if (a === b) return [];
  const breaking = b !== 'string' && !wider[a]?.includes(b);
  return [{ breaking, text: `values of kind ${b}, were ${a}` }];
}

function enumerations(a: Facets['enumeration'], b: Facets['enumeration']): ValueChange[] {
  if (a === undefined && b === undefined) return [];
  if (a === undefined) return [{ breaking: true, text: `only the values ${b?.join(', ')}` }];
  if (b === undefined) return [{ breaking: false, text: `not only the values ${a.join(', ')}` }];
  return [
    ...a
      .filter((value) => !b.includes(value))
      .map((value) => ({ breaking: true, text: `value ${value} removed` })),
    ...b
      .filter((value) => !a.includes(value))
      .map((value) => ({ breaking: false, text: `value ${value} added` })),
  ];
}

type Steps = NonNullable<Facets['patterns']>;

function patterns(a: Steps, b: Steps): ValueChange[] {
  const words = (steps: Steps): string => steps.map((step) => step.join(' or ')).join(', and ') || 'none';
  if (words(a) === words(b)) return [];
  // Each step of the second is kept by all that a step of the first keeps: it has the same alternatives or more.
  const breaking = !b.every((step) => a.some((before) => before.every((pattern) => step.includes(pattern))));
  return [{ breaking, text: `pattern ${words(b)}, was ${words(a)}` }];
}

function whiteSpaces(a: ValueType, b: ValueType): ValueChange[] {
  const of = ({ builtin, facets }: ValueType): string => facets.whiteSpace ?? builtin.whiteSpace;
  if (of(a) === of(b) || a.builtin.kind !== b.builtin.kind) return [];
  return [{ breaking: true, text: `white space ${of(b)}, was ${of(a)}` }];
}

/** Everything that is a number: lengths, digits and bounds. */
function limits(a: ValueType, b: ValueType): ValueChange[] {
  const changes: ValueChange[] = [];
  const note = (name: string, before: Limit, after: Limit, order: number, isLower: boolean): void => {
    if (order !== 0)
      changes.push({
        breaking: order > 0 === isLower,
        text: `${name} ${words(after)}, was ${words(before)}`,
      });
  };
  for (const name of ['minLength', 'maxLength', 'totalDigits', 'fractionDigits'] as const) {
    const [before, after] = [a.facets[name], b.facets[name]];
    const isLower = name === 'minLength';
    const none = isLower ? 0 : Number.POSITIVE_INFINITY;
    note(name, before, after, Math.sign((after ?? none) - (before ?? none) || 0), isLower);
  }
  if (!isNumeric(a.builtin.kind) || !isNumeric(b.builtin.kind)) return changes;
  const [minBefore, minAfter] = [bound(a, 'min'), bound(b, 'min')];
  const [maxBefore, maxAfter] = [bound(a, 'max'), bound(b, 'max')];
  note('minimum', minBefore, minAfter, compareBounds(minBefore, minAfter, 'min'), true);
  note('maximum', maxBefore, maxAfter, compareBounds(maxBefore, maxAfter, 'max'), false);
  return changes;
}

type Limit = number | Bound | undefined;

function words(limit: Limit): string {
  if (limit === undefined) return 'none';
  return typeof limit === 'number' ? String(limit) : `${limit.value}${limit.exclusive ? ' exclusive' : ''}`;
}

function bound({ builtin, facets }: ValueType, side: 'min' | 'max'): Bound | undefined {
  return facets[side] ?? builtinBound(builtin[side]);
}

/** Positive where the second bound is the higher one; without a bound, a minimum is lowest and a maximum highest. */
function compareBounds(a: Bound | undefined, b: Bound | undefined, side: 'min' | 'max'): number {
  const sign = side === 'min' ? 1 : -1;
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? sign : -sign;
  const order = compareNumbers(b.value, a.value);
  if (order !== 0 || a.exclusive === b.exclusive) return order;
  return b.exclusive ? sign : -sign;
}
