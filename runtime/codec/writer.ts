/** @module Grows a document, byte by byte: names, numbers and texts go in, UTF-8 comes out. */

const utf8 = /*@__PURE__*/ new TextEncoder();

const quote = 0x22;
/** The longest memory that is kept between documents. */
const spareBytesMax = 64 * 1024;
/** Memory of a document that is finished: making it anew for each would cost as much as the writing. */
let spare: Uint8Array | undefined;

/** What is written so far. */
export class Writer {
  #bytes: Uint8Array;
  /** Bytes so far; less takes the last ones back. */
  length = 0;

  constructor() {
    this.#bytes = spare ?? new Uint8Array(8 * 1024);
    spare = undefined;
  }

  /** What has been written. It ends the writing. */
  finish(): Uint8Array {
    if (this.#bytes.length <= spareBytesMax) spare = this.#bytes;
    return this.#bytes.slice(0, this.length);
  }

  /** Writes one byte. */
  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  /** Writes bytes. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#reserve(length);
    const to = this.#bytes;
    let at = this.length;
    for (let i = 0; i < length; i++) to[at++] = bytes[i] as number;
    this.length = at;
  }

  /** Writes text as it is. */
  raw(text: string): void {
    this.bytes(utf8.encode(text));
  }

  /** Writes an integer, and the quotation mark behind it. */
  integer(value: number): void {
    let rest = Math.abs(value) | 0;
    if (rest >= 1e9 || (value !== rest && value !== -rest)) {
      this.value(String(value));
      return;
    }
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
      if (code < 0x20 || code > 0x7e || code === 0x26 || code === 0x3c || code === 0x3e || code === quote) {
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
