/** @module Declarations of simple types go in, each one's built-in base and effective facets come out. */

import { type Builtin, builtins } from './builtins.ts';
import { restrict } from './facets.ts';
import type { SimpleType, ValueType } from './model.ts';
import { typeName } from './names.ts';
import { childNamed, originOf, type XsdNode } from './nodes.ts';
import type { Problems } from './problems.ts';
import type { References } from './references.ts';
import { normalise } from './values.ts';

/** What is known of a simple type before its declaration is read. */
type Identity = Pick<SimpleType, 'name' | 'typeName'> & { readonly file: string };

const anyString: Builtin = { kind: 'string', whiteSpace: 'preserve' };

/** The simple types of a folder, resolved when they are asked for. */
export class SimpleTypes {
  /** Those that stand inside attributes, in the order in which they were asked for. */
  readonly inlined: SimpleType[] = [];
  readonly #references: References;
  readonly #problems: Problems;
  readonly #known = new Map<string, SimpleType | 'in progress' | undefined>();

  constructor(references: References, problems: Problems) {
    this.#references = references;
    this.#problems = problems;
  }

  /** The simple type of this name; undefined where it cannot be resolved, which has then been reported. */
  named(name: string): SimpleType | undefined {
    const known = this.#known.get(name);
    const declaration = this.#references.types.get(name);
    if (known === 'in progress') {
      const place = declaration?.node.place ?? { file: '', line: 1 };
      this.#problems.report(place, `xs:simpleType ${name}`, 'restricts itself', 'correct its base');
      return undefined;
    }
    if (known !== undefined || declaration === undefined) return known;
    this.#known.set(name, 'in progress');
    const { node, file } = declaration;
    const type = this.#build(node, { name, typeName: typeName(name), file }, false);
    this.#known.set(name, type);
    return type;
  }

  /** Takes in a type that stands inside an attribute, and gives its name. */
  inline(node: XsdNode, identity: Identity): string | undefined {
    const type = this.#build(node, identity, true);
    if (type === undefined) return undefined;
    this.#known.set(type.name, type);
    this.inlined.push(type);
    return type.name;
  }

  /** What values of a type, built-in or not, are checked against. */
  valueType(name: string): ValueType {
    const builtin = builtins.get(name);
    if (builtin !== undefined) return { builtin, facets: {} };
    const known = this.#known.get(name);
    const type = typeof known === 'object' ? known : this.named(name);
    return { builtin: builtins.get(type?.base ?? '') ?? anyString, facets: type?.facets ?? {} };
  }

  #build(node: XsdNode, { name, typeName: named, file }: Identity, inline: boolean): SimpleType | undefined {
    const restriction = childNamed(node, 'restriction');
    if (restriction === undefined) {
      // A missing restriction; a list or union in its place has been reported by the grammar.
      this.#problems.report(
        node.place,
        `xs:simpleType ${name}`,
        'restricts nothing',
        'add an xs:restriction',
      );
      return undefined;
    }
    const reference = this.#references.resolve(restriction, 'base', file);
    if (reference === undefined) return undefined;
    const base = this.#base(reference, restriction);
    if (base === undefined) return undefined;
    const facets = restrict(restriction, base, this.#problems);
    const documented = restriction.children.flatMap((value) => {
      const { documentation } = originOf(value);
      const text = normalise(
        value.attributes.get('value') ?? '',
        facets.whiteSpace ?? base.builtin.whiteSpace,
      );
      return value.name === 'enumeration' && documentation ? [[text, documentation] as const] : [];
    });
    return {
      name,
      typeName: named,
      inline,
      base: base.name,
      kind: base.builtin.kind,
      facets,
      valueDocumentation: new Map(documented),
      ...originOf(node),
    };
  }

  #base(reference: string, restriction: XsdNode): (ValueType & { readonly name: string }) | undefined {
    const builtin = builtins.get(reference);
    if (builtin !== undefined) return { name: reference, builtin, facets: {} };
    if (this.#references.types.get(reference)?.node.name === 'complexType') {
      const construct = `xs:restriction base="${reference}"`;
      this.#problems.report(restriction.place, construct, 'is a complex type', 'restrict a simple type');
      return undefined;
    }
    const type = this.named(reference);
    return type && { name: type.base, ...this.valueType(reference) };
  }
}
