/**
 * @module The forms of keys that UFTP itself uses, and keygen writes: bytes, base64 of them and `cs1.` text in, key bytes
 * out. All others are in `key-forms.ts`, which is loaded on demand.
 */

import { decodeBase64, encodeBase64 } from '../codec/base64.ts';
import type { PublicKey } from '../ports/signer.ts';

/** A private key as it was written down. */
export interface PrivateKeyBytes {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** The public half, 32 bytes, where it was written beside the seed; not compared with it yet. */
  readonly publicKey?: Uint8Array;
}

/** Reads 64 bytes (seed, public key) or a 32-byte seed, as bytes or in base64; `undefined` where it is another form. */
export function plainPrivateKey(input: unknown): PrivateKeyBytes | undefined {
  const bytes = bytesOf(input);
  if (bytes?.length === 32) return { seed: copy(bytes) };
  if (bytes?.length !== 64) return undefined;
  return { seed: copy(bytes.subarray(0, 32)), publicKey: copy(bytes.subarray(32)) };
}

/** Reads the 32 bytes of a public key, as bytes, in base64 or as `cs1.` text; `undefined` where it is another form. */
export function plainPublicKey(input: unknown): Uint8Array | undefined {
  const text = typeof input === 'string' ? input.trim() : '';
  if (text.startsWith('cs1.')) {
    // The second half, where it is there, is the key for encryption (rule 4), which UFTP makes no use of.
    const both = decodeBase64(text.slice('cs1.'.length));
    return both?.length === 32 || both?.length === 64 ? both.slice(0, 32) : undefined;
  }
  // 64 bytes without `cs1.` are a private key in the wrong place: nothing of them may be taken for public.
  const bytes = bytesOf(input);
  return bytes?.length === 32 ? copy(bytes) : undefined;
}

/** The public key of 32 bytes, which become its own. */
export function publicKeyOf(bytes: Uint8Array): PublicKey {
  return Object.freeze({ bytes, text: encodeBase64(bytes) });
}

function bytesOf(input: unknown): Uint8Array | undefined {
  if (typeof input === 'string') return decodeBase64(input, { whiteSpace: true });
  return input instanceof Uint8Array ? input : undefined;
}

/** A copy that is no `Buffer`, whose `slice` would not copy. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
