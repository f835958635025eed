/** @module The simple types of a model go in, `scalars.ts` comes out: a type and a scalar for each. */

import { StructureKind } from 'ts-morph';
import { builtinConstant, type Kind } from '../builtins.ts';
import type { Bound, Facets, SimpleType } from '../model.ts';
import { scalarName } from '../names.ts';
import { translatePatterns } from '../pattern.ts';
import type { SourceFile, Statement } from '../print.ts';
import { type Context, docs, door, Imports } from './context.ts';
import { Call, Code, constant, type Expression, quote } from './expression.ts';

/** Writes `scalars.ts`. */
export function emitScalars(context: Context): SourceFile {
  const path = 'scalars.ts';
  const imports = new Imports(path);
  const statements = context.lookup.model.simpleTypes.flatMap((type) => statementsOf(type, imports, context));
  return { path, imports: imports.structures(), statements };
}

function statementsOf(type: SimpleType, imports: Imports, context: Context): Statement[] {
  const annotation = `${imports.type('Scalar', door)}<${type.typeName}>`;
  const base = new Code(imports.value(builtinConstant(type.base), door));
  const call = new Call(imports.value('scalar', door), type.name, base, facetsOf(type, context));
  return [
    {
      kind: StructureKind.TypeAlias,
      isExported: true,
      name: type.typeName,
      type: valuesOf(type, imports, context),
      docs: docsOf(type, context),
    },
    constant(scalarName(type.typeName), annotation, call, `How {@link ${type.typeName}} is written in XML.`),
  ];
}

function valuesOf(type: SimpleType, imports: Imports, context: Context): string {
  if (type.facets.enumeration) return type.facets.enumeration.map(quote).join(' | ') || 'never';
  if (type.kind === 'string') return `${imports.type('Flavor', door)}<${quote(type.typeName)}>`;
  return imports.valueType(type.base, context);
}

function docsOf(type: SimpleType, { documentation }: Context): string[] {
  const values = (type.facets.enumeration ?? []).flatMap((value) => {
    const text = documentation.value(type, value);
    return text === undefined ? [] : [`- \`${value}\`: ${text}`];
  });
  return docs([documentation.type(type) ?? '', ...values].filter((text) => text !== '').join('\n'));
}

function facetsOf({ name, kind, facets }: SimpleType, { corrections }: Context): Expression {
  const { whiteSpace, enumeration, patterns, minLength, maxLength, min, max } = facets;
  const correction = corrections.get(name);
  return {
    whiteSpace,
    enumeration,
    patterns: patterns?.map(expressionOf),
    minLength,
    maxLength,
    min: min && boundOf(min, kind),
    max: max && boundOf(max, kind),
    totalDigits: facets.totalDigits,
    fractionDigits: facets.fractionDigits,
    correction: correction && { id: correction.id, patterns: [expressionOf(correction.patterns)] },
  } satisfies Record<keyof Facets | 'correction', Expression | undefined>;
}

function expressionOf(patterns: readonly string[]): Code {
  return new Code(`/${translatePatterns(patterns)}/u`);
}

function boundOf({ value, exclusive }: Bound, kind: Kind): Expression {
  return { value: kind === 'integer' ? Number(value) : kind === 'long' ? BigInt(value) : value, exclusive };
}
