/** @module Writes a value of a known type as XML: the table walk that validates while it writes. */

import type { Issue, IssueCode } from '../errors.ts';
import { shorten } from './findings.ts';
import { Fault, formatScalar } from './scalar.ts';
import type { Attribute, Child, Complex } from './table.ts';

/** The XML, or why the value is not of its type. */
export type Encoded =
  | { readonly xml: string; readonly issues: readonly [] }
  | { readonly xml: undefined; readonly issues: readonly Issue[] };

/** The most issues that are reported for one value. */
const issuesMax = 100;
/** The most elements within one another, so that a value that contains itself is refused. */
const depthMax = 32;
const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

/**
 * Writes `value` as a document with the root element `name`: one line, attributes in the order of the schema,
 * base type first. An attribute that is `undefined` is left out; a default is written where the value has it.
 */
export function encodeDocument(name: string, table: Complex, value: unknown): Encoded {
  const issues: Issue[] = [];
  const xml = declaration + element(name, `/${name}`, table, value, issues, 1);
  return issues.length === 0 ? { xml, issues: [] } : { xml: undefined, issues };
}

function element(
  name: string,
  path: string,
  table: Complex,
  value: unknown,
  issues: Issue[],
  depth: number,
): string {
  if (typeof value !== 'object' || value === null || depth > depthMax) {
    report(issues, 'type', path, depth > depthMax ? 'fewer elements within one another' : 'an object', value);
    return '';
  }
  const fields = value as Readonly<Record<string, unknown>>;
  let xml = `<${name}`;
  for (const row of table.attributes) xml += attribute(row, path, fields[row.key], issues);
  reportUnknown(table, path, fields, issues);
  if (table.children.length === 0) return `${xml}/>`;
  let content = '';
  for (const row of table.children) content += children(row, path, fields[row.key], issues, depth);
  return content === '' ? `${xml}/>` : `${xml}>${content}</${name}>`;
}

function attribute(row: Attribute, path: string, value: unknown, issues: Issue[]): string {
  if (value === undefined) {
    if (row.required)
      report(issues, 'attribute-missing', `${path}/@${row.name}`, `the attribute ${row.name}`, undefined);
    return '';
  }
  const text = formatScalar(row.scalar, value);
  if (text instanceof Fault) {
    report(issues, text.code, `${path}/@${row.name}`, text.expected, value);
    return '';
  }
  return ` ${row.name}="${escapeText(text)}"`;
}

function children(row: Child, path: string, value: unknown, issues: Issue[], depth: number): string {
  const list: readonly unknown[] = value === undefined ? [] : row.many ? asArray(value) : [value];
  if (row.many && value !== undefined && !Array.isArray(value)) {
    report(issues, 'type', `${path}/${row.name}`, 'an array', value);
    return '';
  }
  if (list.length < row.min) {
    report(
      issues,
      'element-missing',
      `${path}/${row.name}`,
      `at least ${row.min} ${row.name}`,
      list.length === 0 ? undefined : list.length,
    );
  }
  if (list.length > row.max) {
    report(issues, 'element-too-many', `${path}/${row.name}`, `at most ${row.max} ${row.name}`, list.length);
  }
  let xml = '';
  for (const [i, item] of list.entries()) {
    if (issues.length >= issuesMax) break;
    const place = row.many ? `${path}/${row.name}[${i + 1}]` : `${path}/${row.name}`;
    xml += element(row.name, place, row.table, item, issues, depth + 1);
  }
  return xml;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A misspelt property would otherwise be dropped without a word. */
function reportUnknown(table: Complex, path: string, fields: object, issues: Issue[]): void {
  for (const key of Object.keys(fields)) {
    if (
      key === '$type' ||
      table.attributes.some((row) => row.key === key) ||
      table.children.some((row) => row.key === key)
    )
      continue;
    report(issues, 'attribute-unknown', `${path}/@${key}`, `a property of ${table.name}`, key);
  }
}

/** Quotation marks, and the white space that attribute values would otherwise turn into blanks. */
const special: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);

function escapeText(text: string): string {
  return /[&<>"\t\n\r]/.test(text)
    ? text.replace(/[&<>"\t\n\r]/g, (char) => special.get(char) ?? char)
    : text;
}

function report(issues: Issue[], code: IssueCode, path: string, expected: string, value: unknown): void {
  if (issues.length >= issuesMax) return;
  const received = value === undefined ? 'none' : typeof value === 'string' ? value : describe(value);
  issues.push({ code, path, expected, received: shorten(received) });
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
