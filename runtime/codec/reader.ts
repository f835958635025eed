/**
 * @module A strict reader of the UFTP profile of XML 1.0 (fifth edition) with namespaces, over bytes:
 * UTF-8 only, no DOCTYPE, no entities but the predefined ones. It moves a cursor and builds no tree.
 */

import { isDeclaration, isNameEnd, isQualifiedName, isSpace, referenced } from './grammar.ts';
import { Halt } from './halt.ts';
import type { Limits } from './limits.ts';
import { Namespaces } from './namespaces.ts';
import type { Name } from './table.ts';

const fatalUtf8 = /*@__PURE__*/ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The cursor. Positions are byte offsets; every method leaves it just behind what it read. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
  pos = 0;
  /** Start of the last value that {@link value} read, behind its quotation mark. */
  valueStart = 0;
  /** End of that value. */
  valueEnd = 0;
  /** True where the value holds a reference or white space other than blanks, so that {@link normalised} differs from the raw text. */
  valueDirty = false;
  /** The document again, to compare names by four bytes at once. */
  private readonly words: DataView;
  private elements = 0;
  private readonly text: string;
  private readonly ascii: boolean;
  readonly namespaces: Namespaces = new Namespaces();

  /** @throws {Halt} over the size limit, or where the bytes are no UTF-8 */
  constructor(bytes: Uint8Array, limits: Limits) {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limits = limits;
    if (bytes.length > limits.bytesMax) {
      throw new Halt('limit', 0, `at most ${limits.bytesMax} bytes`, `${bytes.length} bytes`);
    }
    try {
      this.text = fatalUtf8.decode(bytes);
    } catch {
      throw new Halt('xml', 0, 'UTF-8', 'bytes that are not UTF-8');
    }
    this.ascii = this.text.length === bytes.length; // every other character takes more bytes than UTF-16 units
    if (!this.ascii && /[\uFFFE\uFFFF]/.test(this.text)) {
      throw new Halt('xml', 0, 'characters of XML', 'U+FFFE or U+FFFF');
    }
  }

  /** The text between two offsets that do not cut a character. */
  slice(start: number, end: number): string {
    // A longer slice of the text would keep the whole document in memory for as long as, say, a domain name is in a cache.
    return this.ascii && end - start <= 12
      ? this.text.slice(start, end)
      : fatalUtf8.decode(this.bytes.subarray(start, end));
  }

  /** Reads byte order mark, XML declaration and whatever may stand before the root; stops at its `<`. */
  prolog(): void {
    const { bytes } = this;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.pos = 3;
    if (this.startsWith('<?xml') && isSpace(bytes[this.pos + 5])) {
      const end = this.find('?>', this.pos, 'an XML declaration that ends with ?>');
      if (end - this.pos > 200 || !isDeclaration(this.slice(this.pos, end + 2))) {
        this.halt('an XML declaration of version 1.0 and encoding UTF-8');
      }
      this.pos = end + 2;
    }
    this.misc();
    if (bytes[this.pos] !== 0x3c) this.halt('a root element');
  }

  /** Reads what may follow the root element: comments, processing instructions and white space, to the end. */
  epilog(): void {
    this.misc();
    if (this.pos < this.bytes.length) this.halt('the end of the document');
  }

  private misc(): void {
    for (;;) {
      this.space();
      if (this.bytes[this.pos] !== 0x3c) return;
      const next = this.bytes[this.pos + 1];
      if (next === 0x3f) this.instruction();
      else if (next === 0x21) {
        if (!this.startsWith('<!--')) this.halt('no DOCTYPE and no section outside the root element');
        this.comment();
      } else return;
    }
  }

  /** True where the name stands at an offset, whole: some byte follows every name. */
  stands(name: Name, offset: number): boolean {
    const { bytes, words } = this;
    const { length } = name;
    const end = offset + length;
    if (end >= bytes.length || !isNameEnd(bytes[end])) return false;
    if (length < 4) return this.spells(name.bytes, offset, 0, length);
    if (words.getInt32(offset, true) !== name.head || words.getInt32(end - 4, true) !== name.tail)
      return false;
    return length <= 8 || this.spells(name.bytes, offset, 4, length - 4);
  }

  private spells(name: Uint8Array, offset: number, from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (this.bytes[offset + i] !== name[i]) return false;
    }
    return true;
  }

  /** Skips white space; true where there was any. */
  space(): boolean {
    const { bytes, pos } = this;
    let at = pos;
    while (at < bytes.length && isSpace(bytes[at])) at += 1;
    this.pos = at;
    return at > pos;
  }

  /** Reads `<!-- … -->`. */
  comment(): void {
    const end = this.find('--', this.pos + 4, 'a comment that ends with -->');
    if (this.bytes[end + 2] !== 0x3e) this.halt('no -- within a comment', end);
    this.checkCharacters(this.pos + 4, end);
    this.pos = end + 3;
  }

  /** Reads `<? … ?>`. */
  instruction(): void {
    const start = this.pos;
    this.pos += 2;
    const target = this.name();
    if (target.toLowerCase() === 'xml' || target.includes(':')) {
      this.halt('a processing instruction with another target', start);
    }
    const end = this.find('?>', this.pos, 'a processing instruction that ends with ?>');
    if (end > this.pos && !isSpace(this.bytes[this.pos])) this.halt('white space behind the target');
    this.checkCharacters(this.pos, end);
    this.pos = end + 2;
  }

  /** Reads `<![CDATA[ … ]]>` and tells whether anything stands in it. */
  cdata(): boolean {
    if (!this.startsWith('<![CDATA[')) this.halt('a comment or CDATA section');
    const start = this.pos + 9;
    const end = this.find(']]>', start, 'a CDATA section that ends with ]]>');
    this.checkCharacters(start, end);
    this.pos = end + 3;
    return end > start;
  }

  /** Reads character data up to the next `<`; true where it is only white space. */
  characters(): boolean {
    const { bytes } = this;
    const start = this.pos;
    let blank = true;
    for (; this.pos < bytes.length && bytes[this.pos] !== 0x3c; this.pos += 1) {
      const byte = bytes[this.pos] as number;
      if (isSpace(byte)) continue;
      if (byte === 0x26) {
        if (!isSpace(this.reference().charCodeAt(0))) blank = false;
        this.pos -= 1;
        continue;
      }
      blank = false;
      if (byte < 0x20) this.halt('characters of XML');
      const bracketed = this.pos >= start + 2 && bytes[this.pos - 1] === 0x5d && bytes[this.pos - 2] === 0x5d;
      if (byte === 0x3e && bracketed) this.halt('no ]]> in text');
    }
    if (this.pos >= bytes.length) this.halt('an end tag');
    return blank;
  }

  /** Reads a name and checks it, namespaces included. */
  name(): string {
    const { bytes } = this;
    const start = this.pos;
    while (!isNameEnd(bytes[this.pos])) {
      this.pos += 1;
      if (this.pos - start > 1024)
        throw new Halt('limit', start, 'a name of at most 1024 bytes', this.peek(start));
    }
    const name = this.slice(start, this.pos);
    if (!isQualifiedName(name)) this.halt('a name', start);
    return name;
  }

  /** Counts an element that begins at `depth`, the root at 1. @throws {Halt} over a limit */
  enter(depth: number): void {
    this.elements += 1;
    if (depth > this.limits.depthMax)
      this.over(`at most ${this.limits.depthMax} elements within one another`);
    if (this.elements > this.limits.elementsMax) this.over(`at most ${this.limits.elementsMax} elements`);
  }

  /** Reads `=` with white space around it and the value in quotation marks behind it, into `valueStart` … `valueDirty`. */
  value(binary: boolean): void {
    const { bytes } = this;
    if (bytes[this.pos] !== 0x3d) {
      this.space();
      if (bytes[this.pos] !== 0x3d) this.halt('= behind the name of an attribute');
    }
    this.pos += 1;
    let quote = bytes[this.pos];
    if (quote !== 0x22 && quote !== 0x27) {
      this.space();
      quote = bytes[this.pos];
      if (quote !== 0x22 && quote !== 0x27) this.halt('a value in quotation marks');
    }
    let at = this.pos + 1;
    this.valueStart = at;
    let dirty = false;
    for (let byte = bytes[at]; byte !== quote; byte = bytes[++at]) {
      if (byte === undefined) this.halt('a closing quotation mark');
      else if (byte === 0x26 || byte === 0x0a || byte === 0x0d || byte === 0x09) dirty = true;
      else if (byte === 0x3c || byte < 0x20) this.halt('no < and no control character in a value', at);
    }
    this.valueEnd = at;
    this.valueDirty = dirty;
    this.pos = at + 1;
    if (!binary && at - this.valueStart > this.limits.valueBytesMax) {
      throw new Halt(
        'limit',
        this.valueStart,
        `a value of at most ${this.limits.valueBytesMax} bytes`,
        `${at - this.valueStart} bytes`,
      );
    }
  }

  /**
   * Reads `="…"` where it is an integer from `min` to `max` of at most 15 digits and nothing else, without making a
   * string. NaN, and the cursor where it was, for anything else.
   */
  shortInteger(min: number, max: number): number {
    const { bytes, pos } = this;
    const quote = bytes[pos + 1];
    if (bytes[pos] !== 0x3d || (quote !== 0x22 && quote !== 0x27)) return Number.NaN;
    const negative = bytes[pos + 2] === 0x2d;
    const first = negative ? pos + 3 : pos + 2;
    let at = first;
    let value = 0;
    for (let digit = digitAt(bytes, at); digit >= 0 && digit <= 9; digit = digitAt(bytes, at)) {
      value = value * 10 + digit;
      at += 1;
    }
    if (negative && value !== 0) value = -value;
    if (bytes[at] !== quote || at === first || at - first > 15 || value < min || value > max)
      return Number.NaN;
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

  private reference(): string {
    const start = this.pos;
    let end = start + 1;
    while (
      end < start + 4096 &&
      end < this.bytes.length &&
      this.bytes[end] !== 0x3b &&
      !isNameEnd(this.bytes[end])
    )
      end += 1;
    const text = this.bytes[end] === 0x3b ? referenced(this.slice(start + 1, end)) : undefined;
    if (text === undefined) {
      this.halt('a reference to a character, or one of &amp; &lt; &gt; &quot; &apos;', start);
    }
    this.pos = end + 1;
    return text;
  }

  /** Reads the `>` or `/>` that the cursor stands at. @returns true for `/>` */
  tagEnd(): boolean {
    const { bytes } = this;
    if (bytes[this.pos] === 0x3e) {
      this.pos += 1;
      return false;
    }
    if (bytes[this.pos] !== 0x2f || bytes[this.pos + 1] !== 0x3e) this.halt('/>');
    this.pos += 2;
    return true;
  }

  /** Reads the end tag of the element `name`. */
  endTag(name: string): void {
    const start = this.pos;
    this.pos += 2;
    if (this.name() !== name) this.halt(`</${name}>`, start);
    this.space();
    if (this.bytes[this.pos] !== 0x3e) this.halt('>');
    this.pos += 1;
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
    return new TextDecoder().decode(this.bytes.subarray(offset, offset + 24));
  }

  /** True where the ASCII text stands at the cursor. */
  startsWith(ascii: string): boolean {
    for (let i = 0; i < ascii.length; i++) {
      if (this.bytes[this.pos + i] !== ascii.charCodeAt(i)) return false;
    }
    return true;
  }

  private find(ascii: string, from: number, expected: string): number {
    const first = ascii.charCodeAt(0);
    for (let at = this.bytes.indexOf(first, from); at >= 0; at = this.bytes.indexOf(first, at + 1)) {
      let matched = 1;
      while (matched < ascii.length && this.bytes[at + matched] === ascii.charCodeAt(matched)) matched += 1;
      if (matched === ascii.length) return at;
    }
    return this.halt(expected);
  }

  private checkCharacters(start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const byte = this.bytes[at] as number;
      if (byte < 0x20 && !isSpace(byte)) this.halt('characters of XML', at);
    }
  }
}

/** The digit that stands at an offset; something else than 0 to 9 where there is none. */
function digitAt(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) - 0x30;
}
