/**
 * @module The JSON form of messages: a message goes in, JSON text comes out, and back. Keys are the XML names, decimals and
 * dates are strings, integers and booleans are JSON's own, elements that may repeat are arrays, what is absent is left out.
 */

import type { Issue, IssueCode } from '../errors.ts';
import type { Message, Protocol } from '../roles.ts';
import { encodeDocument } from './encode.ts';
import { Fault } from './fault.ts';
import { failure, shorten } from './findings.ts';
import { JsonNumber, parseJson } from './json-text.ts';
import { rowOf } from './message.ts';
import { textOf } from './primitive.ts';
import type { Attribute, Child, Complex, Registers, Scalar } from './table.ts';

/** The most issues that are reported for one value. */
const issuesMax = 100;

/**
 * Writes a message as JSON text, on one line. The message's type does not stand in it. A `bigint` is written in full, as a
 * JSON number that JavaScript's own `JSON.parse` would round: read it with {@link fromJson}.
 *
 * @throws {UftpError} `message-unknown` for another `$type`; `message-invalid` with all issues
 */
export function toJson(message: Message, protocol: Protocol): string {
  const { table } = rowOf(message.$type, protocol);
  const { issues } = encodeDocument(message.$type, table, message);
  if (issues.length > 0) throw failure('message-invalid', `the ${message.$type} is not valid`, issues);
  return write(table, message);
}

function write(table: Complex, value: object): string {
  const fields = value as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const { key, name, scalar } of table.attributes) {
    if (fields[key] !== undefined) members.push(`${JSON.stringify(name)}: ${literal(scalar, fields[key])}`);
  }
  for (const { key, name, many, table: inner } of table.children) {
    const content = fields[key] as object | readonly object[] | undefined;
    if (content === undefined) continue;
    const items = [content].flat().map((item) => write(inner, item));
    if (items.length > 0)
      members.push(`${JSON.stringify(name)}: ${many ? `[${items.join(', ')}]` : items[0]}`);
  }
  return `{${members.join(', ')}}`;
}

function literal(scalar: Scalar, value: unknown): string {
  const text = String(scalar.format(value)); // no fault: the message has been judged
  return isNative(scalar) ? text : JSON.stringify(text);
}

/** True where JSON has the kind itself. */
function isNative({ kind }: Scalar): boolean {
  return kind === 'integer' || kind === 'long' || kind === 'boolean';
}

/**
 * Reads the JSON form of a message. It is judged as a document is: the same facets, the same defaults, the same issue
 * codes. `null` reads as absent. A decimal may be a number as well as a string. Numbers are written without exponent,
 * integers without fraction.
 *
 * @param source JSON text, in which numbers of any length are read exactly; or what `JSON.parse` made of it, in which
 *   an integer beyond ±(2^53 - 1) is refused, since it may have been rounded. A decimal is taken as `String` writes the
 *   number: `JSON.parse` has kept 15 digits of it
 * @param name the message, by the name of its XML root element, such as `D-Prognosis`
 * @throws {UftpError} `json-invalid` where the text is not JSON; `document-invalid` with all issues; `message-unknown`
 */
export function fromJson(source: unknown, name: string, protocol: Protocol): Message {
  const { table } = rowOf(name, protocol);
  const issues: Issue[] = [];
  const value = typeof source === 'string' ? parseJson(source) : source;
  const message = new Builder(issues).element(table, `/${name}`, value);
  if (issues.length > 0) throw failure('document-invalid', `the ${name} is not valid`, issues);
  return message as Message;
}

/** Builds values, and collects issues; a value with issues is not to be used. */
class Builder {
  private readonly issues: Issue[];

  constructor(issues: Issue[]) {
    this.issues = issues;
  }

  element(table: Complex, path: string, json: unknown): unknown {
    if (!isObject(json)) return this.report('type', path, 'an object', json);
    const parts: Registers = [];
    for (const row of table.attributes) parts.push(this.attribute(row, path, member(json, row.name)));
    for (const row of table.children) parts.push(this.children(row, path, member(json, row.name)));
    this.reportUnknown(table, path, json);
    return table.make(parts);
  }

  private attribute(row: Attribute, path: string, json: unknown): unknown {
    const place = `${path}/@${row.name}`;
    if (json === undefined) {
      if (row.required) this.report('attribute-missing', place, `the attribute ${row.name}`, undefined);
      return row.default;
    }
    const text = lexical(row.scalar, json);
    const value = text instanceof Fault ? text : row.scalar.parse(text, false);
    return value instanceof Fault ? this.report(value.code, place, value.expected, json) : value;
  }

  private children(row: Child, path: string, json: unknown): unknown {
    const place = `${path}/${row.name}`;
    if (row.many && json !== undefined && !Array.isArray(json)) {
      return this.report('type', place, 'an array', json);
    }
    const items: readonly unknown[] = json === undefined ? [] : row.many ? (json as unknown[]) : [json];
    if (items.length < row.min) {
      this.report('element-missing', place, `at least ${row.min} ${row.name}`, items.length || undefined);
    }
    if (items.length > row.max) {
      return this.report('element-too-many', place, `at most ${row.max} ${row.name}`, items.length);
    }
    if (!row.many) return json === undefined ? undefined : this.element(row.table, place, json);
    const values: unknown[] = [];
    for (const [i, item] of items.entries()) {
      if (this.issues.length >= issuesMax) break;
      values.push(this.element(row.table, `${place}[${i + 1}]`, item));
    }
    return values;
  }

  private reportUnknown(table: Complex, path: string, json: object): void {
    for (const [name, value] of Object.entries(json)) {
      if (value === null || value === undefined) continue;
      if (table.attributes.some((row) => row.name === name)) continue;
      if (table.children.some((row) => row.name === name)) continue;
      const element = typeof value === 'object' && !(value instanceof JsonNumber);
      const place = `${path}/${element ? '' : '@'}${shorten(name)}`;
      this.report(element ? 'element-unknown' : 'attribute-unknown', place, 'a member of the element', name);
    }
  }

  private report(code: IssueCode, path: string, expected: string, received: unknown): undefined {
    if (this.issues.length >= issuesMax) return;
    this.issues.push({ code, path, expected, received: shorten(describe(received)) });
  }
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof JsonNumber);
}

/** A member of the object's own; undefined for null. */
function member(json: object, name: string): unknown {
  return Object.hasOwn(json, name)
    ? ((json as Readonly<Record<string, unknown>>)[name] ?? undefined)
    : undefined;
}

/** The lexical form that a JSON value stands for, where it is of the JSON type that the kind asks for. */
function lexical(scalar: Scalar, json: unknown): string | Fault {
  if (scalar.kind === 'boolean')
    return typeof json === 'boolean' ? String(json) : new Fault('type', 'true or false');
  if (isNative(scalar)) return integer(json);
  if (scalar.kind === 'decimal') {
    // The Python library writes a decimal that it was given as a float as a number.
    if (json instanceof JsonNumber) return json.text;
    if (typeof json === 'number') return String(json);
  }
  return textOf(json);
}

function integer(json: unknown): string | Fault {
  if (json instanceof JsonNumber) return json.text;
  if (typeof json === 'bigint' || Number.isSafeInteger(json)) return String(json);
  return Number.isInteger(json)
    ? new Fault('unsafe-integer', 'an integer within ±(2^53 - 1), or JSON text')
    : new Fault('type', 'an integer');
}

function describe(json: unknown): string {
  if (json === undefined) return 'none';
  if (json instanceof JsonNumber) return json.text;
  if (Array.isArray(json)) return 'an array';
  return typeof json === 'object' && json !== null ? 'an object' : String(json);
}
