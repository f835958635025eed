/** @module The package's entries go in; what they export, and what of it has no doc comment, comes out. */

import { join, relative } from 'node:path';
import ts from 'typescript';
import { entries, root } from './entries.ts';

/** Names that an entry exports, in alphabetical order. */
export interface Surface {
  readonly values: readonly string[];
  /** Those that are types only. */
  readonly types: readonly string[];
}

/** What an entry exports. */
export function surfaceOf(entry: string): Surface {
  const exported = exportsOf(entry);
  const names = (wanted: boolean): string[] =>
    exported.filter(({ isValue }) => isValue === wanted).map(({ name }) => name);
  return { values: names(true), types: names(false) };
}

/**
 * What has no doc comment, as `file: name` or `file: name.member`: of what an entry exports, and of the members of
 * exported interfaces and classes.
 */
export function undocumented(entry: string): readonly string[] {
  return exportsOf(entry).flatMap(({ symbol }) => {
    const declarations = symbol.declarations ?? [];
    const missing = declarations.some(isDocumented) ? [] : [place(symbol.name, declarations[0])];
    return [...missing, ...declarations.flatMap((one) => undocumentedMembers(symbol.name, one))];
  });
}

interface Exported {
  readonly name: string;
  /** What is exported, where it is declared. */
  readonly symbol: ts.Symbol;
  readonly isValue: boolean;
}

let program: ts.Program | undefined;

/** One program for all entries, made on first use: that takes two seconds. */
function programOfAll(): ts.Program {
  if (program !== undefined) return program;
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = [...entries().values()].map((file) => join(root, file));
  program = ts.createProgram(files, options);
  return program;
}

function exportsOf(entry: string): readonly Exported[] {
  const checker = programOfAll().getTypeChecker();
  const source = programOfAll().getSourceFile(join(root, entries().get(entry) ?? ''));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((exported) => {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(exported);
      return { name: exported.name, symbol, isValue };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True for `export type { … }` and `export { type … }`, also of what is a value where it is declared. */
function isTypeOnly({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (one) => ts.isExportSpecifier(one) && (one.isTypeOnly || one.parent.parent.isTypeOnly),
  );
}

/** True where text stands in a doc comment. That of a file, with `@module`, may stand before its first declaration. */
function isDocumented(declaration: ts.Node): boolean {
  return ts
    .getJSDocCommentsAndTags(declaration)
    .some(
      (doc) =>
        ts.isJSDoc(doc) &&
        doc.comment !== undefined &&
        !doc.tags?.some((tag) => tag.tagName.text === 'module'),
    );
}

function undocumentedMembers(name: string, declaration: ts.Declaration): string[] {
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) return [];
  return [...declaration.members]
    .filter((member) => member.name !== undefined && !ts.isPrivateIdentifier(member.name))
    .filter((member) => !isDocumented(member))
    .map((member) => place(`${name}.${member.name?.getText()}`, member));
}

function place(name: string, node: ts.Node | undefined): string {
  return `${node === undefined ? '?' : relative(root, node.getSourceFile().fileName)}: ${name}`;
}
