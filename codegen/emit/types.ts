/** @module The complex types of one XSD go in, a file comes out with an interface and a table for each. */

import {
  type InterfaceDeclarationStructure,
  type PropertySignatureStructure,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from 'ts-morph';
import { builtinConstant } from '../builtins.ts';
import type { Attribute, Child, ComplexType, Message, Root } from '../model.ts';
import { fileName, propertyName, scalarName, tableName } from '../names.ts';
import type { Constant, SourceFile, Statement } from '../print.ts';
import { type Context, docs, door, Imports } from './context.ts';
import { Call, Code, constant, type Expression, quote } from './expression.ts';
import { defaultOf, Inits, isMany } from './inits.ts';
import { makeOf } from './make.ts';

/** Writes one file for each XSD that declares complex types. */
export function emitTypes(context: Context): SourceFile[] {
  const types = context.lookup.model.complexTypes;
  const inits = new Inits(context.lookup);
  return [...new Set(types.map((type) => type.file))].map((xsd) => {
    const path = fileName(xsd);
    const file = new TypesFile(new Imports(path), inits, context);
    const statements = inOrder(types.filter((type) => type.file === xsd)).flatMap((type) =>
      file.statements(type),
    );
    return { path, imports: file.imports.structures(), statements };
  });
}

/** Types that others of the same file use come first; else the order of the XSD stays. */
function inOrder(types: readonly ComplexType[]): ComplexType[] {
  const ordered = new Set<ComplexType>();
  const place = (type: ComplexType | undefined): void => {
    if (type === undefined || ordered.has(type)) return;
    for (const used of [type.base, ...type.children.map((child) => child.type)]) {
      place(types.find((candidate) => candidate.name === used));
    }
    ordered.add(type);
  };
  for (const type of types) place(type);
  return [...ordered];
}

class TypesFile {
  readonly imports: Imports;
  readonly #inits: Inits;
  readonly #context: Context;

  constructor(imports: Imports, inits: Inits, context: Context) {
    this.imports = imports;
    this.#inits = inits;
    this.#context = context;
  }

  statements(type: ComplexType): Statement[] {
    const root = this.#rootOf(type);
    const message = this.#context.lookup.model.messages.find((candidate) => candidate.name === root?.name);
    return [
      this.#interface(type, root),
      ...(type.abstract ? [] : [this.#init(type)]),
      ...(message ? this.#drafts(type, message) : []),
      this.#table(type, root),
    ];
  }

  #rootOf(type: ComplexType): Root | undefined {
    return this.#context.lookup.model.roots.find((root) => root.type === type.name);
  }

  #interface(type: ComplexType, root: Root | undefined): InterfaceDeclarationStructure {
    const { documentation, lookup } = this.#context;
    const base = lookup.base(type);
    const baseName = base && this.imports.complexType(base.name, this.#context);
    // A root that extends the type of another has a name of its own.
    const extended = base && this.#rootOf(base) ? `Omit<${baseName}, '$type'>` : baseName;
    const texts = [documentation.type(type), root && documentation.root(root)];
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: type.typeName,
      ...(extended === undefined ? {} : { extends: [extended] }),
      docs: docs(texts.filter((text) => text !== undefined).join('\n\n')),
      properties: [
        ...(root
          ? [
              {
                name: '$type',
                type: quote(root.name),
                isReadonly: true,
                docs: docs('Name of the message.', [], 2),
              },
            ]
          : []),
        ...type.attributes.map((attribute) => this.#attribute(type, attribute)),
        ...type.children.map((child) => this.#child(type, child)),
      ],
    };
  }

  #attribute(owner: ComplexType, attribute: Attribute): PropertyOf {
    const text = this.#context.documentation.attribute(owner, attribute);
    const tags = attribute.default === undefined ? [] : [`@defaultValue \`${attribute.default}\``];
    return {
      name: attribute.key,
      type: this.imports.valueType(attribute.type, this.#context),
      hasQuestionToken: !attribute.required && attribute.default === undefined,
      docs: docs(text, tags, 2),
    };
  }

  #child(owner: ComplexType, child: Child): PropertyOf {
    const type = this.imports.complexType(child.type, this.#context);
    return {
      name: child.key,
      type: isMany(child) ? `${type}[]` : type,
      hasQuestionToken: !isMany(child) && child.min === 0,
      docs: docs(this.#context.documentation.child(owner, child), [], 2),
    };
  }

  /** The type of a value as it is given for sending: what has a default or may be empty may be left out. */
  #init(type: ComplexType): InterfaceDeclarationStructure | TypeAliasDeclarationStructure {
    const name = `${type.typeName}Init`;
    const { attributes, children } = this.#inits.differences(type);
    const comment = docs(`{@link ${type.typeName}} as it is given: what has a default may be left out.`);
    if (attributes.length + children.length === 0) {
      const text = docs(`{@link ${type.typeName}} as it is given.`);
      return { kind: StructureKind.TypeAlias, isExported: true, name, type: type.typeName, docs: text };
    }
    const keys = [...attributes, ...children].map(({ part }) => quote(part.key));
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name,
      extends: [`Omit<${type.typeName}, ${keys.join(' | ')}>`],
      docs: comment,
      properties: [
        ...attributes.map(({ owner, part }) => ({ ...this.#attribute(owner, part), hasQuestionToken: true })),
        ...children.map(({ owner, part }) => {
          const item = this.imports.complexType(part.type, this.#context, 'Init');
          return {
            ...this.#child(owner, part),
            type: isMany(part) ? `readonly ${item}[]` : item,
            hasQuestionToken: part.min === 0,
          };
        }),
      ],
    };
  }

  /** The types of a message before it is sent, and of what a handler adds to a response. */
  #drafts({ typeName }: ComplexType, message: Message): TypeAliasDeclarationStructure[] {
    const constants = Object.keys(message.constants);
    const filled = [...constants, ...(constants.includes('Result') ? ['RejectionReason'] : [])];
    const draft = this.imports.type('Draft', door);
    const aliases = [
      {
        name: `${typeName}Draft`,
        type:
          filled.length === 0 ? `${draft}<${typeName}Init>` : `${draft}<${typeName}Init, ${keysOf(filled)}>`,
        docs: docs(`{@link ${typeName}} before it is sent: without what the library fills in.`),
      },
    ];
    if (message.request !== undefined) {
      const reference = message.reference === undefined ? [] : [message.reference];
      const fields = this.imports.type('ResponseFields', door);
      aliases.push({
        name: `${typeName}Fields`,
        type: `${fields}<${typeName}Init, ${keysOf(reference)}, ${keysOf(message.copies)}>`,
        docs: docs(`What a handler may add to a {@link ${typeName}}.`),
      });
    }
    return aliases.map((alias) => ({ kind: StructureKind.TypeAlias, isExported: true, ...alias }));
  }

  #table(type: ComplexType, root: Root | undefined): Constant {
    const base = type.base === undefined ? 'undefined' : this.imports.table(type.base, this.#context);
    const shared: Expression[] = [
      new Code(base),
      type.attributes.map((attribute) => this.#attributeCall(attribute)),
      type.children.map((child) => this.#childCall(child)),
    ];
    const call = type.abstract
      ? new Call(this.imports.value('abstract', door), ...shared)
      : new Call(
          this.imports.value('complex', door),
          ...shared,
          new Code(makeOf(type, root, this.#context.lookup)),
        );
    const annotation = type.abstract
      ? this.imports.type('Abstract', door)
      : `${this.imports.type('Complex', door)}<${type.typeName}>`;
    return constant(
      tableName(type.typeName),
      annotation,
      call,
      `How {@link ${type.typeName}} is written in XML.`,
    );
  }

  #attributeCall({ name, type, required, default: value }: Attribute): Call {
    const simple = this.#context.lookup.simple(type);
    const scalar = simple
      ? this.imports.value(scalarName(simple.typeName), 'scalars.ts')
      : this.imports.value(builtinConstant(type), door);
    const kind = required ? 'required' : value === undefined ? 'optional' : 'defaulted';
    const last = value === undefined ? [] : [defaultOf(value, type, this.#context.lookup)];
    return new Call(this.imports.value(kind, door), name, new Code(scalar), ...last);
  }

  #childCall({ name, type, min, max }: Child): Call {
    const table = new Code(this.imports.table(type, this.#context));
    const most = max === 'unbounded' ? new Code('Infinity') : max;
    return new Call(this.imports.value('child', door), name, table, min, most);
  }
}

type PropertyOf = Omit<PropertySignatureStructure, 'kind'>;

function keysOf(names: readonly string[]): string {
  return names.map((name) => quote(propertyName(name))).join(' | ') || 'never';
}
