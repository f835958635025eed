/** @module The changes that the fuzzer makes to the elements of a document, by name: a tree goes in and is changed in one place. */

import type { Grammar } from './grammar.ts';
import { edited, insertions, misspelt, rewritings, strangers, xsi } from './oddities.ts';
import type { Random } from './random.ts';
import { all, children, copy, type Element, escaped } from './tree.ts';

/** What a change works on. */
export interface Site {
  readonly root: Element;
  readonly grammar: Grammar;
  readonly random: Random;
}

/** Changes the tree. @returns false where the document has no place for it */
type Change = (site: Site) => boolean;

/** A random element that has attributes, and one of them. */
function anAttribute({ root, random }: Site) {
  const element = random.pick(all(root).filter(({ attributes }) => attributes.length > 0));
  const index = random.below(element.attributes.length);
  const attribute = element.attributes[index];
  if (attribute === undefined) throw new TypeError('every root has required attributes');
  return { element, index, attribute };
}

/** A random element below the root: where it is, and in which; undefined where the root stands alone. */
function aChild({ root, random }: Site) {
  const parents = all(root).filter((element) => children(element).length > 0);
  if (parents.length === 0) return undefined;
  const parent = random.pick(parents);
  const child = random.pick(children(parent));
  return { parent, child, index: parent.content.indexOf(child) };
}

function probe(side: 'at' | 'over' | 'odd'): Change {
  return (site) => {
    const { attribute } = anAttribute(site);
    const { type } = attribute;
    if (type === undefined) return false;
    const probes = site.grammar.probesFor(type).filter((one) => one.side === side);
    if (probes.length === 0) return false;
    attribute.raw = escaped(site.random.pick(probes).make(site.random));
    return true;
  };
}

/** The changes, with how often each is made compared with the others. */
export const treeMutations: readonly (readonly [name: string, weight: number, change: Change])[] = [
  ['value at a facet', 34, probe('at')],
  ['value over a facet', 12, probe('over')],
  ['value that libxml2 decides on', 8, probe('odd')],
  [
    'attribute dropped',
    5,
    (site) => {
      const { element, index } = anAttribute(site);
      element.attributes.splice(index, 1);
      return true;
    },
  ],
  [
    'attribute doubled',
    2,
    (site) => {
      const { element, attribute } = anAttribute(site);
      element.attributes.splice(site.random.below(element.attributes.length + 1), 0, { ...attribute });
      return true;
    },
  ],
  [
    'attribute renamed',
    3,
    (site) => {
      const { attribute } = anAttribute(site);
      attribute.name = site.random.chance(50)
        ? misspelt(attribute.name, site.random)
        : anAttribute(site).attribute.name;
      return true;
    },
  ],
  [
    'attribute added',
    6,
    (site) => {
      const element = site.random.pick(all(site.root));
      const others = all(site.root).flatMap(({ attributes }) => attributes);
      const [name, raw] = site.random.pick([
        ...strangers,
        [`${xsi}:type`, element.type.name] as const,
        ...others.slice(0, 6).map((one) => [one.name, one.raw] as const),
      ]);
      element.attributes.splice(site.random.below(element.attributes.length + 1), 0, { name, raw });
      return true;
    },
  ],
  [
    'attributes in another order',
    5,
    (site) => {
      const { element, index, attribute } = anAttribute(site);
      element.attributes.splice(index, 1);
      element.attributes.splice(site.random.below(element.attributes.length + 1), 0, attribute);
      return true;
    },
  ],
  [
    'value with references',
    12,
    (site) => {
      const { attribute } = anAttribute(site);
      attribute.raw = site.random.pick(rewritings)(attribute.raw, site.random);
      return true;
    },
  ],
  [
    'value of another attribute',
    2,
    (site) => {
      anAttribute(site).attribute.raw = anAttribute(site).attribute.raw;
      return true;
    },
  ],
  [
    'value edited',
    4,
    (site) => {
      const { attribute } = anAttribute(site);
      attribute.raw = edited(attribute.raw, site.random);
      return true;
    },
  ],
  [
    'white space around =',
    3,
    (site) => {
      anAttribute(site).attribute.equals = site.random.pick([
        ' =',
        '= ',
        ' = ',
        '\n=\t',
        '\r\n=',
        '',
        ' ',
        '==',
        '=x',
      ]);
      return true;
    },
  ],
  [
    'element dropped',
    4,
    (site) => {
      const found = aChild(site);
      if (found === undefined) return false;
      found.parent.content.splice(found.index, 1);
      return true;
    },
  ],
  [
    'elements of a name dropped',
    2,
    (site) => {
      const found = aChild(site);
      if (found === undefined) return false;
      const { parent, child } = found;
      const rest = parent.content.filter((part) => typeof part === 'string' || part.name !== child.name);
      parent.content.splice(0, parent.content.length, ...rest);
      return true;
    },
  ],
  [
    'element doubled',
    5,
    (site) => {
      const found = aChild(site);
      if (found === undefined) return false;
      found.parent.content.splice(found.index, 0, copy(found.child));
      return true;
    },
  ],
  [
    'elements swapped',
    3,
    (site) => {
      const found = aChild(site);
      if (found === undefined || found.parent.content.length < 2) return false;
      const { content } = found.parent;
      const other = site.random.below(content.length);
      [content[found.index], content[other]] = [content[other] as Element, content[found.index] as Element];
      return true;
    },
  ],
  [
    'element moved',
    1,
    (site) => {
      const found = aChild(site);
      if (found === undefined) return false;
      found.parent.content.splice(found.index, 1);
      const { content } = site.random.pick(all(site.root));
      content.splice(site.random.below(content.length + 1), 0, found.child);
      return true;
    },
  ],
  [
    'element renamed',
    2,
    (site) => {
      const element = site.random.pick(all(site.root));
      const names = [...site.grammar.model.roots, ...all(site.root)].map(({ name }) => name);
      element.name = site.random.chance(50) ? misspelt(element.name, site.random) : site.random.pick(names);
      return true;
    },
  ],
  [
    'element of another place',
    2,
    (site) => {
      const { complexTypes } = site.grammar.model;
      const rows = complexTypes.flatMap((type) => type.children);
      const row = site.random.pick(rows);
      const alien = site.grammar.grow(row.name, site.grammar.lookup.complex(row.type), site.random);
      const { content } = site.random.pick(all(site.root));
      content.splice(site.random.below(content.length + 1), 0, alien);
      return true;
    },
  ],
  [
    'something between tags',
    5,
    (site) => {
      const { content } = site.random.pick(all(site.root));
      content.splice(site.random.below(content.length + 1), 0, site.random.pick(insertions));
      return true;
    },
  ],
];
