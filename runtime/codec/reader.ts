/**
 * @module A strict cursor over the bytes of a document: names, attribute values and tags of XML 1.0 (fifth edition)
 * with namespaces, in UTF-8 only. It builds no tree; `markup.ts` reads what stands between the elements.
 */

import { isNameEnd, isPlain, isQualifiedName, isSpace, referenced } from './grammar.ts';
import { Halt } from './halt.ts';
import type { Limits } from './limits.ts';
import { Namespaces } from './namespaces.ts';
import { type Attribute, type Name, plainDigitsMax } from './table.ts';

const utf8 = /*@__PURE__*/ new TextDecoder('utf-8', { ignoreBOM: true });
const fatalUtf8 = /*@__PURE__*/ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes that are decoded at once. */
const pieceBytes = 64 * 1024;
/** A slice keeps the text that it was cut from in memory, so values are cut from pieces of this many bytes. */
const windowBytes = 1024;

/** No plain integer: it has a digit more. */
export const notPlain: number = -(2 ** 30);

/** The cursor. Positions are byte offsets; every method leaves it just behind what it read. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
  pos = 0;
  /** Start of the last name that {@link name} read. */
  nameStart = 0;
  /** Start of the last value that {@link value} read, behind its quotation mark. */
  valueStart = 0;
  /** End of that value. */
  valueEnd = 0;
  /** True where the value holds a reference or white space other than blanks, so that {@link normalised} differs from the raw text. */
  valueDirty = false;
  readonly namespaces: Namespaces = new Namespaces();
  /** The document again, to compare names by four bytes at once. */
  readonly #words: DataView;
  /** False from the first other byte on. */
  #ascii = true;
  #elements = 0;
  #window = '';
  #windowStart = 0;

  /** @throws {Halt} over the size limit */
  constructor(bytes: Uint8Array, limits: Limits) {
    this.bytes = bytes;
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limits = limits;
    if (bytes.length > limits.bytesMax) {
      throw new Halt('limit', 0, `at most ${limits.bytesMax} bytes`, `${bytes.length} bytes`);
    }
  }

  /**
   * Judges the encoding of the whole document. Whoever meets a byte that is no ASCII calls it, and nothing is passed over
   * unseen: so a document without such bytes, as nearly all are, is never looked through for them.
   *
   * @throws {Halt} where the document is no UTF-8
   */
  beyondAscii(): void {
    if (this.#ascii) checkUtf8(this.bytes);
    this.#ascii = false;
  }

  /** The text between two offsets that do not cut a character. */
  slice(start: number, end: number): string {
    if (this.#ascii && (start < this.#windowStart || end > this.#windowStart + this.#window.length)) {
      const window = this.bytes.subarray(start, Math.max(end, start + windowBytes));
      this.#windowStart = start;
      this.#window = utf8.decode(window);
      // Every other character takes more bytes than UTF-16 units. One byte of no character takes one: who meets it will tell.
      if (this.#window.length < window.length) this.beyondAscii();
    }
    return this.#ascii
      ? this.#window.slice(start - this.#windowStart, end - this.#windowStart)
      : utf8.decode(this.bytes.subarray(start, end));
  }

  /** True where the bytes of the name stand at the cursor. */
  stands(name: Name): boolean {
    const { pos } = this;
    const { length } = name;
    const end = pos + length;
    if (end > this.bytes.length) return false;
    if (length < 4) return this.#spells(name.bytes, 0, length);
    const words = this.#words;
    return (
      words.getInt32(pos, true) === name.head &&
      words.getInt32(end - 4, true) === name.tail &&
      (length <= 8 || words.getInt32(pos + 4, true) === name.middle) &&
      (length <= 12 || this.#spells(name.bytes, 8, length - 4))
    );
  }

  #spells(name: Uint8Array, from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (this.bytes[this.pos + i] !== name[i]) return false;
    }
    return true;
  }

  /** Skips white space; true where there was any. */
  space(): boolean {
    const { bytes, pos } = this;
    let at = pos;
    while (isSpace(bytes[at])) at += 1;
    this.pos = at;
    return at > pos;
  }

  /** Reads a name and checks it, namespaces included. */
  name(): string {
    const { bytes, pos: start } = this;
    this.nameStart = start;
    for (let byte = bytes[start]; !isNameEnd(byte); byte = bytes[++this.pos]) {
      if ((byte as number) > 0x7f) this.beyondAscii();
      if (this.pos - start >= 1024)
        throw new Halt('limit', start, 'a name of at most 1024 bytes', this.peek(start));
    }
    const name = this.slice(start, this.pos);
    if (!isQualifiedName(name)) this.halt('a name', start);
    return name;
  }

  /** Counts an element that begins at `depth`, the root at 1. @throws {Halt} over a limit */
  enter(depth: number): void {
    const { depthMax, elementsMax } = this.limits;
    if (depth > depthMax) this.over(`at most ${depthMax} elements within one another`);
    if (++this.#elements > elementsMax) this.over(`at most ${elementsMax} elements`);
  }

  /**
   * Reads up to the name of the next attribute and the name itself; `count` are before it. At the end of the tag it stops
   * at `>` or `/>`.
   *
   * @returns the name, or undefined where there is no further attribute
   */
  attribute(count: number): string | undefined {
    const spaced = this.space();
    const byte = this.bytes[this.pos];
    if (byte === 0x3e || byte === 0x2f) return undefined;
    if (!spaced) this.halt('white space, > or />');
    const { attributesMax } = this.limits;
    if (count >= attributesMax) this.over(`at most ${attributesMax} attributes`);
    return this.name();
  }

  /** Reads `=` and the quotation mark behind it, white space around both. @returns the quotation mark */
  assignment(): number {
    this.space();
    if (this.bytes[this.pos] !== 0x3d) this.halt('= behind the name of an attribute');
    this.pos += 1;
    this.space();
    const quote = this.bytes[this.pos] as number;
    if (quote !== 0x22 && quote !== 0x27) this.halt('a value in quotation marks');
    this.pos += 1;
    return quote;
  }

  /** Reads a value behind its quotation mark, and the same mark behind it, into `valueStart` … `valueDirty`. */
  value(quote: number, binary = false): void {
    const { bytes, pos: start } = this;
    let at = start;
    let dirty = false;
    for (let byte = bytes[at]; byte !== quote; byte = bytes[++at]) {
      if (isPlain(byte)) continue;
      if (byte === undefined) this.halt('a closing quotation mark', start - 1);
      if (byte > 0x7f) this.beyondAscii();
      else if (byte === 0x26 || isSpace(byte)) dirty = true;
      else this.halt('no < and no control character in a value', at);
    }
    this.valueStart = start;
    this.valueEnd = at;
    this.valueDirty = dirty;
    this.pos = at + 1;
    const { valueBytesMax } = this.limits;
    if (!binary && at - start > valueBytesMax) {
      throw new Halt('limit', start, `a value of at most ${valueBytesMax} bytes`, `${at - start} bytes`);
    }
  }

  /**
   * Reads the attribute where it stands at the cursor as ` Name="…"` and its value is one of its plain integers, without
   * making a string. {@link notPlain}, and the cursor where it was, for anything else.
   */
  plainAttribute(row: Attribute): number {
    const { plainMin, plainMax, length } = row;
    const { bytes, pos } = this;
    const words = this.#words;
    let at = pos + length;
    if (
      plainMin > plainMax ||
      at >= bytes.length ||
      words.getInt32(pos, true) !== row.head ||
      words.getInt32(at - 4, true) !== row.tail ||
      (length > 8 && words.getInt32(pos + 4, true) !== row.middle) ||
      (length > 12 && !this.#spells(row.bytes, 8, length - 4))
    )
      return notPlain;
    const negative = bytes[at] === 0x2d;
    if (negative) at += 1;
    const first = at;
    let value = 0;
    for (let digit = 0; ; at++) {
      digit = (bytes[at] as number) ^ 0x30;
      if (digit > 9) break;
      value = (value * 10 + digit) | 0;
    }
    if (bytes[at] !== 0x22 || at === first || at - first > plainDigitsMax) return notPlain;
    if (negative) value = -value | 0;
    if (value < plainMin || value > plainMax) return notPlain;
    this.pos = at + 1;
    return value;
  }

  /** The value last read, with references replaced and white space made blanks (XML 1.0, 3.3.3). */
  normalised(): string {
    if (!this.valueDirty) return this.slice(this.valueStart, this.valueEnd);
    const resume = this.pos;
    let text = '';
    let from = this.valueStart;
    for (this.pos = from; this.pos < this.valueEnd; ) {
      const byte = this.bytes[this.pos] as number;
      if (byte === 0x26) {
        text += this.slice(from, this.pos) + this.reference();
        from = this.pos;
      } else if (byte === 0x0d || byte === 0x0a || byte === 0x09) {
        text += `${this.slice(from, this.pos)} `;
        this.pos += byte === 0x0d && this.bytes[this.pos + 1] === 0x0a ? 2 : 1;
        from = this.pos;
      } else this.pos += 1;
    }
    text += this.slice(from, this.valueEnd);
    this.pos = resume;
    return text;
  }

  /** Reads `&…;`. @returns what it stands for */
  reference(): string {
    const { bytes, pos: start } = this;
    let end = start + 1;
    while (end < start + 4096 && bytes[end] !== 0x3b && !isNameEnd(bytes[end])) end += 1;
    const text = bytes[end] === 0x3b ? referenced(this.slice(start + 1, end)) : undefined;
    if (text === undefined) {
      this.halt('a reference to a character, or one of &amp; &lt; &gt; &quot; &apos;', start);
    }
    this.pos = end + 1;
    return text;
  }

  /** Reads the `>` or `/>` that the cursor stands at. @returns true for `/>` */
  tagEnd(): boolean {
    const { bytes, pos } = this;
    const empty = bytes[pos] !== 0x3e;
    if (empty && (bytes[pos] !== 0x2f || bytes[pos + 1] !== 0x3e)) this.halt('/>');
    this.pos = empty ? pos + 2 : pos + 1;
    return empty;
  }

  /** Reads the end tag of the element `name`. */
  endTag(name: string): void {
    const start = this.pos;
    this.pos += 2;
    const usual = this.startsWith(name) && isNameEnd(this.bytes[this.pos + name.length]);
    if (usual) this.pos += name.length;
    else if (this.name() !== name) this.halt(`</${name}>`, start);
    this.space();
    if (this.bytes[this.pos] !== 0x3e) this.halt('>');
    this.pos += 1;
  }

  /** True where the text stands at the cursor, a byte for each of its letters: so only ASCII can. */
  startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.bytes[this.pos + i] !== code) return false;
      if (code > 0x7f) this.beyondAscii();
    }
    return true;
  }

  /** @throws {Halt} always: at `offset`, the document is outside the profile */
  halt(expected: string, offset: number = this.pos): never {
    throw new Halt('xml', offset, expected, this.peek(offset));
  }

  /** @throws {Halt} always: at the cursor, the document goes over a limit */
  over(expected: string): never {
    throw new Halt('limit', this.pos, expected, 'more');
  }

  /** A glimpse of what stands at an offset, for an issue. */
  peek(offset: number): string {
    if (offset >= this.bytes.length) return 'the end of the document';
    return utf8.decode(this.bytes.subarray(offset, offset + 24));
  }
}

/** Judges the encoding, a piece at a time: a large document is never in memory as text as well. */
function checkUtf8(bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; ) {
    let end = start + pieceBytes;
    // A character of four bytes must not be cut; what has more bytes like these is no UTF-8 anyway.
    for (let i = 0; i < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80; i++) end -= 1;
    const text = decoded(bytes.subarray(start, end));
    if (/[\uFFFE\uFFFF]/.test(text)) throw new Halt('xml', 0, 'characters of XML', 'U+FFFE or U+FFFF');
    start = end;
  }
}

function decoded(piece: Uint8Array): string {
  try {
    return fatalUtf8.decode(piece);
  } catch {
    throw new Halt('xml', 0, 'UTF-8', 'bytes that are not UTF-8');
  }
}
