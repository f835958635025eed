/** @module The interfaces of signing: what a key is, who signs with one, and what a backend of Ed25519 must do. */

import type { Awaitable } from '../roles.ts';

/**
 * An Ed25519 public key. Backends import it once and remember the result by this object, so keep the object
 * as long as the key is in use and never change its bytes; `publicKey` makes one.
 */
export interface PublicKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** The same bytes in base64, 44 characters. */
  readonly text: string;
}

/**
 * Whoever signs for a participant. Implement it to keep the private key in an HSM, a KMS or a key store of the
 * operating system (rule 3).
 *
 * @example
 * ```ts
 * import type { Signer } from 'shapeshifter-uftp';
 *
 * function remoteSigner(publicKey: Uint8Array, url: string): Signer {
 *   return {
 *     publicKey,
 *     async sign(message) {
 *       const response = await fetch(url, { method: 'POST', body: message.slice() });
 *       if (!response.ok) throw new Error(`the key store answered ${response.status}`);
 *       return new Uint8Array(await response.arrayBuffer());
 *     },
 *   };
 * }
 * ```
 */
export interface Signer {
  /** 32 bytes; left out where the key store does not tell. */
  readonly publicKey?: Uint8Array;
  /** The 64 bytes of the Ed25519 signature (RFC 8032, not the pre-hashed form) over the whole message. */
  sign(message: Uint8Array): Awaitable<Uint8Array>;
}

/** One implementation of Ed25519. What it returns at once, it always returns at once. */
export interface Ed25519 {
  /** Such as `webcrypto`; for logs. */
  readonly name: string;
  /**
   * The bare equation of RFC 8032. Implementations differ in what they take, so it is only called behind the
   * checks of `verifyDetached`; a throw or a rejection counts as "not verified".
   */
  verify(publicKey: PublicKey, signature: Uint8Array, message: Uint8Array): Awaitable<boolean>;
  /** Imports a private key, given as its 32-byte seed, once. */
  signer(seed: Uint8Array): Awaitable<Required<Signer>>;
  /**
   * SHA-256 in lower-case hexadecimal, where the same library has one: WebCrypto's, which is taken otherwise, costs more to
   * ask than to compute.
   */
  sha256?(bytes: Uint8Array): string;
}
