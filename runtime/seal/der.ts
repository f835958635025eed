/** @module The DER documents of Ed25519 keys as this library writes them (RFC 8410): a seed to PKCS8, a key to SPKI and back. */

/** Reads the 32 bytes of the key from the SPKI document of an Ed25519 public key; `undefined` where it is none. */
export function readSpki(der: Uint8Array): Uint8Array | undefined {
  return der.length === spkiHead.length + 32 && spkiHead.every((byte, index) => byte === der[index])
    ? new Uint8Array(der.subarray(spkiHead.length))
    : undefined;
}

/** The PKCS8 document of a 32-byte seed, 48 bytes. */
export function pkcs8OfSeed(seed: Uint8Array): Uint8Array {
  return Uint8Array.of(...pkcs8Head, ...seed);
}

/** The SPKI document of a 32-byte public key, 44 bytes. */
export function spkiOfKey(key: Uint8Array): Uint8Array {
  return Uint8Array.of(...spkiHead, ...key);
}

/** A sequence of nothing but the object identifier 1.3.101.112, Ed25519. */
export const algorithm: readonly number[] = [0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70];
const pkcs8Head = /*@__PURE__*/ [0x30, 46, 0x02, 1, 0].concat(algorithm, 0x04, 34, 0x04, 32);
const spkiHead = /*@__PURE__*/ [0x30, 42].concat(algorithm, 0x03, 33, 0);
