/** @module The syntax trees of a folder of XSDs go in, the schema part of a frozen model comes out. */

import type { Attribute, Child, ComplexType, Model, Root } from './model.ts';
import { inlineTypeName, propertyName, typeName } from './names.ts';
import { childNamed, originOf, type XsdNode } from './nodes.ts';
import type { Problems } from './problems.ts';
import { type Declaration, References, type Xsd } from './references.ts';
import { SimpleTypes } from './simple-types.ts';
import { checkValue } from './values.ts';

/** The part of a model that follows from the XSDs alone. */
export type Schema = Pick<Model, 'xsds' | 'simpleTypes' | 'complexTypes' | 'roots'>;

/**
 * Resolves includes, references, extensions and restrictions. What does not resolve goes to `problems`, and the result
 * is then good for nothing but finding more problems.
 */
export function build(xsds: readonly Xsd[], problems: Problems): Schema {
  return { xsds: xsds.length, ...new Builder(xsds, problems).schema() };
}

class Builder {
  readonly #problems: Problems;
  readonly #references: References;
  readonly #simple: SimpleTypes;

  constructor(xsds: readonly Xsd[], problems: Problems) {
    this.#problems = problems;
    this.#references = new References(xsds, problems);
    this.#simple = new SimpleTypes(this.#references, problems);
  }

