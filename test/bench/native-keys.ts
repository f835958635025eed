/** @module Keys for what is measured without this library: base64 text in, keys of node:crypto out. */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { pkcs8OfSeed, spkiOfKey } from '../../runtime/seal/der.ts';

/** Imports a private key of 64 bytes and a public one of 32, each in base64. */
export function keyObjects(
  privateKey: string,
  publicKey: string,
): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const seed = Buffer.from(privateKey, 'base64').subarray(0, 32);
  const pkcs8 = Buffer.from(pkcs8OfSeed(seed));
  const spki = Buffer.from(spkiOfKey(Buffer.from(publicKey, 'base64')));
  return {
    privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  };
}
