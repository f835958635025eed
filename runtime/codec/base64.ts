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
  const { length } = bytes;
  const characters = new Uint8Array(Math.ceil(length / 3) * 4);
  for (let from = 0, to = 0; from < length; from += 3, to += 4) {
    // Behind the last byte nothing is read, which counts as 0.
    const group = (at(bytes, from) << 16) | (at(bytes, from + 1) << 8) | at(bytes, from + 2);
    characters[to] = at(letters, group >> 18);
    characters[to + 1] = at(letters, (group >> 12) & 63);
    characters[to + 2] = at(letters, (group >> 6) & 63);
    characters[to + 3] = at(letters, group & 63);
  }
  characters.fill(pad, characters.length - ((3 - (length % 3)) % 3));
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
  table[pad] = 0;
  return table;
}

/** An element that is there, or need not be. */
function at(array: Uint8Array, index: number): number {
  return array[index] as number;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function decodeExact(characters: Uint8Array): Uint8Array | undefined {
  const { length } = characters;
  const first = characters.indexOf(pad);
  const padding = first < 0 ? 0 : length - first;
  // All of the padding stands behind the last letter.
  if (length % 4 !== 0 || padding > 2 || (at(characters, length - 1) === pad) !== padding > 0)
    return undefined;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let seen = 0;
  let group = 0;
  for (let from = 0, to = 0; from < length; from += 4, to += 3) {
    const a = at(values, at(characters, from));
    const b = at(values, at(characters, from + 1));
    const c = at(values, at(characters, from + 2));
    const d = at(values, at(characters, from + 3));
    seen |= a | b | c | d;
    group = (a << 18) | (b << 12) | (c << 6) | d;
    bytes[to] = group >> 16;
    bytes[to + 1] = group >> 8; // behind the end nothing is written
    bytes[to + 2] = group;
  }
  // The bits behind the last byte must be zero.
  return seen < foreign && (group & ((1 << (8 * padding)) - 1)) === 0 ? bytes : undefined;
}
