/**
 * @module Conversion between protocol versions: a message of one version goes in, the same message of another comes out, or
 * everything that would be lost or made up. What a version cannot say is data (`implied`, `constants` of its message rows).
 */

import type { Issue, IssueCode } from '../errors.ts';
import type { Implied, Message, MessageRow, Protocol } from '../roles.ts';
import { compareDecimals } from './decimal.ts';
import { encodeDocument } from './encode.ts';
import { Fault } from './fault.ts';
import { failure, shorten } from './findings.ts';
import { rowOf } from './message.ts';
import type { Attribute, Child, Complex, Registers, Scalar } from './table.ts';

/** What the conversation knows and the message may not say. */
export interface ConvertContext {
  /** MessageID of the request that the message answers. */
  readonly referenceMessageId?: string;
}

/**
 * Converts a message to another protocol version. Attributes and elements match by their XML names, the reference to the
 * request by its role, and Version becomes the target's. A default of the target never fills in what the source does not
 * say: the source's own default, or what absence means there, is written out instead. What the target cannot say is left
 * out only where it says nothing: where the target takes it for granted, or every such message of the source says it.
 *
 * @throws {UftpError} `message-unknown` where one of the versions lacks the message; `conversion-lossy` with an issue for
 *   each thing that would be lost (`attribute-unknown`, `element-unknown`), that the source leaves unsaid
 *   (`attribute-missing`), or that the target's schema refuses (the schema's own code)
 */
export function convert(
  message: Message,
  from: Protocol,
  to: Protocol,
  context: ConvertContext = {},
): Message {
  const name = message.$type;
  const [source, target] = [rowOf(name, from), rowOf(name, to)];
  const conversion = new Conversion(from, to, context);
  const converted = conversion.element(
    { table: source.table, facts: source, fields: { ...message, version: to.version } },
    { table: target.table, facts: target },
    `/${name}`,
  );
  const known = new Set(conversion.issues.map(({ path }) => path));
  const refused = encodeDocument(name, target.table, converted).issues.filter(({ path }) => !known.has(path));
  const issues = [...conversion.issues, ...refused].slice(0, issuesMax);
  if (issues.length > 0) {
    throw failure(
      'conversion-lossy',
      `the ${name} cannot go from UFTP ${from.version} to ${to.version}`,
      issues,
    );
  }
  return converted as Message;
}

/** The most issues that are reported for one message. */
const issuesMax = 100;

/** What is known of an element beyond its table; of elements within a message, nothing. */
type Facts = Pick<MessageRow, 'reference' | 'constants' | 'implied'>;
const noFacts: Facts = { constants: {}, implied: {} };

interface Target {
  readonly table: Complex;
  readonly facts: Facts;
}

/** What is converted: its table and facts, and its values by property. */
interface Source extends Target {
  readonly fields: Readonly<Record<string, unknown>>;
}

class Conversion {
  readonly issues: Issue[] = [];
  readonly #from: Protocol;
  readonly #to: Protocol;
  readonly #context: ConvertContext;

  constructor(from: Protocol, to: Protocol, context: ConvertContext) {
    this.#from = from;
    this.#to = to;
    this.#context = context;
  }

  element(source: Source, target: Target, path: string): unknown {
    const { attributes, children } = target.table;
    const parts: Registers = attributes.map((row) => this.#attribute(row, source, target, path));
    for (const row of children) parts.push(this.#children(row, source, path));
    this.#reportLost(source, target, path);
    return target.table.make(parts);
  }

  #attribute(row: Attribute, source: Source, { facts }: Target, path: string): unknown {
    const place = `${path}/@${row.name}`;
    const counterpart = counterpartOf(row, facts, source);
    const said = counterpart && source.fields[counterpart.key];
    if (counterpart !== undefined && said !== undefined) return this.#transfer(counterpart, row, said, place);
    if (row.key === facts.reference) {
      return this.#context.referenceMessageId ?? this.#missing(place, 'the MessageID of the request');
    }
    const constant = facts.constants[row.key];
    if (constant !== undefined) return row.scalar.parse(String(constant), false);
    if (counterpart?.default !== undefined)
      return this.#transfer(counterpart, row, counterpart.default, place);
    const mayBeAbsent = !row.required && row.default === undefined;
    const meaning = impliedBy(source.facts, row.key, source.fields);
    if (meaning !== undefined) {
      const understood = mayBeAbsent && impliedBy(facts, row.key, source.fields) === meaning;
      return understood ? undefined : row.scalar.parse(String(meaning), false);
    }
    return mayBeAbsent
      ? undefined
      : this.#missing(place, `${row.name}, which UFTP ${this.#from.version} leaves unsaid`);
  }

  /** Takes a value over, through its lexical form where the kinds differ. */
  #transfer(source: Attribute, target: Attribute, value: unknown, path: string): unknown {
    if (source.scalar.kind === target.scalar.kind) return value;
    const text = source.scalar.format(value);
    if (text instanceof Fault) return value; // not valid in its own version; the target's schema says so
    const transferred = target.scalar.parse(text, false);
    if (!(transferred instanceof Fault)) return transferred;
    this.#report(transferred.code, path, transferred.expected, text);
    return undefined;
  }