  schema(): Omit<Schema, 'xsds'> {
    const rootOf = new Map<string, string>();
    const roots = [...this.#references.elements.values()].flatMap((declaration) =>
      this.#root(declaration, rootOf),
    );
    const declared = [...this.#references.types.values()];
    const complexTypes = declared
      .filter(({ node }) => node.name === 'complexType')
      .map((declaration) => this.#complexType(declaration, rootOf));
    const simpleTypes = declared
      .filter(({ node }) => node.name === 'simpleType')
      .flatMap(({ name }) => this.#simple.named(name) ?? []);
    return {
      simpleTypes: [...simpleTypes, ...this.#simple.inlined],
      complexTypes,
      roots,
    };
  }

  #root({ node, name, file }: Declaration, rootOf: Map<string, string>): Root[] {
    const type = this.#complexReference(node, 'type', file);
    if (type === undefined) return [];
    const before = rootOf.get(type);
    if (before !== undefined) {
      const problem = `its type ${type} is that of root element ${before} as well`;
      this.#problems.report(
        node.place,
        `xs:element ${name}`,
        problem,
        'give each root element a type of its own',
      );
    }
    rootOf.set(type, name);
    return [{ name, type, ...originOf(node) }];
  }

  #complexType({ node, name, file }: Declaration, rootOf: ReadonlyMap<string, string>): ComplexType {
    const content = childNamed(node, 'complexContent');
    const extension = content && childNamed(content, 'extension');
    if (content && node.children.some((child) => child.name === 'attribute')) {
      this.#problems.report(
        content.place,
        'xs:complexContent',
        'stands beside attributes',
        'move them into it',
      );
    }
    const body = extension ?? node;
    const base = extension && this.#complexReference(extension, 'base', file);
    const named = typeName(name, rootOf.get(name));
    return {
      name,
      typeName: named,
      file,
      abstract: this.#flag(node, 'abstract'),
      ...(base === undefined ? {} : { base }),
      attributes: body.children
        .filter((child) => child.name === 'attribute')
        .flatMap((child) => this.#attribute(child, { name, typeName: named, file })),
      children: this.#children(body, file),
      ...originOf(node),
    };
  }

  #attribute(node: XsdNode, owner: Pick<ComplexType, 'name' | 'typeName' | 'file'>): Attribute[] {
    const name = node.attributes.get('name') ?? '';
    const construct = `xs:attribute ${name}`;
    const inline = childNamed(node, 'simpleType');
    if ((inline !== undefined) === node.attributes.has('type')) {
      const problem = inline ? 'has type= and an xs:simpleType' : 'has no type';
      this.#problems.report(node.place, construct, problem, 'give it type= or an xs:simpleType');
      return [];
    }
    const type = inline
      ? this.#simple.inline(inline, {
          name: `${owner.name}/@${name}`,
          typeName: inlineTypeName(owner.typeName, name),
          file: owner.file,
        })
      : this.#simpleReference(node, owner.file);
    if (type === undefined) return [];
    const use = node.attributes.get('use') ?? 'optional';
    if (use !== 'optional' && use !== 'required') {
      const remedy = use === 'prohibited' ? 'leave the attribute out' : 'use required or optional';
      this.#problems.report(node.place, construct, `use="${use}" is not supported`, remedy);
    }
    const required = use === 'required';
    const value = this.#default(node, type, required);
    const optional = value === undefined ? {} : { default: value };
    return [{ name, key: propertyName(name), type, required, ...optional, ...originOf(node) }];
  }

  #default(node: XsdNode, type: string, required: boolean): string | undefined {
    const text = node.attributes.get('default');
    if (text === undefined) return undefined;
    const construct = `xs:attribute ${node.attributes.get('name')} default="${text}"`;
    const checked = this.#simple.valueType(type);
    const { value, problem } = checkValue(text, checked);
    if (problem) this.#problems.report(node.place, construct, problem, 'correct the default or the type');
    if (required) {
      this.#problems.report(node.place, construct, 'stands on a required attribute', 'remove one of both');
    }
    if (checked.builtin.kind.endsWith('Binary')) {
      this.#problems.report(
        node.place,
        construct,
        'is not supported for binary values',
        'remove the default',
      );
    }
    return value;
  }

  #children(body: XsdNode, file: string): Child[] {
    const sequence = childNamed(body, 'sequence');
    if (sequence === undefined) return [];
    for (const name of ['minOccurs', 'maxOccurs']) {
      if ((sequence.attributes.get(name) ?? '1').trim() === '1') continue;
      const remedy = 'let it occur once, and give its elements minOccurs and maxOccurs';
      this.#problems.report(sequence.place, `xs:sequence ${name}=`, 'is not supported', remedy);
    }
    return sequence.children
      .filter((child) => child.name === 'element')
      .flatMap((child) => this.#child(child, file));
  }

  #child(node: XsdNode, file: string): Child[] {
    const name = node.attributes.get('name') ?? '';
    const type = this.#complexReference(node, 'type', file);
    const min = this.#occurs(node, 'minOccurs');
    const max = this.#occurs(node, 'maxOccurs');
    if (max === 0) {
      this.#problems.report(node.place, `xs:element ${name}`, 'never occurs', 'remove it');
    } else if (typeof min === 'number' && typeof max === 'number' && min > max) {
      this.#problems.report(node.place, `xs:element ${name}`, 'minOccurs exceeds maxOccurs', 'correct them');
    }
    if (type === undefined || typeof min !== 'number') return [];
    return [{ name, key: propertyName(name), type, min, max, ...originOf(node) }];
  }

  #occurs(node: XsdNode, attribute: 'minOccurs' | 'maxOccurs'): number | 'unbounded' {
    const text = (node.attributes.get(attribute) ?? '1').trim();
    if (text === 'unbounded' && attribute === 'maxOccurs') return text;
    if (/^\+?[0-9]{1,9}$/.test(text)) return Number(text);
    this.#problems.report(
      node.place,
      `xs:element ${attribute}="${text}"`,
      'is not a count',
      'use a whole number',
    );
    return 1;
  }

  #simpleReference(node: XsdNode, file: string): string | undefined {
    const type = this.#references.resolve(node, 'type', file);
    if (type === undefined || type.startsWith('xs:')) return type;
    if (this.#references.types.get(type)?.node.name === 'simpleType') return type;
    const construct = `xs:attribute ${node.attributes.get('name')}`;
    this.#problems.report(node.place, construct, `${type} is a complex type`, 'use a simple type');
    return undefined;
  }

  #complexReference(node: XsdNode, attribute: string, file: string): string | undefined {
    const type = this.#references.resolve(node, attribute, file);
    if (type === undefined || this.#references.types.get(type)?.node.name === 'complexType') return type;
    const construct = `xs:${node.name} ${node.attributes.get('name') ?? ''}`.trim();
    const remedy = 'use a complex type, with the value in an attribute';
    this.#problems.report(node.place, construct, `${type} is a simple type`, remedy);
    return undefined;
  }

  #flag(node: XsdNode, attribute: string): boolean {
    const text = (node.attributes.get(attribute) ?? 'false').trim();
    if (!/^(true|false|1|0)$/.test(text)) {
      this.#problems.report(
        node.place,
        `xs:${node.name} ${attribute}="${text}"`,
        'is unknown',
        'use true or false',
      );
    }
    return text === 'true' || text === '1';
  }
}
