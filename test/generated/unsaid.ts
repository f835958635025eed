/** @module A value in the JSON form of a message goes in, out comes the rule that JSON Schema cannot say and that decides on it. */

import { type UnsaidRule, unsaidRules } from '../../codegen/emit/unsaid.ts';
import type { Attribute } from '../../runtime/codec/table.ts';

/** A value that stands in a message in place of the right one; `undefined` where it is removed. */
export interface Mutation {
  /** Such as `FlexOffer/OfferOption/ISP/Start`. */
  readonly place: string;
  readonly value: unknown;
  /** Of an attribute. */
  readonly row: Attribute | undefined;
  /** True where it may be absent. */
  readonly optional: boolean;
}

/** Every rule that there is. */
export const rules: readonly UnsaidRule[] = Object.keys(unsaidRules) as UnsaidRule[];

/** The rule that explains why a schema and the tables differ on a value; undefined where none does. */
export function unsaidRule(mutation: Mutation): UnsaidRule | undefined {
  return rules.find((rule) => applies[rule](mutation));
}

const applies: Readonly<Record<UnsaidRule, (mutation: Mutation) => boolean>> = {
  null: ({ value, optional }) => value === null && optional,
  decimalBounds: ({ row, value }) =>
    row?.scalar.kind === 'decimal' &&
    (row.scalar.min ?? row.scalar.max) !== undefined &&
    typeof value === 'string' &&
    /^[+-]?[0-9.]+$/.test(value),
  decimalNumber: ({ row, value }) => row?.scalar.kind === 'decimal' && typeof value === 'number',
  space: ({ row, value }) =>
    row !== undefined &&
    row.scalar.kind !== 'string' &&
    typeof value === 'string' &&
    value.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '') !== value,
  characters: ({ row, value }) =>
    row?.scalar.kind === 'string' &&
    typeof value === 'string' &&
    /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(value),
  rounded: ({ row, value }) => row?.scalar.kind === 'long' && !Number.isSafeInteger(value),
};
