/** @module The DER of an Ed25519 private key as this library writes it (RFC 8410): a seed in, its PKCS8 document out. */

/** A sequence of nothing but the object identifier 1.3.101.112, Ed25519. */
export const algorithm: readonly number[] = [0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70];
const head = /*@__PURE__*/ [0x30, 46, 0x02, 1, 0].concat(algorithm, 0x04, 34, 0x04, 32);

/** The PKCS8 document of a 32-byte seed, 48 bytes. */
export function pkcs8OfSeed(seed: Uint8Array): Uint8Array {
  return Uint8Array.of(...head, ...seed);
}
