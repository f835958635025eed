/** @module Simple types: a primitive and facets go in, what reads, checks and writes its values comes out. */

import { compareDecimals, digitsOf } from './decimal.ts';
import { Fault } from './fault.ts';
import type { Kind, Primitive } from './primitive.ts';
import type { Bound, Correction, Facets, Scalar } from './table.ts';

/** States a simple type: the facets of `base` and, over them, its own. */
export function scalar<T>(name: string, base: Scalar, facets: Facets): Scalar<T> {
  return new SimpleType(name, base.primitive, { ...base, ...facets }) as Scalar<T>;
}

/** A simple type. All have one shape, absent facets included, since every value of every message asks for them. */
export class SimpleType implements Scalar {
  readonly name: string;
  readonly primitive: Primitive;
  readonly kind: Kind;
  readonly whiteSpace: Facets['whiteSpace'];
  readonly enumeration: readonly string[] | undefined;
  readonly patterns: readonly RegExp[] | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly min: Bound | undefined;
  readonly max: Bound | undefined;
  readonly totalDigits: number | undefined;
  readonly fractionDigits: number | undefined;
  readonly correction: Correction | undefined;

  constructor(name: string, primitive: Primitive, facets: Facets) {
    Object.assign(this, facets);
    this.name = name;
    this.primitive = primitive;
    this.kind = primitive.kind;
    Object.freeze(this);
  }

  parse(raw: string, official: boolean): unknown {
    const { primitive, whiteSpace } = this;
    let text = raw;
    if (whiteSpace === 'replace') text = raw.replace(/[\t\n\r]/g, ' ');
    else if (whiteSpace === 'collapse') text = collapse(raw);
    let value = primitive.read(text);
    // Of other kinds white space collapses, but has no place within a form: what is right as it stands needs no collapsing.
    if (value instanceof Fault) {
      text = collapse(raw);
      value = primitive.read(text);
    }
    return value instanceof Fault ? value : (this.#check(text, value, official) ?? value);
  }

  format(value: unknown): string | Fault {
    const text = this.primitive.write(value);
    if (text instanceof Fault) return text;
    const parsed = this.parse(text, false);
    return parsed instanceof Fault ? parsed : typeof parsed === 'string' ? parsed : text;
  }

  isCorrected(value: unknown): boolean {
    return (
      this.correction !== undefined &&
      typeof value === 'string' &&
      this.patterns?.some((pattern) => !pattern.test(value)) === true
    );
  }

  #check(text: string, value: unknown, official: boolean): Fault | undefined {
    const { enumeration, patterns, minLength = 0, maxLength, min, max, totalDigits, fractionDigits } = this;
    const keep = this.kind === 'string' ? text : undefined;
    if (enumeration !== undefined && !enumeration.includes(text))
      return new Fault('enumeration', enumeration.join(', '), keep);
    for (const pattern of (official ? undefined : this.correction?.patterns) ?? patterns ?? []) {
      if (!pattern.test(text)) return new Fault('pattern', `${this.name} ${shown(pattern)}`, keep);
    }
    if (minLength > 0 || maxLength !== undefined) {
      const { length } = value instanceof Uint8Array ? value : [...text];
      if (length < minLength || length > (maxLength ?? length))
        return new Fault('length', `a length of ${minLength} to ${maxLength ?? 'any'}`, keep);
    }
    if (min !== undefined && !within(value, min, 1))
      return new Fault('range', `${min.exclusive ? 'more than' : 'at least'} ${min.value}`);
    if (max !== undefined && !within(value, max, -1))
      return new Fault('range', `${max.exclusive ? 'less than' : 'at most'} ${max.value}`);
    if (totalDigits === undefined && fractionDigits === undefined) return undefined;
    const { whole, fraction } = digitsOf(text);
    const digits = whole.length + fraction.length;
    if (fraction.length > (fractionDigits ?? digits))
      return new Fault('digits', `at most ${fractionDigits} digits behind the point`);
    return digits > (totalDigits ?? digits)
      ? new Fault('digits', `at most ${totalDigits} digits`)
      : undefined;
  }
}

function collapse(text: string): string {
  return text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
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
