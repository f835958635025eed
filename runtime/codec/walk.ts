/**
 * @module The table walk over one element of a document: reader, validator and decoder in one. It reports every
 * departure from the schema, up to a bound, and builds the value where its parts are there and right.
 */

import { decodeBase64 } from './base64.ts';
import { Findings } from './findings.ts';
import { type Foreign, readForeign, skipElement, strangers } from './foreign.ts';
import type { Reader } from './reader.ts';
import { Fault, isCorrected, parseScalar } from './scalar.ts';
import type { Attribute, Child, Complex, Registers } from './table.ts';

/** Stands for a value that is there but wrong; its issue is reported. */
export const wrong: unique symbol = Symbol('wrong');

/** One walk over one document. */
export class Walk {
  readonly findings: Findings;
  private readonly reader: Reader;
  private readonly official: boolean;
  /** One set of registers for each depth, used again for every element there. */
  private readonly pool: Registers[] = [];

  /** @param root name of the element that the reader stands behind */
  constructor(reader: Reader, root: string, official: boolean, lenient: readonly string[]) {
    this.reader = reader;
    this.official = official;
    this.findings = new Findings(reader, root, lenient);
  }

  /**
   * Reads an element behind its name, to the end of its end tag.
   *
   * @param depth of the element; that of the root is 1
   * @returns its value, or {@link wrong}
   * @throws {Halt} where the document is outside the profile or over a limit
   */
  element(name: string, table: Complex, depth: number): unknown {
    const { reader } = this;
    const { attributes, children } = table;
    reader.enter(depth);
    const begin = reader.pos;
    const parts = this.registers(depth, attributes, children);
    const empty = this.attributes(attributes, parts, depth);
    let whole = this.completeAttributes(attributes, parts, begin);
    if (!empty) whole = this.content(name, children, parts, attributes.length, depth) && whole;
    else if (children.length > 0) whole = this.finish(children, 0, 0, children.length, begin) && whole;
    reader.namespaces.leave(depth);
    return whole ? table.make(parts) : wrong;
  }

  private registers(depth: number, attributes: readonly Attribute[], children: readonly Child[]): Registers {
    let parts = this.pool[depth];
    if (parts === undefined) {
      parts = [];
      this.pool[depth] = parts;
    }
    const base = attributes.length;
    for (let i = 0; i < base; i++) parts[i] = undefined;
    for (let i = 0; i < children.length; i++) parts[base + i] = (children[i] as Child).many ? [] : undefined;
    return parts;
  }

  /** Reads the attributes and the end of the start tag. @returns true for an empty-element tag */
  private attributes(rows: readonly Attribute[], parts: Registers, depth: number): boolean {
    const { reader } = this;
    const { bytes, limits } = reader;
    let next = 0; // messages of one program come in one order: the attribute behind the last is tried first
    let foreign: Foreign | undefined;
    for (let count = 0; ; count++) {
      const spaced = reader.space();
      const start = reader.pos;
      const byte = bytes[start];
      if (byte === 0x3e || byte === 0x2f) break;
      if (!spaced) reader.halt('white space, > or />');
      if (count >= limits.attributesMax) reader.over(`at most ${limits.attributesMax} attributes`);
      const index = find(rows, next, reader, start);
      if (index < 0) {
        foreign ??= new Map();
        readForeign(reader, foreign, depth);
        continue;
      }
      const row = rows[index] as Attribute;
      next = index + 1;
      if (parts[index] !== undefined) reader.halt(`no second attribute ${row.name}`);
      reader.pos = start + row.length;
      const plain =
        row.plainMin <= row.plainMax ? reader.shortInteger(row.plainMin, row.plainMax) : Number.NaN;
      parts[index] = Number.isNaN(plain) ? this.value(row) : plain;
    }
    if (foreign !== undefined) this.reportForeign(foreign);
    return reader.tagEnd();
  }

  /** Reads the `="…"` of an attribute. */
  private value(row: Attribute): unknown {
    const { reader, findings } = this;
    const { scalar } = row;
    reader.value(scalar.kind === 'base64Binary');
    if (scalar.name === 'xs:base64Binary' && !reader.valueDirty) {
      const bytes = decodeBase64(reader.bytes.subarray(reader.valueStart, reader.valueEnd));
      if (bytes !== undefined) return bytes;
    }
    const raw = reader.normalised();
    const value = parseScalar(scalar, raw, this.official);
    if (value instanceof Fault) return this.fault(row, value, raw);
    if (scalar.correction !== undefined && !this.official && isCorrected(scalar, value)) {
      const { id } = scalar.correction;
      findings.warn(`/@${row.name}`, id, `valid by the correction ${id} of ${scalar.name}, not by the XSD`);
    }
    return value;
  }

  private fault({ name }: Attribute, { code, expected, value }: Fault, raw: string): unknown {
    const { reader, findings } = this;
    const suffix = `/@${name}`;
    if (value !== undefined && findings.pardon(code, suffix, expected, raw)) return value;
    findings.issue(code, suffix, expected, raw, reader.valueStart);
    return wrong;
  }

  private reportForeign(foreign: Foreign): void {
    const { reader, findings } = this;
    for (const [name, offset] of strangers(reader, foreign)) {
      const expected = 'an attribute of the schema';
      if (findings.pardon('attribute-unknown', `/@${name}`, expected, name)) continue;
      findings.issue('attribute-unknown', `/@${name}`, expected, name, offset);
    }
    const declared = foreign.get('xmlns');
    if (declared === undefined) return;
    const uri = reader.namespaces.lookUp('', declared);
    if (uri !== '') findings.issue('namespace', '/@xmlns', 'no namespace: UFTP has none', uri, declared);
  }

