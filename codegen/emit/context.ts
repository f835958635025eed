/** @module What all emitters are given, and the imports and doc comments that they share. */

import { type ImportDeclarationStructure, StructureKind } from 'ts-morph';
import { builtins, valueTypes } from '../builtins.ts';
import type { Correction } from '../corrections.ts';
import type { Documentation } from '../documentation.ts';
import type { Lookup } from '../model.ts';
import { fileName, tableName } from '../names.ts';
import { nameList } from '../print.ts';

/** What emitters are given. */
export interface Context {
  readonly lookup: Lookup;
  readonly documentation: Documentation;
  readonly corrections: ReadonlyMap<string, Correction>;
}

/** The module that generated code takes its functions and types from. */
export const door = 'shapeshifter-uftp/tables';

/** What a file imports, collected while it is written. */
export class Imports {
  readonly #own: string;
  readonly #modules = new Map<string, Map<string, { isTypeOnly: boolean; alias?: string }>>();

  /** @param own the file itself, from which nothing is imported */
  constructor(own: string) {
    this.#own = own;
  }

  /** Takes a type from a generated file or the door, and gives its name. */
  type(name: string, from: string): string {
    return this.#add(name, from, true);
  }

  /** Takes a value from a generated file or the door, and gives its name. */
  value(name: string, from: string, alias?: string): string {
    return this.#add(name, from, false, alias);
  }

  /** Takes the TypeScript type of an attribute's values, given the XSD name of its type. */
  valueType(name: string, { lookup }: Context): string {
    const simple = lookup.simple(name);
    if (simple) return this.type(simple.typeName, 'scalars.ts');
    const { text, imported } = valueTypes[builtins.get(name)?.kind ?? 'string'];
    return imported ? this.type(text, door) : text;
  }

  /** Takes the type of a complex type, or one named after it, given its XSD name. */
  complexType(name: string, { lookup }: Context, suffix = ''): string {
    const type = lookup.complex(name);
    return this.type(type.typeName + suffix, fileName(type.file));
  }

  /** Takes the table of a complex type, given its XSD name. */
  table(name: string, { lookup }: Context): string {
    const type = lookup.complex(name);
    return this.value(tableName(type.typeName), fileName(type.file));
  }

  /** The import declarations: the door first, all in alphabetical order. */
  structures(): ImportDeclarationStructure[] {
    return [...this.#modules]
      .sort(([a], [b]) => rank(a) - rank(b) || compare(a, b))
      .flatMap(([from, names]) => {
        const declared = (isTypeOnly: boolean): ImportDeclarationStructure[] => {
          const some = [...names].filter(([, how]) => how.isTypeOnly === isTypeOnly);
          const texts = some.map(([name, { alias }]) => (alias === undefined ? name : `${name} as ${alias}`));
          if (texts.length === 0) return [];
          const moduleSpecifier = from === door ? door : `./${from}`;
          const namedImports = nameList(texts.sort(compare));
          return [{ kind: StructureKind.ImportDeclaration, moduleSpecifier, isTypeOnly, namedImports }];
        };
        return [...declared(true), ...declared(false)];
      });
  }

  #add(name: string, from: string, isTypeOnly: boolean, alias?: string): string {
    if (from === this.#own) return name;
    const names = this.#modules.get(from) ?? new Map<string, { isTypeOnly: boolean; alias?: string }>();
    this.#modules.set(from, names);
    names.set(name, { isTypeOnly, ...(alias === undefined ? {} : { alias }) });
    return alias ?? name;
  }
}

/**
 * A doc comment, as ts-morph takes it.
 *
 * @param text of any length; empty or undefined gives no comment
 * @param tags lines such as `@defaultValue 1`
 * @param indent how far the comment is indented, in characters
 */
export function docs(text: string | undefined, tags: readonly string[] = [], indent = 0): string[] {
  // An asterisk and a slash would end the comment.
  const lines = [...wrap(text ?? '', 105 - indent), ...tags].map((line) => line.replace(/\*\//g, '*\\/'));
  if (lines.length === 0) return [];
  const [first = ''] = lines;
  return [lines.length === 1 ? first : `\n${lines.join('\n')}`];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    if (line !== '' || lines.length > 0) lines.push(line);
  }
  return lines;
}

function rank(module: string): number {
  return module === door ? 0 : 1;
}

/** By code unit, so that the order depends on no locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
