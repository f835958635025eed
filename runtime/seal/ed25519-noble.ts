/** @module The Ed25519 backend in plain TypeScript, for runtimes whose WebCrypto lacks it; slow (2 ms to verify). */

import { etc, getPublicKeyAsync, Point, signAsync } from '@noble/ed25519';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';

/**
 * Ed25519 by \@noble/ed25519, asynchronous because SHA-512 comes from WebCrypto.
 * Its own `verify` multiplies by the cofactor and so takes more than libsodium does; this compares the bytes of
 * S·B - k·A with those of R instead.
 */
export const nobleEd25519: Ed25519 = {
  name: 'noble',

  async verify(publicKey: PublicKey, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
    const r = new Uint8Array(signature.subarray(0, 32));
    const s = toNumber(signature.subarray(32));
    const challenge = etc.concatBytes(r, publicKey.bytes, message);
    const a = pointOf(publicKey);
    const k = etc.mod(toNumber(await sha512(challenge)), Point.CURVE().n);
    // Nothing is secret here, so the faster multiplication that takes a varying time will do.
    const expected = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).toBytes();
    return expected.every((byte, index) => byte === r[index]);
  },

  async signer(seed: Uint8Array): Promise<Required<Signer>> {
    const secret = new Uint8Array(seed);
    return { publicKey: await getPublicKeyAsync(secret), sign: (message) => signAsync(message, secret) };
  },
};

/** Points that were decoded before: finding x takes a square root. */
const points = /*@__PURE__*/ new WeakMap<PublicKey, Point>();

function pointOf(key: PublicKey): Point {
  const known = points.get(key);
  if (known !== undefined) return known;
  const point = Point.fromBytes(key.bytes);
  points.set(key, point);
  return point;
}

async function sha512(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', bytes));
}

function toNumber(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${etc.bytesToHex(new Uint8Array(littleEndian).reverse())}`);
}
