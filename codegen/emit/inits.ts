/** @module A complex type goes in; how a value of it may be given, other than it is read, comes out. */

import { builtins } from '../builtins.ts';
import type { Attribute, Child, ComplexType, Lookup } from '../model.ts';
import type { Expression } from './expression.ts';

/** An attribute or child, and the type that declares it. */
export interface Declared<Part> {
  readonly owner: ComplexType;
  readonly part: Part;
}

/** The differences between values as they are read and values as they may be given. */
export class Inits {
  readonly #lookup: Lookup;
  readonly #known = new Map<string, boolean>();

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  /** Attributes and children that may be given otherwise, those of the base among them. */
  differences(type: ComplexType): { attributes: Declared<Attribute>[]; children: Declared<Child>[] } {
    const base = this.#lookup.base(type);
    const above = base ? this.differences(base) : { attributes: [], children: [] };
    const declared = <Part>(part: Part): Declared<Part> => ({ owner: type, part });
    return {
      attributes: [
        ...above.attributes,
        ...type.attributes.filter((attribute) => attribute.default !== undefined).map(declared),
      ],
      children: [
        ...above.children,
        ...type.children
          .filter((child) => (isMany(child) && child.min === 0) || this.#differs(child.type))
          .map(declared),
      ],
    };
  }

  #differs(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { attributes, children } = this.differences(this.#lookup.complex(name));
    const differs = attributes.length + children.length > 0;
    this.#known.set(name, differs);
    return differs;
  }
}

/** True where a child's property is an array. */
export function isMany(child: Child): boolean {
  return child.max === 'unbounded' || child.max > 1;
}

/** What an absent attribute reads as. */
export function defaultOf(text: string, type: string, lookup: Lookup): Expression {
  const base = lookup.simple(type)?.base ?? type;
  switch (builtins.get(base)?.kind) {
    case 'integer':
      return Number(text);
    case 'long':
      return BigInt(text);
    case 'boolean':
      return text === 'true' || text === '1';
    default:
      return text;
  }
}
