/** @module Base64 as RFC 4648 section 4 demands it, strictly: text in, bytes out, and back. */

import { isSpace } from './grammar.ts';

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
  return decodeExact(characters.filter((code) => !isSpace(code)));
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
    const group =
      ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number);
    characters[to] = letters[group >> 18] as number;
    characters[to + 1] = letters[(group >> 12) & 63] as number;
    characters[to + 2] = letters[(group >> 6) & 63] as number;
    characters[to + 3] = letters[group & 63] as number;
  }
  characters.fill(pad, characters.length - ((3 - (length % 3)) % 3));
  return ascii.decode(characters);
}

const utf8 = /*@__PURE__*/ new TextEncoder();
const ascii = /*@__PURE__*/ new TextDecoder();

const pad = 0x3d;
/** Marks what is no letter of the alphabet: a bit that no group of four letters has. */
const foreign = 1 << 24;
/** Marks padding likewise. */
const padded = 1 << 25;
const letters = /*@__PURE__*/ utf8.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const decodeGroups = /*@__PURE__*/ decoder();

function valuesOf(alphabet: Uint8Array, shift: number, padding: number): Int32Array {
  const table = new Int32Array(256).fill(foreign);
  alphabet.forEach((code, value) => {
    table[code] = value << shift;
  });
  table[pad] = padding;
  return table;
}

/** What newer engines have: several times as fast, and as strict as we are, except that it skips white space. */
interface Native {
  fromBase64?(text: string, options: { readonly lastChunkHandling: 'strict' }): Uint8Array;
}

function decodeExact(characters: Uint8Array): Uint8Array | undefined {
  const native = Uint8Array as Native;
  if (native.fromBase64 === undefined) return decodeGroups(characters);
  try {
    const bytes = native.fromBase64(ascii.decode(characters), { lastChunkHandling: 'strict' });
    // White space would make the text longer.
    return Math.ceil(bytes.length / 3) * 4 === characters.length ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the function that decodes where the engine cannot. Its tables are constants of the function around it: bundlers make
 * variables of those of a module, and what is looked up in them takes half as long again.
 */
function decoder(): (characters: Uint8Array) => Uint8Array | undefined {
  // The values of letters, where they stand in a group: one look-up for each letter, and nothing to shift.
  const first = valuesOf(letters, 18, foreign);
  const second = valuesOf(letters, 12, foreign);
  const third = valuesOf(letters, 6, padded);
  const fourth = valuesOf(letters, 0, padded);
  return (characters) => {
    const { length } = characters;
    if (length % 4 !== 0) return undefined;
    const padding = characters[length - 1] !== pad ? 0 : characters[length - 2] !== pad ? 1 : 2;
    const bytes = new Uint8Array((length / 4) * 3); // with room for the whole last group: writing behind the end is dear
    let seen = 0; // in all groups but the last
    let group = 0;
    for (let from = 0, to = 0; from < length; from += 4, to += 3) {
      seen |= group;
      group =
        (first[characters[from] as number] as number) |
        (second[characters[from + 1] as number] as number) |
        (third[characters[from + 2] as number] as number) |
        (fourth[characters[from + 3] as number] as number);
      bytes[to] = group >> 16;
      bytes[to + 1] = group >> 8;
      bytes[to + 2] = group;
    }
    // All of the padding stands behind the last letter, and the bits behind the last byte must be zero.
    const marks = seen < foreign ? group & (foreign | padded) : foreign;
    return marks === (padding > 0 ? padded : 0) && (group & ((1 << (8 * padding)) - 1)) === 0
      ? bytes.subarray(0, bytes.length - padding)
      : undefined;
  };
}
