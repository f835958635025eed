/** @module Base64 as RFC 4648 section 4 demands it, strictly: text in, bytes out, and back. */

/** How {@link decodeBase64} reads. */
export interface Base64Options {
  /** Skip the white space of XML (blank, tab, line feed, carriage return) wherever it stands; default false. */
  readonly whiteSpace?: boolean;
}

/**
 * Reads base64, given as text or as its ASCII bytes; `undefined` where it is not exact: another alphabet, padding
 * missing, misplaced or too long, or bits set behind the last byte. So every value has one spelling, white space aside.
 */
export function decodeBase64(
  source: string | Uint8Array,
  options: Base64Options = {},
): Uint8Array | undefined {
  const characters = typeof source === 'string' ? utf8.encode(source) : source;
  const bytes = decodeExact(characters);
  // White space is rare, so only what fails without it pays for the second look.
  if (bytes !== undefined || options.whiteSpace !== true) return bytes;
  return decodeExact(characters.filter((code) => !isWhiteSpace(code)));
}

/** Reads the URL-safe alphabet without padding (RFC 4648 section 5), as in a JWK; just as strict. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (/[^A-Za-z0-9_-]/.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(standard + '='.repeat(-standard.length & 3));
}

/** Writes base64 with padding, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  const characters = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  const whole = bytes.length - (bytes.length % 3);
  let to = 0;
  for (let from = 0; from < whole; from += 3) {
    const group = (at(bytes, from) << 16) | (at(bytes, from + 1) << 8) | at(bytes, from + 2);
    characters[to++] = at(letters, group >> 18);
    characters[to++] = at(letters, (group >> 12) & 63);
    characters[to++] = at(letters, (group >> 6) & 63);
    characters[to++] = at(letters, group & 63);
  }
  if (whole < bytes.length) {
    const two = bytes.length - whole === 2;
    const group = (at(bytes, whole) << 16) | (two ? at(bytes, whole + 1) << 8 : 0);
    characters[to++] = at(letters, group >> 18);
    characters[to++] = at(letters, (group >> 12) & 63);
    characters[to++] = two ? at(letters, (group >> 6) & 63) : pad;
    characters[to] = pad;
  }
  return ascii.decode(characters);
}

const utf8 = /*@__PURE__*/ new TextEncoder();
const ascii = /*@__PURE__*/ new TextDecoder();

const pad = 0x3d;
/** Marks, in {@link values}, what is no letter of the alphabet: a bit that no value of 6 bits has. */
const foreign = 64;
const letters = /*@__PURE__*/ utf8.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const values = /*@__PURE__*/ valuesOf(letters);

function valuesOf(alphabet: Uint8Array): Uint8Array {
  const table = new Uint8Array(256).fill(foreign);
  alphabet.forEach((code, value) => {
    table[code] = value;
  });
  return table;
}

/** An element that is known to exist. */
function at(array: Uint8Array, index: number): number {
  return array[index] as number;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function decodeExact(characters: Uint8Array): Uint8Array | undefined {
  const { length } = characters;
  if (length % 4 !== 0) return undefined;
  if (length === 0) return new Uint8Array(0);
  const padding = at(characters, length - 1) !== pad ? 0 : at(characters, length - 2) !== pad ? 1 : 2;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  const whole = padding === 0 ? length : length - 4;
  let seen = 0;
  let to = 0;
  for (let from = 0; from < whole; from += 4) {
    const a = at(values, at(characters, from));
    const b = at(values, at(characters, from + 1));
    const c = at(values, at(characters, from + 2));
    const d = at(values, at(characters, from + 3));
    seen |= a | b | c | d;
    bytes[to++] = (a << 2) | (b >> 4);
    bytes[to++] = (b << 4) | (c >> 2);
    bytes[to++] = (c << 6) | d;
  }
  if (padding > 0) {
    const a = at(values, at(characters, whole));
    const b = at(values, at(characters, whole + 1));
    const c = padding === 1 ? at(values, at(characters, whole + 2)) : 0;
    seen |= a | b | c;
    // The bits behind the last byte must be zero.
    if (((padding === 1 ? c : b << 2) & (padding === 1 ? 0b11 : 0b111100)) !== 0) return undefined;
    bytes[to++] = (a << 2) | (b >> 4);
    if (padding === 1) bytes[to] = (b << 4) | (c >> 2);
  }
  return seen < foreign ? bytes : undefined;
}
