/**
 * @module A grammar goes in, all that a run must meet of its model comes out as points, each with the way to a document
 * that meets it.
 */

import type { Attribute as AttributeRow, Child, ComplexType } from '../../codegen/model.ts';
import type { Grammar } from './grammar.ts';
import type { Random } from './random.ts';
import { all, children, type Element, escaped } from './tree.ts';

/** Something that the model says, or the nearest that it forbids. */
export interface Point {
  /** Such as `FlexOfferType/@Currency missing`. */
  readonly name: string;
  /** True where documents that meet it are valid, false where they are refused. */
  readonly isValid: boolean;
  /** Makes a document that meets it and is otherwise as the model has it. */
  readonly aim: (random: Random) => Element;
}

/** Changes an element of a valid document. */
type Change = (element: Element, random: Random) => void;

/** How many trees are grown at most until one has an element of a certain type. */
const attemptsMax = 1000;

/** Every root; every attribute there, absent or missing; every element as often as it may be and once beyond; every facet. */
export function pointsOf(grammar: Grammar): Point[] {
  const { lookup, model } = grammar;
  const points = new Map<string, Point>();
  const add = (name: string, isValid: boolean, types: readonly ComplexType[], change: Change): void => {
    points.set(name, { name, isValid, aim: (random) => aimed(grammar, random.pick(types), change, random) });
  };
  const types = model.complexTypes.filter((type) => !type.abstract && grammar.rootsTo(type).length > 0);
  for (const { name, type } of model.roots) {
    const aim = (random: Random): Element => grammar.grow(name, lookup.complex(type), random);
    points.set(`root ${name}`, { name: `root ${name}`, isValid: true, aim });
  }
  for (const type of types) {
    for (const row of lookup.attributes(type)) {
      const having = types.filter((one) => lookup.attributes(one).includes(row));
      const use = `${declaring(grammar, type, row).name}/@${row.name}`;
      add(`${use} there`, true, having, (element, random) => withAttribute(element, row, grammar, random));
      const left = row.required ? 'missing' : 'absent';
      add(`${use} ${left}`, !row.required, having, (element) => withoutAttribute(element, row.name));
      addProbes(row, having);
    }
    for (const row of lookup.children(type)) addCounts(type, row);
  }
  return [...points.values()];

  function addProbes(row: AttributeRow, having: readonly ComplexType[]): void {
    for (const { facet, side, make } of grammar.probesFor(row.type)) {
      if (side === 'odd') continue;
      add(`${row.type} ${facet} ${side}`, side === 'at', having, (element, random) => {
        withoutAttribute(element, row.name);
        element.attributes.push({ name: row.name, raw: escaped(make(random)), type: row.type });
      });
    }
  }

  function addCounts(type: ComplexType, row: Child): void {
    const place = `${type.name}/${row.name}`;
    const count = (what: string, isValid: boolean, times: number): void =>
      add(`${place} ${what}`, isValid, [type], (element, random) =>
        repeat(element, row, times, grammar, random),
      );
    count('least', true, row.min);
    count('most', true, row.max === 'unbounded' ? row.min + 9 : row.max);
    if (row.min > 0) count('too few', false, row.min - 1);
    if (row.max !== 'unbounded') count('too many', false, row.max + 1);
  }
}

/** Grows a valid document with an element of the type, and changes that element. */
function aimed(grammar: Grammar, type: ComplexType, change: Change, random: Random): Element {
  const { name, type: rootType } = random.pick(grammar.rootsTo(type));
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const root = grammar.grow(name, grammar.lookup.complex(rootType), random);
    const found = all(root).filter((element) => element.type === type);
    if (found.length === 0) continue;
    change(random.pick(found), random);
    return root;
  }
  throw new RangeError(`no ${type.name} in ${attemptsMax} documents`);
}

function declaring(grammar: Grammar, type: ComplexType, row: AttributeRow): ComplexType {
  const base = grammar.lookup.base(type);
  return base === undefined || type.attributes.includes(row) ? type : declaring(grammar, base, row);
}

function withAttribute(element: Element, row: AttributeRow, grammar: Grammar, random: Random): void {
  withoutAttribute(element, row.name);
  element.attributes.push(grammar.attribute(row, random));
}

function withoutAttribute({ attributes }: Element, name: string): void {
  const index = attributes.findIndex((attribute) => attribute.name === name);
  if (index >= 0) attributes.splice(index, 1);
}

/** Makes the elements of a name stand there a number of times, in their place. */
function repeat(element: Element, row: Child, times: number, grammar: Grammar, random: Random): void {
  const type = grammar.lookup.complex(row.type);
  const order = grammar.lookup.children(element.type).map(({ name }) => name);
  const others = children(element).filter(({ name }) => name !== row.name);
  const own = Array.from({ length: times }, () => grammar.grow(row.name, type, random));
  const sorted = [...others, ...own].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  element.content.splice(0, element.content.length, ...sorted);
}
