/** @module Ed25519 with one verdict on every runtime: a sealed message and keys in, the payload out, and back. */

import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import type { Awaitable } from '../roles.ts';

/** Length of an Ed25519 public key, and of the seed that a private key is made from. */
export const keyBytes = 32;
/** Length of an Ed25519 signature: R, then S, 32 bytes each. */
export const signatureBytes = 64;

/** What was inside a sealed message. */
export interface Opened {
  /** The bytes that the signature holds for, at least one; they share memory with the sealed message. */
  readonly payload: Uint8Array;
  /** The key under which it holds. */
  readonly key: PublicKey;
}

/**
 * Whether the signature holds, as released libsodium (up to 1.0.22) sees it. Backends differ over keys and signatures
 * that no honest signer makes; what they differ in is refused before they are asked. Anything thrown, by a backend or
 * over a malformed key, counts as "not verified". Returns at once where the backend does.
 */
export function verifyDetached(
  backend: Ed25519,
  key: PublicKey,
  signature: Uint8Array,
  message: Uint8Array,
): Awaitable<boolean> {
  if (!isAdmissible(key.bytes, signature)) return false;
  try {
    const verdict = backend.verify(key, signature, message);
    // Compared with true, so that nothing else that a foreign backend may give counts as a yes.
    if (verdict instanceof Promise) return verdict.then((holds) => holds === true).catch(() => false);
    return verdict === true;
  } catch {
    return false;
  }
}

/**
 * Opens a sealed message (libsodium's combined mode, rule 6: 64 bytes of signature, then the payload) with the first of
 * the keys under which the signature holds; during a rotation a sender has two (rule 17). `undefined` where none fits or
 * nothing follows the signature. Returns at once where the backend does; leave the bytes alone until it has answered.
 */
export function open(
  backend: Ed25519,
  keys: readonly PublicKey[],
  sealed: Uint8Array,
): Awaitable<Opened | undefined> {
  if (sealed.length <= signatureBytes) return undefined;
  const signature = sealed.subarray(0, signatureBytes);
  const payload = sealed.subarray(signatureBytes);
  const tryFrom = (index: number): Awaitable<Opened | undefined> => {
    const key = keys[index];
    if (key === undefined) return undefined;
    const next = (holds: boolean): Awaitable<Opened | undefined> =>
      holds ? { payload, key } : tryFrom(index + 1);
    const verdict = verifyDetached(backend, key, signature, payload);
    return verdict instanceof Promise ? verdict.then(next) : next(verdict);
  };
  return tryFrom(0);
}

/**
 * Seals a payload: 64 bytes of signature, then the payload. Returns at once where the signer does.
 *
 * @throws TypeError when the signer gives anything but 64 bytes (as a rejection where the signer is asynchronous).
 */
export function seal(signer: Signer, payload: Uint8Array): Awaitable<Uint8Array> {
  const signature = signer.sign(payload);
  return signature instanceof Promise
    ? signature.then((bytes) => combine(bytes, payload))
    : combine(signature, payload);
}

function combine(signature: Uint8Array, payload: Uint8Array): Uint8Array {
  if (!(signature instanceof Uint8Array) || signature.length !== signatureBytes) {
    throw new TypeError(`a signer must give the ${signatureBytes} bytes of an Ed25519 signature`);
  }
  const sealed = new Uint8Array(signatureBytes + payload.length);
  sealed.set(signature);
  sealed.set(payload, signatureBytes);
  return sealed;
}

/** The order of the base point, 2^252 + 27742317777372353535851937790883648493, little-endian. */
const order = /*@__PURE__*/ fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** The field's prime, 2^255 - 19, little-endian. */
const prime = /*@__PURE__*/ fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/**
 * The seven y that a point of small order may be written with, sign bit aside: 0, 1, the two of order 8, p - 1, and
 * the unreduced p and p + 1. Under such a key one signature holds for every message.
 */
const smallOrder: readonly Uint8Array[] = /*@__PURE__*/ [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(fromHex);

/** What libsodium looks at before it computes anything. Nothing here is secret, so the time it takes may tell. */
function isAdmissible(key: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== keyBytes || signature.length !== signatureBytes) return false;
  if (!isBelow(signature, keyBytes, order, 0xff) || !isBelow(key, 0, prime, 0x7f)) return false;
  return !smallOrder.some((point) => isPoint(key, point) || isPoint(signature, point));
}

/**
 * Compares two little-endian numbers of 32 bytes, the first one standing at `start`.
 *
 * @param top what counts of its topmost byte: without the highest bit, the sign of x, a point is its y
 */
function isBelow(bytes: Uint8Array, start: number, bound: Uint8Array, top: number): boolean {
  for (let index = keyBytes - 1, mask = top; index >= 0; index -= 1, mask = 0xff) {
    const difference = ((bytes[start + index] as number) & mask) - (bound[index] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** True where the bytes begin with a point of that y, of whatever sign. */
function isPoint(bytes: Uint8Array, y: Uint8Array): boolean {
  const last = keyBytes - 1;
  for (let index = 0; index < last; index += 1) if (bytes[index] !== y[index]) return false;
  return ((bytes[last] as number) & 0x7f) === y[last];
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}