  /** Fills in defaults and reports what is missing. @returns true where every part is there and right */
  private completeAttributes(rows: readonly Attribute[], parts: Registers, offset: number): boolean {
    let whole = true;
    for (let i = 0; i < rows.length; i++) {
      const part = parts[i];
      if (part === wrong) whole = false;
      if (part !== undefined) continue;
      const row = rows[i] as Attribute;
      parts[i] = row.default;
      if (!row.required) continue;
      this.findings.issue('attribute-missing', `/@${row.name}`, `the attribute ${row.name}`, 'none', offset);
      whole = false;
    }
    return whole;
  }

  /** Reads content and end tag. @returns true where every part is there and right */
  private content(
    name: string,
    rows: readonly Child[],
    parts: Registers,
    base: number,
    depth: number,
  ): boolean {
    const { reader } = this;
    const { bytes } = reader;
    let whole = true;
    let at = 0; // position in the sequence
    let count = 0; // elements that stand at that position so far
    for (;;) {
      if (bytes[reader.pos] !== 0x3c) whole = this.text(rows.length === 0) && whole;
      const start = reader.pos;
      const byte = bytes[start + 1];
      if (byte === 0x2f) {
        reader.endTag(name);
        return this.finish(rows, at, count, rows.length, start) && whole;
      }
      if (byte === 0x3f) reader.instruction();
      else if (byte === 0x21) whole = this.commentOrCdata() && whole;
      else {
        reader.pos += 1;
        const index = findChild(rows, at, reader, reader.pos);
        if (index < 0) {
          this.stray(rows, at, depth, start);
          whole = false;
          continue;
        }
        if (index !== at) {
          whole = this.finish(rows, at, count, index, start) && whole;
          at = index;
          count = 0;
        }
        count += 1;
        const row = rows[index] as Child;
        reader.pos += row.length;
        const value = this.child(row, count, depth, start);
        if (value === wrong) whole = false;
        else if (row.many) parts[base + index].push(value);
        else parts[base + index] = value;
      }
    }
  }

  /** Reads text up to the next `<`. Where nothing may be inside at all, not even white space may. */
  private text(nothing: boolean): boolean {
    const { reader } = this;
    const start = reader.pos;
    reader.space();
    const blank = reader.bytes[reader.pos] === 0x3c || reader.characters();
    if (blank && !nothing) return true;
    this.findings.issue('text-unexpected', '', 'no text', reader.slice(start, reader.pos), start);
    return false;
  }

  private commentOrCdata(): boolean {
    const { reader } = this;
    const start = reader.pos;
    if (reader.startsWith('<!--')) {
      reader.comment();
      return true;
    }
    reader.cdata();
    this.findings.issue('text-unexpected', '', 'no text', 'a CDATA section', start);
    return false;
  }

  private child(row: Child, count: number, depth: number, start: number): unknown {
    const { findings } = this;
    findings.path.enter(row.name, row.many ? count : 0);
    let value: unknown = wrong;
    if (count > row.max) {
      findings.issue('element-too-many', '', `at most ${row.max} ${row.name}`, 'more', start);
      skipElement(this.reader, row.name, depth + 1);
    } else value = this.element(row.name, row.table, depth + 1);
    findings.path.leave();
    return value;
  }

  /** Reports and skips an element that has no place here. */
  private stray(rows: readonly Child[], at: number, depth: number, start: number): void {
    const { reader } = this;
    const name = reader.name();
    const code = rows.some((row) => row.name === name) ? 'element-unexpected' : 'element-unknown';
    const places = rows.slice(at).map((row) => row.name);
    const expected = places.length === 0 ? 'no element' : `${places.join(', ')} or the end of the element`;
    this.findings.issue(code, `/${name}`, expected, name, start);
    skipElement(reader, name, depth + 1);
  }

  /** Reports what the sequence lacks from position `at` (with `count` elements there) up to, not including, `to`. */
  private finish(rows: readonly Child[], at: number, count: number, to: number, offset: number): boolean {
    let whole = true;
    for (let i = at; i < to; i++) {
      const row = rows[i] as Child;
      const found = i === at ? count : 0;
      if (found >= row.min) continue;
      whole = false;
      const received = found === 0 ? 'none' : String(found);
      const expected = `at least ${row.min} ${row.name}`;
      this.findings.issue('element-missing', `/${row.name}`, expected, received, offset);
    }
    return whole;
  }
}

/** The place in the table of the attribute whose name stands at `pos`, `first` tried first; -1 for a name it does not have. */
function find(rows: readonly Attribute[], first: number, reader: Reader, pos: number): number {
  for (let i = first; i < rows.length; i++) {
    if (reader.stands(rows[i] as Attribute, pos)) return i;
  }
  for (let i = 0; i < first; i++) {
    if (reader.stands(rows[i] as Attribute, pos)) return i;
  }
  return -1;
}

/** The place in the sequence, at `from` or behind, of the child whose name stands at `pos`; -1 where there is none. */
function findChild(rows: readonly Child[], from: number, reader: Reader, pos: number): number {
  for (let i = from; i < rows.length; i++) {
    if (reader.stands(rows[i] as Child, pos)) return i;
  }
  return -1;
}
