/** @module The Ed25519 backend by sodium-native, where the user has installed that package; an adapter for Node. */

import { createRequire } from 'node:module';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import { nodeEd25519, nodeSha256 } from './ed25519-node.ts';

/** What is used of `sodium-native`, which has no types. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
}

let quickest: Ed25519 | undefined;

/**
 * The quickest backend of this Node, found out once per process: libsodium where `sodium-native` is installed and gives
 * the verdicts that this library stands for, else `node:crypto`. Both answer at once: WebCrypto, which uses other threads,
 * costs more for each signature, however many are under way. Bun and Deno verify as fast or faster without libsodium.
 */
export function quickestEd25519(): Ed25519 {
  quickest ??= loadSodium() ?? nodeEd25519;
  return quickest;
}

/** Ed25519 by libsodium, if `sodium-native` is installed, loads, and proves right; else `undefined`. */
export function loadSodium(): Ed25519 | undefined {
  try {
    // Not imported, so that neither the compiler nor a bundler looks for a package that few have.
    const backend = sodiumEd25519(createRequire(import.meta.url)('sodium-native') as Sodium);
    return isRight(backend) ? backend : undefined;
  } catch {
    return undefined;
  }
}

function sodiumEd25519(sodium: Sodium): Ed25519 {
  return {
    name: 'sodium',

    verify(publicKey: PublicKey, signature: Uint8Array, message: Uint8Array): boolean {
      return sodium.crypto_sign_verify_detached(signature, message, publicKey.bytes);
    },

    signer(seed: Uint8Array): Required<Signer> {
      const [publicKey, secretKey] = [new Uint8Array(32), new Uint8Array(64)];
      sodium.crypto_sign_seed_keypair(publicKey, secretKey, new Uint8Array(seed));
      const sign = (message: Uint8Array): Uint8Array => {
        const signature = new Uint8Array(64);
        sodium.crypto_sign_detached(signature, message, secretKey);
        return signature;
      };
      return { publicKey, sign };
    },

    sha256: nodeSha256,
  };
}

/**
 * A message of which the signature holds only if both sides of the equation are multiplied by the cofactor, since its R
 * is no multiple of the base point. Libsodium to 1.0.22 refuses it, as we do; the one after it would not.
 */
const cofactored = {
  key: '87664923fad584490b7ab5f870f6db99d47645029feddf09ee52fb3a076da476',
  message: '55465450',
  signature:
    '5f881531fa97af0ab8da49fe83e6ed018c9c01205a4e625cc4da4304377e2319' +
    '14978196257f666ff47723f9bed0a63df64b7533d1923337048374e703909501',
};

/** Whether a backend agrees with node:crypto over a right signature, a wrong one, and what newer rules would take. */
export function isRight(backend: Ed25519): boolean {
  const message = new Uint8Array(100);
  const signer = nodeEd25519.signer(new Uint8Array(32)) as Required<Signer>;
  const signature = signer.sign(message) as Uint8Array;
  const own = backend.signer(new Uint8Array(32)) as Required<Signer>;
  const verify = (key: Uint8Array, by: Uint8Array, of: Uint8Array): unknown =>
    backend.verify({ bytes: key, text: '' }, by, of);
  return (
    verify(signer.publicKey, signature, message) === true &&
    verify(signer.publicKey, signature, message.subarray(1)) === false &&
    verify(...fromHex(cofactored.key, cofactored.signature, cofactored.message)) === false &&
    Buffer.compare(own.sign(message) as Uint8Array, signature) === 0
  );
}

function fromHex(...texts: [string, string, string]): [Uint8Array, Uint8Array, Uint8Array] {
  return texts.map((text) => new Uint8Array(Buffer.from(text, 'hex'))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
}
