/** @module The facets of one step of restriction and those of its base go in, those of both taken together come out. */

import type { Kind } from './builtins.ts';
import type { Bound, Facets, ValueType } from './model.ts';
import type { XsdNode } from './nodes.ts';
import { PatternError, translatePattern } from './pattern.ts';
import type { Problems } from './problems.ts';
import {
  boundLiteralProblem,
  builtinBound,
  checkValue,
  compareNumbers,
  isEmptyRange,
  normalise,
} from './values.ts';

/** Adds the facets of an `xs:restriction` to those of its base; what is invalid or looser goes to `problems`. */
export function restrict(restriction: XsdNode, base: ValueType, problems: Problems): Facets {
  return new Step(restriction, base, problems).facets();
}

const stringFacets = ['enumeration', 'pattern', 'length', 'minLength', 'maxLength', 'whiteSpace'];
const numberFacets = [
  'pattern',
  'minInclusive',
  'maxInclusive',
  'minExclusive',
  'maxExclusive',
  'totalDigits',
  'fractionDigits',
  'whiteSpace',
];
const plainFacets = ['pattern', 'whiteSpace'];
const binaryFacets = ['length', 'minLength', 'maxLength', 'whiteSpace'];

/** Facets that are supported, by kind. */
const applicable: Readonly<Record<Kind, readonly string[]>> = {
  string: stringFacets,
  boolean: plainFacets,
  decimal: numberFacets,
  integer: numberFacets,
  long: numberFacets,
  date: plainFacets,
  dateTime: plainFacets,
  time: plainFacets,
  duration: plainFacets,
  base64Binary: binaryFacets,
  hexBinary: binaryFacets,
};

const whiteSpaces = ['preserve', 'replace', 'collapse'] as const;

/** One step of restriction. */
class Step {
  readonly #base: ValueType;
  readonly #problems: Problems;
  readonly #nodes: readonly XsdNode[];

  constructor(restriction: XsdNode, base: ValueType, problems: Problems) {
    this.#base = base;
    this.#problems = problems;
    this.#nodes = restriction.children.filter((node) => node.name !== 'annotation' && this.#applies(node));
  }

  facets(): Facets {
    const merged: Facets = {
      ...this.#base.facets,
      ...this.#whiteSpace(),
      ...this.#patterns(),
      ...this.#lengths(),
      ...this.#bound('min'),
      ...this.#bound('max'),
      ...this.#digits('totalDigits'),
      ...this.#digits('fractionDigits'),
    };
    this.#checkTogether(merged);
    return { ...merged, ...this.#enumeration(merged) };
  }

  #applies(node: XsdNode): boolean {
    const { kind } = this.#base.builtin;
    if (applicable[kind].includes(node.name)) return true;
    this.#refuse(node, `is not supported on values of kind ${kind}`, 'remove it, and check it in a rule');
    return false;
  }

