/** @module A complex type goes in, the source of the function that builds its values comes out. */

import type { ComplexType, Lookup, Root } from '../model.ts';
import { quote } from './expression.ts';
import { isMany } from './inits.ts';

/**
 * Writes the `make` function of a table: what is always there stands in one object literal, in the order of the table;
 * what may be absent is added after it.
 */
export function makeOf(type: ComplexType, root: Root | undefined, lookup: Lookup): string {
  const parts = [
    ...lookup.attributes(type).map(({ key, required, default: value }) => ({
      key,
      present: required || value !== undefined,
    })),
    ...lookup.children(type).map((child) => ({ key: child.key, present: child.min > 0 || isMany(child) })),
  ].map((part, index) => ({ ...part, index }));
  const always = [
    ...(root ? [`$type: ${quote(root.name)}`] : []),
    ...parts.filter((part) => part.present).map(({ key, index }) => `${key}: p[${index}]`),
  ];
  const sometimes = parts.filter((part) => !part.present);
  const parameter = parts.length > 0 ? 'p' : '';
  if (sometimes.length === 0) return `(${parameter}) => (${literal(always, '')})`;
  const lines = [
    `const value: ${type.typeName} = ${literal(always, '  ')};`,
    ...sometimes.map(({ key, index }) => `if (p[${index}] !== undefined) value.${key} = p[${index}];`),
    'return value;',
  ];
  return `(${parameter}) => {\n${lines.map((line) => `  ${line}\n`).join('')}}`;
}

function literal(members: readonly string[], indent: string): string {
  const line = members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  if (line.length <= 80) return line;
  return `{\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}}`;
}
