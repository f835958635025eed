/**
 * @module The table walk over one element of a document: reader, validator and decoder in one. It reports every
 * departure from the schema, up to a bound, and builds the value; with departures, the value is not to be used.
 */

import { decodeBase64 } from './base64.ts';
import { Fault } from './fault.ts';
import type { Findings } from './findings.ts';
import { type Foreign, readForeign, skipElement, strangers } from './foreign.ts';
import { isNameEnd } from './grammar.ts';
import { characters, commentOrSection } from './markup.ts';
import { notPlain, type Reader } from './reader.ts';
import type { Attribute, Child, Complex, Name, Registers } from './table.ts';

/** One walk over one document. */
export class Walk {
  readonly #reader: Reader;
  readonly #findings: Findings;
  readonly #official: boolean;
  /** One set of registers for each depth, used again for every element there. */
  readonly #pool: Registers[] = [];

  /** @param official true: corrections do not hold */
  constructor(reader: Reader, findings: Findings, official: boolean) {
    this.#reader = reader;
    this.#findings = findings;
    this.#official = official;
  }

  /**
   * Reads an element behind its name, to the end of its end tag.
   *
   * @param depth of the element; that of the root is 1
   * @returns its value
   * @throws {Halt} where the document is outside the profile or over a limit
   */
  element(name: string, table: Complex, depth: number): unknown {
    const reader = this.#reader;
    const { attributes, children } = table;
    reader.enter(depth);
    const begin = reader.pos;
    const parts = this.#registers(depth, table);
    const missing = this.#attributes(attributes, parts, depth);
    const empty = reader.tagEnd();
    if (missing > 0) this.#complete(attributes, parts, begin);
    if (!empty) this.#content(name, children, parts, attributes.length, depth);
    else if (children.length > 0) this.#finish(children, 0, 0, children.length, begin);
    reader.namespaces.leave(depth);
    return table.make(parts);
  }

