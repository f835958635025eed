/** @module The SPKI document of an Ed25519 public key (RFC 8410): a key in, DER out, and back. */

import { algorithm } from './der.ts';

/** Reads the 32 bytes of the key from the SPKI document of an Ed25519 public key; `undefined` where it is none. */
export function readSpki(der: Uint8Array): Uint8Array | undefined {
  return der.length === head.length + 32 && head.every((byte, index) => byte === der[index])
    ? new Uint8Array(der.subarray(head.length))
    : undefined;
}

/** The SPKI document of a 32-byte public key, 44 bytes. */
export function spkiOfKey(key: Uint8Array): Uint8Array {
  return Uint8Array.of(...head, ...key);
}

const head = /*@__PURE__*/ [0x30, 42].concat(algorithm, 0x03, 33, 0);
