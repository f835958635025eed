/** @module Keys: any of the forms in which people keep them in, a signer or a public key out; and new ones. */

import { decodeBase64Url, encodeBase64 } from '../codec/base64.ts';
import { UftpError } from '../errors.ts';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import { portableEd25519 } from './choose.ts';
import { signWith } from './ed25519-webcrypto.ts';
import { type PrivateKeyBytes, plainPrivateKey, plainPublicKey, publicKeyOf } from './key-bytes.ts';

/**
 * A key as JSON (RFC 7517, RFC 8037). Told apart from the global `JsonWebKey`, which not every project has types for; one
 * of those fits.
 */
export interface Jwk {
  /** `OKP`. */
  readonly kty?: string;
  /** `Ed25519`. */
  readonly crv?: string;
  /** The public key: base64url of 32 bytes. */
  readonly x?: string;
  /** Of a private key, its seed: base64url of 32 bytes. */
  readonly d?: string;
  /** Not looked at. */
  readonly kid?: string;
  /** Not looked at. */
  readonly alg?: string;
  /** Not looked at. */
  readonly use?: string;
  /** Not looked at. */
  readonly key_ops?: readonly string[];
  /** Not looked at. */
  readonly ext?: boolean;
}

/** What is asked of a `CryptoKey`, whose types not every project has. */
export interface WebCryptoKey {
  /** `private` or `public`. */
  readonly type: string;
  /** Its name is `Ed25519`. */
  readonly algorithm: { readonly name: string };
  /** What it may be used for, `sign` among it for a private key. */
  readonly usages: readonly string[];
  /** Whether its bytes can be had. */
  readonly extractable: boolean;
}

/**
 * A private key: base64 text of 64 bytes (NaCl: seed, then public key) or of a 32-byte seed; those bytes; PKCS8 without
 * a password as PEM text, DER bytes or base64 of them; a JWK; a `CryptoKey` that may sign; or a signer of your own.
 */
export type PrivateKeyInput = string | Uint8Array | Jwk | WebCryptoKey | Signer;

/**
 * A public key: base64 text of 32 bytes; `cs1.` text; those 32 bytes; SPKI as PEM text, DER bytes or base64 of them;
 * or a JWK. 64 bytes without `cs1.` are refused: they would be a private key.
 */
export type PublicKeyInput = string | Uint8Array | Jwk;

/**
 * Makes a signer of a private key, which is imported once. A public half beside the seed is checked against it; 32 bytes
 * are taken for a seed, and nothing can tell them from a public key. A signer is returned as it is. A `CryptoKey` signs by
 * WebCrypto whatever the backend, and its `publicKey` is absent unless the key may be exported.
 *
 * @param backend - default {@link portableEd25519}
 * @throws UftpError `key-invalid`, which tells what was given by form and length, never by content.
 *
 * @example
 * ```ts
 * import { generateKeys, importPrivateKey } from 'shapeshifter-uftp';
 *
 * const keys = await generateKeys();
 * const signer = await importPrivateKey(keys.privateKey);
 * const signature = await signer.sign(new TextEncoder().encode('hello')); // 64 bytes
 * ```
 */
export async function importPrivateKey(input: PrivateKeyInput, backend?: Ed25519): Promise<Signer> {
  if (isSigner(input)) {
    const { publicKey } = input;
    if (publicKey === undefined || publicKey.length === 32) return input;
    throw new UftpError('key-invalid', `a signer with a public key of ${publicKey.length} bytes, not 32`);
  }
  if (isCryptoKey(input)) return signerOfCryptoKey(input);
  const { seed, publicKey } = plainPrivateKey(input) ?? (await readPrivateKey(input));
  const signer = await (backend ?? (await portableEd25519())).signer(seed);
  if (publicKey !== undefined && encodeBase64(publicKey) !== encodeBase64(signer.publicKey)) {
    throw new UftpError('key-invalid', 'the public half of the private key does not belong to its seed');
  }
  return signer;
}

/**
 * Reads a public key that may also be a `CryptoKey`; else as `publicKey` of `public-key.ts`.
 *
 * @throws UftpError `key-invalid`, as a rejection.
 */
