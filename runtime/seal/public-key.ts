/** @module Reads a public key at once: any of the forms that people keep one in, a public key out. */

import type { PublicKey } from '../ports/signer.ts';
import { publicKeyOf } from './key-bytes.ts';
import { readPublicKey } from './key-forms.ts';
import type { PublicKeyInput } from './keys.ts';

/**
 * Reads a public key. That its 32 bytes are a point of the curve is not asked here: under a key that is none, no
 * signature holds.
 *
 * @throws UftpError `key-invalid`, which tells what was given by form and length.
 *
 * @example
 * ```ts
 * import { publicKey } from 'shapeshifter-uftp';
 *
 * const key = publicKey('cs1.peHkqbZOjdBLE2mk7fh1gt0Z7jbDmCSGEn5injly9NU=');
 * console.log(key.text); // peHkqbZOjdBLE2mk7fh1gt0Z7jbDmCSGEn5injly9NU=
 * ```
 */
export function publicKey(input: PublicKeyInput): PublicKey {
  return publicKeyOf(readPublicKey(input));
}
