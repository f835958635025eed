/** @module The generated files go in, `index.ts` comes out: everything that they export, by name. */

import { type ExportDeclarationStructure, StructureKind } from 'ts-morph';
import { isConstant, nameList, type SourceFile, type Statement } from '../print.ts';
import { compare } from './context.ts';

/** Writes `index.ts`. */
export function emitIndex(files: readonly SourceFile[]): SourceFile {
  const statements = files.flatMap(({ path, statements: exported }) => [
    ...declaration(
      path,
      exported.filter((statement) => !isConstant(statement)),
      true,
    ),
    ...declaration(path, exported.filter(isConstant), false),
  ]);
  return { path: 'index.ts', imports: [], statements };
}

function declaration(
  path: string,
  exported: readonly Statement[],
  isTypeOnly: boolean,
): ExportDeclarationStructure[] {
  const names = exported.flatMap((statement) => ('name' in statement ? [statement.name] : [])).sort(compare);
  if (names.length === 0) return [];
  const kind = StructureKind.ExportDeclaration;
  return [{ kind, moduleSpecifier: `./${path}`, isTypeOnly, namedExports: nameList(names) }];
}