  #registers(depth: number, { attributes, children }: Complex): Registers {
    const parts = this.#pool[depth] ?? [];
    this.#pool[depth] = parts;
    const base = attributes.length;
    for (let i = 0; i < base; i++) parts[i] = undefined;
    for (let i = 0; i < children.length; i++) parts[base + i] = (children[i] as Child).many ? [] : undefined;
    return parts;
  }

  /** Reads attributes up to the end of the start tag. @returns how many of the table's are absent */
  #attributes(rows: readonly Attribute[], parts: Registers, depth: number): number {
    const reader = this.#reader;
    const { bytes, limits } = reader;
    let missing = rows.length;
    let next = 0; // messages of one program come in one order: the attribute behind the last is tried first
    let foreign: Foreign | undefined;
    for (let count = 0; ; count++) {
      const room = count < limits.attributesMax;
      if (room && next < rows.length && parts[next] === undefined) {
        const plain = reader.plainAttribute(rows[next] as Attribute);
        if (plain !== notPlain) {
          parts[next++] = plain;
          missing -= 1;
          continue;
        }
      }
      const byte = bytes[reader.pos];
      if (byte === 0x2f || byte === 0x3e) break;
      let quote = 0x22;
      // Almost everybody writes one blank, the name, = and " behind one another: they are compared at once.
      let index = room && byte === 0x20 ? find(rows, next, reader) : -1;
      if (index >= 0 && parts[index] === undefined) {
        if (index !== next) {
          next = index; // it is tried again where it stands in the table, and found at once
          count -= 1;
          continue;
        }
        reader.pos += (rows[index] as Attribute).length;
      } else {
        const name = reader.attribute(count);
        if (name === undefined) break;
        index = indexOf(rows, name);
        if (index < 0) {
          foreign ??= new Map();
          readForeign(reader, name, foreign, depth);
          continue;
        }
        if (parts[index] !== undefined) reader.halt(`no second attribute ${name}`, reader.nameStart);
        quote = reader.assignment();
      }
      parts[index] = this.#value(rows[index] as Attribute, quote);
      missing -= 1;
      next = index + 1;
    }
    if (foreign !== undefined) this.#reportForeign(foreign);
    return missing;
  }

  /** Reads the value of an attribute behind its quotation mark. @returns null where it is wrong */
  #value({ name, scalar, binary }: Attribute, quote: number): unknown {
    const reader = this.#reader;
    const findings = this.#findings;
    const official = this.#official;
    const bytes = binary ? readBase64(reader, quote) : undefined;
    if (bytes !== undefined) return bytes;
    reader.value(quote, scalar.kind === 'base64Binary');
    const raw = reader.normalised();
    const value = scalar.parse(raw, official);
    if (value instanceof Fault) {
      const { code, expected } = value;
      const lenient = value.value !== undefined && findings.pardon(code, `/@${name}`, expected, raw);
      if (lenient) return value.value;
      findings.issue(code, `/@${name}`, expected, raw, reader.valueStart);
      return null;
    }
    if (scalar.correction !== undefined && !official && scalar.isCorrected(value)) {
      const { id } = scalar.correction;
      findings.warn(`/@${name}`, id, `valid by the correction ${id} of ${scalar.name}, not by the XSD`);
    }
    return value;
  }

  #reportForeign(foreign: Foreign): void {
    const { namespaces } = this.#reader;
    const findings = this.#findings;
    const expected = 'an attribute of the schema';
    for (const [name, offset] of strangers(this.#reader, foreign)) {
      if (!findings.pardon('attribute-unknown', `/@${name}`, expected, name))
        findings.issue('attribute-unknown', `/@${name}`, expected, name, offset);
    }
    const declared = foreign.get('xmlns');
    const uri = declared === undefined ? '' : namespaces.lookUp('', declared);
    if (uri !== '') findings.issue('namespace', '/@xmlns', 'no namespace: UFTP has none', uri, declared ?? 0);
  }

  /** Fills in defaults and reports what is missing. */
  #complete(rows: readonly Attribute[], parts: Registers, offset: number): void {
    for (let i = 0; i < rows.length; i++) {
      if (parts[i] !== undefined) continue;
      const { name, required, default: value } = rows[i] as Attribute;
      parts[i] = value;
      if (required)
        this.#findings.issue('attribute-missing', `/@${name}`, `the attribute ${name}`, 'none', offset);
    }
  }

  /** Reads content and end tag. */
  #content(name: string, rows: readonly Child[], parts: Registers, base: number, depth: number): void {
    const reader = this.#reader;
    const { bytes } = reader;
    let at = 0; // position in the sequence
    let count = 0; // elements that stand at that position so far
    for (;;) {
      if (bytes[reader.pos] !== 0x3c) this.#text(rows.length === 0);
      const start = reader.pos;
      const index = findChild(rows, at, reader);
      if (index < 0) {
        if (bytes[start + 1] === 0x2f) {
          reader.endTag(name);
          this.#finish(rows, at, count, rows.length, start);
          return;
        }
        this.#stray(rows, at, depth);
        continue;
      }
      if (index !== at) {
        this.#finish(rows, at, count, index, start);
        at = index;
        count = 0;
      }
      count += 1;
      const row = rows[index] as Child;
      reader.pos += row.length;
      const value = this.#child(row, count, depth, start);
      if (row.many) parts[base + index].push(value);
      else parts[base + index] = value;
    }
  }

  /** Reads text up to the next `<`. Where nothing may be inside at all, not even white space may. */
  #text(nothing: boolean): void {
    const reader = this.#reader;
    const start = reader.pos;
    reader.space();
    const blank = reader.bytes[reader.pos] === 0x3c || characters(reader);
    if (nothing || !blank)
      this.#findings.issue('text-unexpected', '', 'no text', reader.slice(start, reader.pos), start);
  }

  #child(row: Child, count: number, depth: number, start: number): unknown {
    const { path } = this.#findings;
    path.enter(row.name, row.many ? count : 0);
    let value: unknown;
    if (count > row.max) {
      this.#findings.issue('element-too-many', '', `at most ${row.max} ${row.name}`, 'more', start);
      skipElement(this.#reader, row.name, depth + 1);
    } else value = this.element(row.name, row.table, depth + 1);
    path.leave();
    return value;
  }

  /** Reads what is no element of the rows: reports and skips an element or CDATA section, skips anything else. */
  #stray(rows: readonly Child[], at: number, depth: number): void {
    const reader = this.#reader;
    const start = reader.pos;
    if (reader.startsWith('<!') || reader.startsWith('<?')) {
      if (commentOrSection(reader))
        this.#findings.issue('text-unexpected', '', 'no text', 'a CDATA section', start);
      return;
    }
    reader.pos += 1;
    const name = reader.name();
    const code = indexOf(rows, name) >= 0 ? 'element-unexpected' : 'element-unknown';
    const places = rows.slice(at).map((row) => row.name);
    const expected = places.length === 0 ? 'no element' : `${places.join(', ')} or the end of the element`;
    this.#findings.issue(code, `/${name}`, expected, name, start);
    skipElement(reader, name, depth + 1);
  }

  /** Reports what the sequence lacks from position `at` (with `count` elements there) up to, not including, `to`. */
  #finish(rows: readonly Child[], at: number, count: number, to: number, offset: number): void {
    let found = count;
    for (const { name, min } of rows.slice(at, to)) {
      if (found < min) {
        const received = found === 0 ? 'none' : String(found);
        this.#findings.issue('element-missing', `/${name}`, `at least ${min} ${name}`, received, offset);
      }
      found = 0;
    }
  }
}

/**
 * Reads a value behind its quotation mark where it is base64 and nothing else: no character of that needs a further look.
 * Undefined, and the cursor where it was, for anything else.
 */
function readBase64(reader: Reader, quote: number): Uint8Array | undefined {
  const { bytes, pos } = reader;
  const end = bytes.indexOf(quote, pos);
  const decoded = end < 0 ? undefined : decodeBase64(bytes.subarray(pos, end));
  if (decoded !== undefined) reader.pos = end + 1;
  return decoded;
}

/** The place in the table of the attribute that stands at the cursor as ` Name="`, sought from `first` on; -1 for none. */
function find(rows: readonly Attribute[], first: number, reader: Reader): number {
  const { length } = rows;
  for (let i = 0, at = first; i < length; i++, at++) {
    if (at >= length) at = 0;
    if (reader.stands(rows[at] as Attribute)) return at;
  }
  return -1;
}

/** The place in the sequence, at `from` or behind, of the child that stands at the cursor as `<Name`; -1 for none. */
function findChild(rows: readonly Child[], from: number, reader: Reader): number {
  for (let i = from; i < rows.length; i++) {
    const end = reader.pos + (rows[i] as Child).length;
    if (reader.stands(rows[i] as Child) && end < reader.bytes.length && isNameEnd(reader.bytes[end]))
      return i;
  }
  return -1;
}

/** The place of a name among rows; -1 for none. */
function indexOf(rows: readonly Name[], name: string): number {
  return rows.findIndex((row) => row.name === name);
}
