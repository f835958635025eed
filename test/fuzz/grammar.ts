/** @module A model goes in, valid documents come out: each root, attributes there or not, elements as often as they may be. */

import {
  type Attribute as AttributeRow,
  type ComplexType,
  Lookup,
  type Model,
  type Root,
} from '../../codegen/model.ts';
import type { Random } from './random.ts';
import { type Attribute, type Element, escaped } from './tree.ts';
import { type Probe, probesOf } from './values.ts';

/** A model, ready to grow documents. */
export class Grammar {
  readonly model: Model;
  readonly lookup: Lookup;
  private readonly probes = new Map<string, readonly Probe[]>();

  constructor(model: Model) {
    this.model = model;
    this.lookup = new Lookup(model);
  }

  /** A valid element of the type. */
  grow(name: string, type: ComplexType, random: Random): Element {
    const attributes = this.lookup
      .attributes(type)
      .filter((row) => row.required || random.chance(50))
      .map((row) => this.attribute(row, random));
    const content = this.lookup.children(type).flatMap((row) => {
      const most = row.max === 'unbounded' ? row.min + 2 : row.max;
      const count = random.chance(40) ? row.min : random.between(row.min, most);
      const inner = this.lookup.complex(row.type);
      return Array.from({ length: count }, () => this.grow(row.name, inner, random));
    });
    return { name, type, attributes, content };
  }

  /** An attribute with a value that its type takes. */
  attribute(row: AttributeRow, random: Random): Attribute {
    const probe = random.pick(this.probesFor(row.type).filter(({ side }) => side === 'at'));
    return { name: row.name, raw: escaped(probe.make(random)), type: row.type };
  }

  /** The probes of a type, in the model or built-in. */
  probesFor(type: string): readonly Probe[] {
    const known = this.probes.get(type);
    if (known !== undefined) return known;
    const made = probesOf(this.lookup.valueType(type));
    this.probes.set(type, made);
    return made;
  }

  /** The root elements in which an element of the type can stand. */
  rootsTo(type: ComplexType): readonly Root[] {
    return this.model.roots.filter((root) => this.holds(this.lookup.complex(root.type), type));
  }

  private holds(outer: ComplexType, inner: ComplexType): boolean {
    if (outer === inner) return true;
    return this.lookup.children(outer).some((row) => this.holds(this.lookup.complex(row.type), inner));
  }
}
