/** @module Writes a value of a known type as XML: the table walk that validates while it writes. */

import type { Issue, IssueCode } from '../errors.ts';
import { Fault } from './fault.ts';
import { shorten } from './findings.ts';
import { usualDeclaration } from './markup.ts';
import { Path } from './path.ts';
import type { Attribute, Child, Complex } from './table.ts';
import { openWriter, type Writer } from './writer.ts';

/** The XML in UTF-8, or why the value is not of its type. */
export type Encoded =
  | { readonly xml: Uint8Array; readonly issues: readonly [] }
  | { readonly xml: undefined; readonly issues: readonly Issue[] };

/** The most issues that are reported for one value. */
const issuesMax = 100;
/** The most elements within one another, so that a value that contains itself is refused. */
const depthMax = 32;

/**
 * Writes `value` as a document with the root element `name`: one line, attributes in the order of the schema,
 * base type first. An attribute that is `undefined` is left out; a default is written where the value has it.
 */
export function encodeDocument(name: string, table: Complex, value: unknown): Encoded {
  const encoder = new Encoder(name);
  const { writer, issues } = encoder;
  writer.raw(`${usualDeclaration}<${name}`);
  encoder.element(name, table, value, 1);
  return issues.length === 0 ? { xml: writer.finish(), issues: [] } : { xml: undefined, issues };
}

/** Writes elements and collects issues; with issues, what is written is not to be used. */
class Encoder {
  readonly issues: Issue[] = [];
  readonly writer: Writer = openWriter();
  readonly #path: Path;

  constructor(root: string) {
    this.#path = new Path(root);
  }

  /** Writes an element behind `<` and its name. */
  element(name: string, table: Complex, value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > depthMax) {
      const expected = depth > depthMax ? 'fewer elements within one another' : 'an object';
      this.#report('type', '', expected, value);
      return;
    }
    const { writer } = this;
    const fields = value as Readonly<Record<string, unknown>>;
    const { attributes, children } = table;
    let written = 0;
    if (children.length === 0 && depth > 1) {
      // Most objects have their properties in the order of the table: nothing need be looked up, and none is unknown.
      let stopped = false;
      for (const key in fields) {
        const field = fields[key];
        stopped = attributes[written]?.key !== key || field === undefined;
        if (stopped) break;
        this.#attribute(attributes[written++] as Attribute, field);
      }
      if (!stopped && written === attributes.length) {
        writer.raw('/>');
        return;
      }
    }
    // Nothing within a message has $type, and to ask objects of many shapes for what they lack is dear.
    let known = depth === 1 && fields.$type !== undefined ? 1 : written;
    for (const row of attributes.slice(written)) {
      const field = fields[row.key];
      if (field !== undefined) {
        known += 1;
        this.#attribute(row, field);
      } else if (row.required)
        this.#report('attribute-missing', `/@${row.name}`, `the attribute ${row.name}`, undefined);
    }
    writer.raw('>');
    const begin = writer.length;
    for (const row of children) {
      const field = fields[row.key];
      if (field !== undefined) known += 1;
      this.#children(row, field, depth);
    }
    if (Object.keys(fields).length !== known) this.#reportUnknown(table, fields);
    if (writer.length === begin) {
      writer.length -= 1;
      writer.raw('/>');
    } else writer.raw(`</${name}>`);
  }

  #attribute(row: Attribute, value: unknown): void {
    const { writer } = this;
    writer.name(row);
    if (
      typeof value === 'number' &&
      (value | 0) === value &&
      value >= row.plainMin &&
      value <= row.plainMax
    ) {
      writer.integer(value);
    } else {
      const text = row.scalar.format(value);
      if (text instanceof Fault) this.#report(text.code, `/@${row.name}`, text.expected, value);
      else writer.value(text);
    }
  }

  #children(row: Child, value: unknown, depth: number): void {
    const { name, min, max, many } = row;
    if (many && value !== undefined && !Array.isArray(value)) {
      this.#report('type', `/${name}`, 'an array', value);
      return;
    }
    const list: readonly unknown[] = value === undefined ? [] : many ? (value as unknown[]) : [value];
    const { length } = list;
    if (length < min)
      this.#report('element-missing', `/${name}`, `at least ${min} ${name}`, length || undefined);
    if (length > max) this.#report('element-too-many', `/${name}`, `at most ${max} ${name}`, length);
    for (let i = 0; i < length && this.issues.length < issuesMax; i++) {
      this.#path.enter(name, many ? i + 1 : 0);
      this.writer.name(row);
      this.element(name, row.table, list[i], depth + 1);
      this.#path.leave();
    }
  }

  /** A misspelt property would otherwise be dropped without a word. */
  #reportUnknown({ attributes, children }: Complex, fields: object): void {
    const expected = new Set(['$type', ...[...attributes, ...children].map(({ key }) => key)]);
    for (const [key, value] of Object.entries(fields)) {
      if (value !== undefined && !expected.has(key))
        this.#report('attribute-unknown', `/@${key}`, 'a property of the element', key);
    }
  }

  #report(code: IssueCode, suffix: string, expected: string, value: unknown): void {
    if (this.issues.length >= issuesMax) return;
    const received = value === undefined ? 'none' : typeof value === 'string' ? value : describe(value);
    this.issues.push({ code, path: `${this.#path}${suffix}`, expected, received: shorten(received) });
  }
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
