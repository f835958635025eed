/** @module Grows a document, byte by byte: names, numbers and texts go in, UTF-8 comes out. */

import { isPlain } from './grammar.ts';
import type { Name } from './table.ts';

const utf8 = /*@__PURE__*/ new TextEncoder();

const quote = 0x22;
/** The longest memory that is kept between documents. */
const spareBytesMax = 64 * 1024;
/** One that has finished: its memory is used again, since making it anew for each document would cost as much as the writing. */
let spare: Writer | undefined;

/** A writer that has written nothing. */
export function openWriter(): Writer {
  const writer = spare ?? new Writer();
  spare = undefined;
  writer.length = 0;
  return writer;
}

/** What is written so far. */
export class Writer {
  #bytes = new Uint8Array(8 * 1024);
  /** The same memory, to write names by four bytes at once. */
  #words = new DataView(this.#bytes.buffer);
  /** Bytes so far; less takes the last ones back. */
  length = 0;

  /** What has been written. It ends the writing. */
  finish(): Uint8Array {
    if (this.#bytes.length <= spareBytesMax) spare = this;
    return this.#bytes.slice(0, this.length);
  }

  /** Writes a name with what stands around it. */
  name({ bytes, length, head, middle, tail }: Name): void {
    this.#reserve(length);
    const at = this.length;
    this.length = at + length;
    if (length < 4 || length > 12) {
      this.#bytes.set(bytes, at);
      return;
    }
    // Words that lie over one another agree where they do.
    const words = this.#words;
    words.setInt32(at, head, true);
    if (length > 8) words.setInt32(at + 4, middle, true);
    words.setInt32(at + length - 4, tail, true);
  }

  /** Writes text as it is. */
  raw(text: string): void {
    const { length } = text;
    this.#reserve(3 * length); // no UTF-16 unit takes more
    const to = this.#bytes;
    const start = this.length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.length = start + utf8.encodeInto(text, to.subarray(start)).written;
        return;
      }
      to[start + i] = code;
    }
    this.length = start + length;
  }

  /** Writes an integer of at most 9 digits, and the quotation mark behind it. */
  integer(value: number): void {
    let rest = Math.abs(value) | 0;
    this.#reserve(11);
    const to = this.#bytes;
    let end = this.length;
    if (value < 0) to[end++] = 0x2d;
    for (let least = 10; least <= rest; least *= 10) end += 1;
    to[end + 1] = quote;
    this.length = end + 2;
    do {
      const next = (rest / 10) | 0;
      to[end--] = 0x30 + rest - next * 10;
      rest = next;
    } while (rest > 0);
  }

  /** Writes text as the value of an attribute, and the quotation mark behind it. */
  value(text: string): void {
    const { length } = text;
    this.#reserve(length + 1);
    const to = this.#bytes;
    const start = this.length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (!isPlain(code) || code === 0x3e || code === quote) {
        this.raw(`${escaped(text)}"`);
        return;
      }
      to[start + i] = code;
    }
    to[start + length] = quote;
    this.length = start + length + 1;
  }

  #reserve(length: number): void {
    const { length: now } = this.#bytes;
    if (this.length + length <= now) return;
    const grown = new Uint8Array(2 * now + length);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#words = new DataView(grown.buffer);
  }
}
/** Quotation marks, and the white space that attribute values would otherwise turn into blanks. */
const special: ReadonlyMap<string, string> = /*@__PURE__*/ new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);

function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (char) => special.get(char) ?? char);
}