export async function importPublicKey(input: PublicKeyInput | WebCryptoKey): Promise<PublicKey> {
  const plain = plainPublicKey(input);
  if (plain !== undefined) return publicKeyOf(plain);
  const { invalid, publicForms, readPublicKey } = await keyForms();
  if (!isCryptoKey(input)) return publicKeyOf(readPublicKey(input));
  if (input.algorithm.name !== 'Ed25519' || input.type !== 'public' || !input.extractable) {
    throw invalid(input, publicForms);
  }
  return publicKeyOf(new Uint8Array(await crypto.subtle.exportKey('raw', input as CryptoKey)));
}

/**
 * The `cs1.` text under which a key is published in DNS (rule 4). With a key for encryption it is
 * `cs1.` and base64 of both, 64 bytes, as the rule says; without one it is `cs1.` and base64 of the 32 bytes of the
 * signing key alone, since UFTP encrypts nothing. The Python library and this one read both.
 *
 * @param boxPublicKey - 32 bytes, X25519
 * @throws RangeError when the key for encryption is not 32 bytes.
 */
export function formatCs1(signingKey: PublicKey, boxPublicKey?: Uint8Array): string {
  if (boxPublicKey === undefined) return `cs1.${signingKey.text}`;
  if (boxPublicKey.length !== 32) {
    throw new RangeError(`a public key for encryption has 32 bytes, not ${boxPublicKey.length}`);
  }
  return `cs1.${encodeBase64(Uint8Array.of(...signingKey.bytes, ...boxPublicKey))}`;
}

/** A new pair of keys as text. */
export interface KeyTexts {
  /** Base64 of 64 bytes, seed and public key: what the Java and Python libraries take. Keep it secret. */
  readonly privateKey: string;
  /** Base64 of 32 bytes. */
  readonly publicKey: string;
  /** The public key as {@link formatCs1} writes it without a key for encryption. */
  readonly cs1: string;
}

/**
 * Makes a new pair of keys; the randomness is that of `crypto.getRandomValues`.
 *
 * @param backend - default {@link portableEd25519}
 */
export async function generateKeys(backend?: Ed25519): Promise<KeyTexts> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const signer = await (backend ?? (await portableEd25519())).signer(seed);
  const key = publicKeyOf(signer.publicKey);
  return {
    privateKey: encodeBase64(Uint8Array.of(...seed, ...key.bytes)),
    publicKey: key.text,
    cs1: formatCs1(key),
  };
}

function isSigner(input: unknown): input is Signer {
  return typeof input === 'object' && input !== null && 'sign' in input && typeof input.sign === 'function';
}

/** By its shape: not every runtime has the class as a global, and copies of it differ. */
function isCryptoKey(input: unknown): input is WebCryptoKey {
  return (
    typeof input === 'object' &&
    input !== null &&
    'type' in input &&
    'algorithm' in input &&
    'usages' in input
  );
}

async function signerOfCryptoKey(input: WebCryptoKey): Promise<Signer> {
  const key = input as CryptoKey;
  if (key.algorithm.name !== 'Ed25519' || !key.usages.includes('sign')) {
    const { invalid, privateForms } = await keyForms();
    throw invalid(key, privateForms);
  }
  const sign = signWith(key);
  if (!key.extractable) return { sign };
  const publicKey = decodeBase64Url((await crypto.subtle.exportKey('jwk', key)).x ?? '');
  return publicKey === undefined ? { sign } : { publicKey, sign };
}

/** Takes a copy before it waits: the caller may wipe its bytes. */
async function readPrivateKey(input: unknown): Promise<PrivateKeyBytes> {
  const given = input instanceof Uint8Array ? new Uint8Array(input) : input;
  return (await keyForms()).readPrivateKey(given);
}

/** Loaded on demand: a bundler can leave PEM, DER, JWK and what is said of a wrong key in a file of their own. */
function keyForms(): Promise<typeof import('./key-forms.ts')> {
  return import('./key-forms.ts');
}