  #children(row: Child, source: Source, path: string): unknown {
    const counterpart = source.table.children.find(({ name }) => name === row.name);
    const items = counterpart === undefined ? [] : listOf(source.fields[counterpart.key]);
    const values = items.map((item, i) => {
      if (counterpart === undefined || !isObject(item)) return item;
      const place = `${path}/${row.name}${row.many ? `[${i + 1}]` : ''}`;
      const inner = { table: counterpart.table, facts: noFacts, fields: item };
      return this.element(inner, { table: row.table, facts: noFacts }, place);
    });
    if (row.many) return values;
    if (values.length > 1) {
      this.#report('element-too-many', `${path}/${row.name}`, `at most 1 ${row.name}`, values.length);
    }
    return values[0];
  }

  #reportLost(source: Source, target: Target, path: string): void {
    const { table, fields } = source;
    for (const row of table.attributes) {
      if (!isKept(row, source, target)) this.#lost('attribute', `${path}/@${row.name}`, fields[row.key]);
    }
    for (const { name, key } of table.children) {
      const kept = target.table.children.some((row) => row.name === name);
      if (!kept && listOf(fields[key]).length > 0) this.#lost('element', `${path}/${name}`, 'elements');
    }
    const known = new Set(['$type', ...[...table.attributes, ...table.children].map(({ key }) => key)]);
    for (const key of Object.keys(fields)) {
      if (!known.has(key) && fields[key] !== undefined)
        this.#lost('attribute', `${path}/@${key}`, fields[key]);
    }
  }

  #lost(kind: 'attribute' | 'element', path: string, value: unknown): void {
    this.#report(
      `${kind}-unknown`,
      path,
      `an ${kind} of UFTP ${this.#to.version}`,
      value ?? 'what its absence says',
    );
  }

  #missing(path: string, expected: string): undefined {
    this.#report('attribute-missing', path, expected, 'none');
  }

  #report(code: IssueCode, path: string, expected: string, received: unknown): void {
    if (this.issues.length < issuesMax)
      this.issues.push({ code, path, expected, received: shorten(String(received)) });
  }
}

/** The attribute of the other version that says the same: the reference by its role, any other by its XML name. */
function counterpartOf(row: Attribute, own: Facts, other: Target): Attribute | undefined {
  const { attributes } = other.table;
  const { reference } = other.facts;
  return row.key === own.reference
    ? attributes.find(({ key }) => key === reference)
    : attributes.find(({ name, key }) => name === row.name && key !== reference);
}

/** True where the target says it as well, or where leaving it out loses nothing. */
function isKept(row: Attribute, source: Source, target: Target): boolean {
  // Where the target has no reference to the request, the conversation tells.
  if (row.key === source.facts.reference || counterpartOf(row, source.facts, target) !== undefined)
    return true;
  const granted = impliedBy(target.facts, row.key, source.fields);
  const value = source.fields[row.key];
  if (value === undefined) {
    // Nothing is said, but the target must not read more into it than the source does.
    const meaning = impliedBy(source.facts, row.key, source.fields);
    return meaning === undefined || granted === undefined || meaning === granted;
  }
  if (granted !== undefined) return isSame(row.scalar, value, granted);
  const empty = [row.default, source.facts.constants[row.key]];
  return empty.some((one) => one !== undefined && isSame(row.scalar, value, one));
}

function isSame({ kind }: Scalar, a: unknown, b: unknown): boolean {
  if (kind === 'decimal') return compareDecimals(String(a), String(b)) === 0;
  return String(a) === String(b);
}

/** What the absence of an attribute means; undefined where nothing is said about it. */
function impliedBy(
  { implied }: Facts,
  key: string,
  fields: Source['fields'],
): string | number | boolean | undefined {
  const fact: Implied | undefined = implied[key];
  if (fact === undefined) return undefined;
  return 'value' in fact ? fact.value : fields[fact.whenAbsent] === undefined;
}

function isObject(value: unknown): value is Source['fields'] {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value].flat();
}