  #whiteSpace(): Facets {
    const node = this.#single('whiteSpace');
    if (node === undefined) return {};
    const value = whiteSpaces.find((candidate) => candidate === literalOf(node));
    const before = this.#base.facets.whiteSpace ?? this.#base.builtin.whiteSpace;
    if (value === undefined) {
      this.#refuse(node, `"${literalOf(node)}" is unknown`, `use ${whiteSpaces.join(', ')}`);
    } else if (whiteSpaces.indexOf(value) < whiteSpaces.indexOf(before)) {
      this.#refuse(node, `${value} is looser than the base's ${before}`, `use ${before}`);
    } else if (value !== this.#base.builtin.whiteSpace) {
      return { whiteSpace: value };
    }
    return {};
  }

  #patterns(): Facets {
    const step = this.#all('pattern').flatMap((node) => {
      try {
        translatePattern(literalOf(node));
        return [literalOf(node)];
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        this.#refuse(node, `the pattern cannot be read: ${error.message}`, 'correct the pattern');
        return [];
      }
    });
    return step.length === 0 ? {} : { patterns: [...(this.#base.facets.patterns ?? []), step] };
  }

  #lengths(): Facets {
    const exact = this.#count('length');
    if (exact && (this.#single('minLength') ?? this.#single('maxLength'))) {
      this.#refuse(exact.node, 'stands beside minLength or maxLength', 'keep one of them');
    }
    const min = this.#count('minLength') ?? exact;
    const max = this.#count('maxLength') ?? exact;
    const before = this.#base.facets;
    if (min && min.value < (before.minLength ?? 0)) this.#looser(min.node, before.minLength);
    if (min && min.value > (before.maxLength ?? min.value)) this.#looser(min.node, before.maxLength);
    if (max && max.value > (before.maxLength ?? max.value)) this.#looser(max.node, before.maxLength);
    if (max && max.value < (before.minLength ?? 0)) this.#looser(max.node, before.minLength);
    return {
      ...(min === undefined ? {} : { minLength: min.value }),
      ...(max === undefined ? {} : { maxLength: max.value }),
    };
  }

  #bound(side: 'min' | 'max'): Facets {
    const inclusive = this.#single(`${side}Inclusive`);
    const exclusive = this.#single(`${side}Exclusive`);
    const node = inclusive ?? exclusive;
    if (node === undefined) return {};
    if (inclusive && exclusive) {
      this.#refuse(exclusive, `stands beside ${side}Inclusive`, 'keep one of them');
    }
    const bound: Bound = { value: normalise(literalOf(node), 'collapse'), exclusive: node === exclusive };
    const problem = boundLiteralProblem(bound.value, this.#base.builtin.kind);
    if (problem !== undefined) {
      this.#refuse(node, problem, 'correct the value');
      return {};
    }
    const { facets, builtin } = this.#base;
    for (const before of [facets[side], builtinBound(builtin[side])]) {
      if (before && isLooser(bound, before, side)) this.#looser(node, before.value);
    }
    return { [side]: bound };
  }

  #digits(name: 'totalDigits' | 'fractionDigits'): Facets {
    const count = this.#count(name);
    if (count === undefined) return {};
    const before = this.#base.facets[name];
    if (count.value > (before ?? count.value)) this.#looser(count.node, before);
    if (name === 'totalDigits' && count.value === 0) this.#refuse(count.node, 'is 0', 'use at least 1');
    if (name === 'fractionDigits' && this.#base.builtin.kind !== 'decimal' && count.value > 0) {
      this.#looser(count.node, 0);
    }
    return { [name]: count.value };
  }

  #enumeration(facets: Facets): Facets {
    const type = { builtin: this.#base.builtin, facets };
    const nodes = this.#all('enumeration');
    const values = nodes.flatMap((node) => {
      const { value, problem } = checkValue(literalOf(node), type);
      if (problem !== undefined) this.#refuse(node, `${problem}, as its base demands`, 'remove the value');
      return problem === undefined ? [value] : [];
    });
    const repeated = nodes.find((_, index) => values.indexOf(values[index] ?? '') < index);
    if (repeated) this.#refuse(repeated, `"${literalOf(repeated)}" stands there twice`, 'remove one');
    return nodes.length === 0 ? {} : { enumeration: values };
  }

  #checkTogether({ min, max, minLength = 0, maxLength, totalDigits, fractionDigits = 0 }: Facets): void {
    const [node] = this.#nodes;
    if (node === undefined) return;
    const { builtin } = this.#base;
    if (isEmptyRange(min ?? builtinBound(builtin.min), max ?? builtinBound(builtin.max))) {
      this.#refuse(node, 'the bounds leave no value', 'correct the bounds');
    }
    if (minLength > (maxLength ?? minLength))
      this.#refuse(node, 'minLength exceeds maxLength', 'correct them');
    if (fractionDigits > (totalDigits ?? fractionDigits)) {
      this.#refuse(node, 'fractionDigits exceeds totalDigits', 'correct them');
    }
  }

  #count(name: string): { node: XsdNode; value: number } | undefined {
    const node = this.#single(name);
    if (node === undefined) return undefined;
    const text = normalise(literalOf(node), 'collapse');
    if (/^\+?[0-9]{1,9}$/.test(text)) return { node, value: Number(text) };
    this.#refuse(node, `"${text}" is not a count`, 'use a whole number from 0');
    return undefined;
  }

  #single(name: string): XsdNode | undefined {
    const [node, again] = this.#all(name);
    if (again) this.#refuse(again, 'stands there twice', 'keep one of them');
    return node;
  }

  #all(name: string): readonly XsdNode[] {
    return this.#nodes.filter((node) => node.name === name);
  }

  #looser(node: XsdNode, bound: string | number | undefined): void {
    this.#refuse(node, `${literalOf(node)} is not within what the base allows`, `stay within ${bound}`);
  }

  #refuse(node: XsdNode, problem: string, remedy: string): void {
    this.#problems.report(node.place, `xs:${node.name}`, problem, remedy);
  }
}

function isLooser(bound: Bound, before: Bound, side: 'min' | 'max'): boolean {
  const order = compareNumbers(bound.value, before.value) * (side === 'min' ? 1 : -1);
  return order < 0 || (order === 0 && before.exclusive && !bound.exclusive);
}

function literalOf(node: XsdNode): string {
  return node.attributes.get('value') ?? '';
}
