/** @module The contents of generated files go in, their text comes out: TypeScript by ts-morph, and JSON. */

import {
  type ExportDeclarationStructure,
  type ImportDeclarationStructure,
  IndentationText,
  type InterfaceDeclarationStructure,
  Project,
  QuoteKind,
  type StatementStructures,
  StructureKind,
  type TypeAliasDeclarationStructure,
  type WriterFunction,
} from 'ts-morph';

/** An exported constant. Its initializer is written as it is: ts-morph would indent the lines of a structure's again. */
export interface Constant {
  readonly name: string;
  readonly type: string;
  readonly initializer: string;
  /** Its doc comment, one line. */
  readonly comment?: string;
}

/** What generated files consist of, imports apart. */
export type Statement =
  | Constant
  | InterfaceDeclarationStructure
  | TypeAliasDeclarationStructure
  | ExportDeclarationStructure;

/** A TypeScript file that is to be written. */
export interface SourceFile {
  /** Name within the folder of the output. */
  readonly path: string;
  readonly imports: readonly ImportDeclarationStructure[];
  readonly statements: readonly Statement[];
}

/** Widest line that the generated code aims at. */
export const lineWidth = 110;

/** True for constants, false for types. */
export function isConstant(statement: Statement): statement is Constant {
  return 'initializer' in statement;
}

/**
 * Prints TypeScript files.
 *
 * @param banner first line of each
 * @throws {Error} where what was printed is not TypeScript, which is a fault of the generator
 */
export function printSources(files: readonly SourceFile[], banner: string): Map<string, string> {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { noLib: true, noResolve: true },
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const printed = files.map(({ path, imports, statements }) => {
    const own = statements.map((statement) => (isConstant(statement) ? write(statement) : spaced(statement)));
    return { path, source: project.createSourceFile(`/${path}`, { statements: [...imports, ...own] }) };
  });
  const program = project.getProgram();
  return new Map(
    printed.map(({ path, source }) => {
      const [fault] = program.getSyntacticDiagnostics(source);
      if (fault) throw new Error(`${path}:${fault.getLineNumber()}: ${fault.getMessageText()}`);
      return [path, `${banner}\n\n${source.getFullText().trim()}\n`];
    }),
  );
}

/** Names for an import or export declaration, as many on a line as fit. */
export function nameList(names: readonly string[]): WriterFunction {
  return (writer) => {
    const line = names.join(', ');
    if (line.length < 70) {
      writer.write(line);
      return;
    }
    // Else ts-morph indents what follows by two levels.
    writer.queueIndentationLevel(0);
    writer.newLine();
    for (const filled of fill(names.map((name) => `${name},`))) writer.write(`  ${filled}`).newLine();
  };
}

function fill(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const fits = last !== undefined && last.length + word.length + 3 <= lineWidth;
    if (fits) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function write({ name, type, initializer, comment }: Constant): WriterFunction {
  return (writer) => {
    writer.blankLineIfLastNot();
    if (comment !== undefined) writer.writeLine(`/** ${comment} */`);
    writer.write(`export const ${name}: ${type} = ${initializer};`);
  };
}

function spaced<T extends StatementStructures>(statement: T): T {
  if (statement.kind === StructureKind.ExportDeclaration) return statement;
  return { ...statement, leadingTrivia: (writer) => writer.blankLineIfLastNot() };
}

/** What can be printed as JSON: a bigint is printed as a number with all its digits, and what is undefined is left out. */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Prints JSON: what fits on a line stands on one. */
export function printJson(value: Json, indent = ''): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? (value as readonly Json[]).map((item) => printJson(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${printJson(item, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  const line = isList ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
  if (!line.includes('\n') && indent.length + line.length <= lineWidth) return line;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}
