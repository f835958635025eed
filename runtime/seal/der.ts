/** @module The two DER documents that Ed25519 keys come in (RFC 8410): PKCS8 and SPKI to key bytes, and back. */

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
  if (!startsWith(version.rest, algorithm)) return undefined;
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

/** Reads the 32 bytes of the key from the SPKI document of an Ed25519 public key; `undefined` where it is none. */
export function readSpki(der: Uint8Array): Uint8Array | undefined {
  return der.length === spkiHead.length + 32 && startsWith(der, spkiHead)
    ? new Uint8Array(der.subarray(spkiHead.length))
    : undefined;
}

/** The PKCS8 document of a 32-byte seed, 48 bytes. */
export function pkcs8OfSeed(seed: Uint8Array): Uint8Array {
  return join(pkcs8Head, seed);
}

/** The SPKI document of a 32-byte public key, 44 bytes. */
export function spkiOfKey(key: Uint8Array): Uint8Array {
  return join(spkiHead, key);
}

const integer = 0x02;
const octets = 0x04;
const sequence = 0x30;
const attributesTag = 0xa0;
const publicKeyTag = 0x81;
const none = /*@__PURE__*/ new Uint8Array(0);
/** A sequence of nothing but the object identifier 1.3.101.112, Ed25519. */
const algorithm = /*@__PURE__*/ Uint8Array.of(0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70);
const pkcs8Head = /*@__PURE__*/ Uint8Array.of(
  sequence,
  46,
  integer,
  1,
  0,
  ...algorithm,
  octets,
  34,
  octets,
  32,
);
const spkiHead = /*@__PURE__*/ Uint8Array.of(sequence, 42, ...algorithm, 0x03, 33, 0);

/** Splits off the element at the start. Lengths to 255 suffice: a longer document is no Ed25519 key without extras. */
function readElement(der: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } | undefined {
  const short = der[1] ?? 0xff;
  const [head, length] = short < 0x80 ? [2, short] : short === 0x81 ? [3, der[2] ?? 0] : [0, 0];
  if (der[0] !== tag || head === 0 || der.length < head + length) return undefined;
  return { content: der.subarray(head, head + length), rest: der.subarray(head + length) };
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, index) => byte === bytes[index]);
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
