/** @module The Ed25519 backend by WebCrypto, for runtimes that know the algorithm there, and the test for that. */

import { decodeBase64, decodeBase64Url } from '../codec/base64.ts';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import { pkcs8OfSeed } from './der.ts';

/** Ed25519 by `crypto.subtle`. Private keys are held as keys that cannot be exported. */
export const webcryptoEd25519: Ed25519 = {
  name: 'webcrypto',

  async verify(publicKey: PublicKey, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
    return crypto.subtle.verify('Ed25519', await imported(publicKey), view(signature), view(message));
  },

  async signer(seed: Uint8Array): Promise<Required<Signer>> {
    const pkcs8 = view(pkcs8OfSeed(seed));
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
    return { publicKey: await publicKeyOf(pkcs8), sign: signWith(key) };
  },
};

/** The `sign` of a signer that has its private key in a `CryptoKey`. */
export function signWith(key: CryptoKey): (message: Uint8Array) => Promise<Uint8Array> {
  return async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, view(message)));
}

/** Whether this runtime's WebCrypto imports keys of Ed25519 and finds the first signature of RFC 8032 (7.1) right. */
export async function knowsEd25519(): Promise<boolean> {
  const [seed, key, signature] = [
    'nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=',
    '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==',
  ].map((text) => view(decodeBase64(text) as Uint8Array)) as [Bytes, Bytes, Bytes];
  try {
    const { subtle } = crypto;
    await subtle.importKey('pkcs8', view(pkcs8OfSeed(seed)), 'Ed25519', false, ['sign']);
    const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', imported, signature, new Uint8Array(0));
  } catch {
    return false;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Keys that were imported before. */
const keys = /*@__PURE__*/ new WeakMap<PublicKey, CryptoKey>();

async function imported(publicKey: PublicKey): Promise<CryptoKey> {
  const known = keys.get(publicKey);
  if (known !== undefined) return known;
  const key = await crypto.subtle.importKey('raw', view(publicKey.bytes), 'Ed25519', false, ['verify']);
  keys.set(publicKey, key);
  return key;
}

/** WebCrypto derives no public keys, but a private key that may be exported as a JWK names its own. */
async function publicKeyOf(pkcs8: Bytes): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const bytes = decodeBase64Url((await crypto.subtle.exportKey('jwk', key)).x ?? '');
  if (bytes?.length !== 32) throw new TypeError('WebCrypto did not tell the public key of a private key');
  return bytes;
}

/** The types of WebCrypto leave out bytes in shared memory; given such, it throws. */
function view(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}
