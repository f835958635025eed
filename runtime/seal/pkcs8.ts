/** @module Reads the PKCS8 document of an Ed25519 private key, as whatever wrote it (RFC 8410): DER in, key bytes out. */

import { algorithm } from './der.ts';

/** What a PKCS8 document holds, copied. */
export interface Pkcs8 {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes; only some writers add it. */
  readonly publicKey?: Uint8Array;
}

/** Reads the PKCS8 document of an Ed25519 private key, with or without the public one; `undefined` where it is none. */
export function readPkcs8(der: Uint8Array): Pkcs8 | undefined {
  const document = readElement(der, sequence);
  if (document === undefined || document.rest.length > 0) return undefined;
  const version = readElement(document.content, integer);
  if (version === undefined || version.content.length !== 1) return undefined;
  if (!algorithm.every((byte, index) => byte === version.rest[index])) return undefined;
  const outer = readElement(version.rest.subarray(algorithm.length), octets);
  const inner = outer && readElement(outer.content, octets);
  if (inner?.content.length !== 32 || inner.rest.length > 0) return undefined;
  const seed = new Uint8Array(inner.content);

  let rest = outer?.rest ?? none;
  const attributes = readElement(rest, attributesTag);
  if (attributes !== undefined) rest = attributes.rest;
  if (rest.length === 0) return { seed };
  // A bit string: its first byte counts the bits that are unused, here none.
  const key = readElement(rest, publicKeyTag);
  if (key?.content.length !== 33 || key.content[0] !== 0 || key.rest.length > 0) return undefined;
  return { seed, publicKey: new Uint8Array(key.content.subarray(1)) };
}

const integer = 0x02;
const octets = 0x04;
const sequence = 0x30;
const attributesTag = 0xa0;
const publicKeyTag = 0x81;
const none = /*@__PURE__*/ new Uint8Array(0);

/** Splits off the element at the start. Lengths to 255 suffice: a longer document is no Ed25519 key without extras. */
function readElement(der: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } | undefined {
  const short = der[1] ?? 0xff;
  const [head, length] = short < 0x80 ? [2, short] : short === 0x81 ? [3, der[2] ?? 0] : [0, 0];
  if (der[0] !== tag || head === 0 || der.length < head + length) return undefined;
  return { content: der.subarray(head, head + length), rest: der.subarray(head + length) };
}
