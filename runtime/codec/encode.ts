/** @module Writes a value of a known type as XML: the table walk that validates while it writes. */

import type { Issue, IssueCode } from '../errors.ts';
import { shorten } from './findings.ts';
import { Path } from './path.ts';
import { formatScalar } from './scalar.ts';
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
  const writer = new Writer(name);
  const xml = declaration + writer.element(name, table, value, 1);
  return writer.issues.length === 0 ? { xml, issues: [] } : { xml: undefined, issues: writer.issues };
}

/** Writes elements and collects issues; with issues, the text is not to be used. */
class Writer {
  readonly issues: Issue[] = [];
  private readonly path: Path;

  constructor(root: string) {
    this.path = new Path(root);
  }

  element(name: string, table: Complex, value: unknown, depth: number): string {
    if (typeof value !== 'object' || value === null || depth > depthMax) {
      this.report('type', '', depth > depthMax ? 'fewer elements within one another' : 'an object', value);
      return '';
    }
    const fields = value as Readonly<Record<string, unknown>>;
    let xml = `<${name}`;
    let known = 0;
    for (const row of table.attributes) {
      const field = fields[row.key];
      if (field !== undefined) {
        known += 1;
        xml += this.attribute(row, field);
      } else if (row.required)
        this.report('attribute-missing', `/@${row.name}`, `the attribute ${row.name}`, undefined);
    }
    let content = '';
    for (const row of table.children) {
      const field = fields[row.key];
      if (field !== undefined) known += 1;
      content += this.children(row, field, depth);
    }
    this.reportUnknown(table, fields, known);
    return content === '' ? `${xml}/>` : `${xml}>${content}</${name}>`;
  }

  private attribute(row: Attribute, value: unknown): string {
    if (
      typeof value === 'number' &&
      value >= row.plainMin &&
      value <= row.plainMax &&
      Number.isInteger(value)
    ) {
      return ` ${row.name}="${value}"`;
    }
    const text = formatScalar(row.scalar, value);
    if (typeof text === 'string') return ` ${row.name}="${escapeText(text)}"`;
    this.report(text.code, `/@${row.name}`, text.expected, value);
    return '';
  }

  private children(row: Child, value: unknown, depth: number): string {
    if (row.many && value !== undefined && !Array.isArray(value)) {
      this.report('type', `/${row.name}`, 'an array', value);
      return '';
    }
    const list: readonly unknown[] = value === undefined ? [] : row.many ? (value as unknown[]) : [value];
    if (list.length < row.min) {
      this.report(
        'element-missing',
        `/${row.name}`,
        `at least ${row.min} ${row.name}`,
        list.length || undefined,
      );
    }
    if (list.length > row.max) {
      this.report('element-too-many', `/${row.name}`, `at most ${row.max} ${row.name}`, list.length);
    }
    let xml = '';
    for (let i = 0; i < list.length && this.issues.length < issuesMax; i++) {
      this.path.enter(row.name, row.many ? i + 1 : 0);
      xml += this.element(row.name, row.table, list[i], depth + 1);
      this.path.leave();
    }
    return xml;
  }

  /** A misspelt property would otherwise be dropped without a word. @param known how many of the table's are there */
  private reportUnknown(table: Complex, fields: object, known: number): void {
    const keys = Object.keys(fields);
    if (keys.length === known) return;
    const expected = new Set(['$type', ...[...table.attributes, ...table.children].map(({ key }) => key)]);
    for (const [key, value] of Object.entries(fields)) {
      if (value !== undefined && !expected.has(key))
        this.report('attribute-unknown', `/@${key}`, `a property of ${table.name}`, key);
    }
  }

  private report(code: IssueCode, suffix: string, expected: string, value: unknown): void {
    if (this.issues.length >= issuesMax) return;
    const received = value === undefined ? 'none' : typeof value === 'string' ? value : describe(value);
    this.issues.push({ code, path: `${this.path}${suffix}`, expected, received: shorten(received) });
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

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
