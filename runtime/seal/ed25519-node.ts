/** @module The Ed25519 backend by node:crypto, synchronous; an adapter for Node, Bun and Deno. */

import nodeCrypto, {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import { pkcs8OfSeed } from './der.ts';
import { readSpki, spkiOfKey } from './spki.ts';

/** Ed25519 by `node:crypto`. With the key imported before, verifying takes half the time. */
export const nodeEd25519: Ed25519 = {
  name: 'node',

  verify(publicKey: PublicKey, signature: Uint8Array, message: Uint8Array): boolean {
    return verify(null, message, imported(publicKey), signature);
  },

  signer(seed: Uint8Array): Required<Signer> {
    const key = createPrivateKey({ key: Buffer.from(pkcs8OfSeed(seed)), format: 'der', type: 'pkcs8' });
    const publicKey = readSpki(createPublicKey(key).export({ format: 'der', type: 'spki' }));
    if (publicKey === undefined)
      throw new TypeError('node:crypto did not tell the public key of a private key');
    return { publicKey, sign: (message) => new Uint8Array(sign(null, message, key)) };
  },

  sha256: nodeSha256,
};

/** Makes no stream for each hash; not every runtime has it. */
const { hash }: Partial<typeof nodeCrypto> = nodeCrypto;

/** SHA-256 by `node:crypto`, in lower-case hexadecimal. */
export function nodeSha256(bytes: Uint8Array): string {
  if (hash !== undefined) return hash('sha256', bytes, 'hex');
  return createHash('sha256').update(bytes).digest('hex');
}

/** Keys that were imported before. */
const keys = /*@__PURE__*/ new WeakMap<PublicKey, KeyObject>();

function imported(publicKey: PublicKey): KeyObject {
  const known = keys.get(publicKey);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.from(spkiOfKey(publicKey.bytes)), format: 'der', type: 'spki' });
  keys.set(publicKey, key);
  return key;
}
