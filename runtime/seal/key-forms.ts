/** @module The forms that keys are written in: text, bytes or a JWK in, key bytes out, or an error that names the form. */

import { decodeBase64, decodeBase64Url } from '../codec/base64.ts';
import { UftpError } from '../errors.ts';
import { readPkcs8, readSpki } from './der.ts';

/** A private key as it was written down. */
export interface PrivateKeyBytes {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** The public half, 32 bytes, where it was written beside the seed; not compared with it yet. */
  readonly publicKey?: Uint8Array;
}

/**
 * Reads a private key: 64 bytes (seed, public key), a 32-byte seed or PKCS8, each as bytes or in base64; PKCS8 also as
 * PEM; a JWK.
 *
 * @throws UftpError `key-invalid`, which tells what was given by form and length, never by content.
 */
export function readPrivateKey(input: unknown): PrivateKeyBytes {
  if (typeof input === 'string') {
    const bytes = pemContent(input, 'PRIVATE KEY') ?? decodeBase64(input, { whiteSpace: true });
    if (bytes !== undefined) return privateKeyOfBytes(bytes, input);
  } else if (input instanceof Uint8Array) {
    return privateKeyOfBytes(input, input);
  } else if (isOkpJwk(input)) {
    const seed = jwkMember(input, 'd');
    if (seed !== undefined && input.x === undefined) return { seed };
    const publicKey = jwkMember(input, 'x');
    if (seed !== undefined && publicKey !== undefined) return { seed, publicKey };
  }
  throw invalid(input, privateForms);
}

/**
 * Reads the 32 bytes of a public key: as they are, in base64 or as `cs1.` text; SPKI as bytes, in base64 or as PEM; a JWK.
 *
 * @throws UftpError `key-invalid`, which tells what was given by form and length.
 */
export function readPublicKey(input: unknown): Uint8Array {
  if (typeof input === 'string') {
    const text = input.trim();
    if (text.startsWith('cs1.')) {
      // The second half, where it is there, is the key for encryption (rule 4), which UFTP makes no use of.
      const bytes = decodeBase64(text.slice('cs1.'.length));
      if (bytes?.length === 32 || bytes?.length === 64) return bytes.slice(0, 32);
    } else {
      const bytes = pemContent(text, 'PUBLIC KEY') ?? decodeBase64(text, { whiteSpace: true });
      if (bytes !== undefined) return publicKeyOfBytes(bytes, input);
    }
  } else if (input instanceof Uint8Array) {
    return publicKeyOfBytes(input, input);
  } else if (isOkpJwk(input)) {
    const bytes = jwkMember(input, 'x');
    if (bytes !== undefined) return bytes;
  }
  throw invalid(input, publicForms);
}

/** The error for a key that is in none of the forms. */
export function invalid(input: unknown, forms: string): UftpError {
  return new UftpError(
    'key-invalid',
    `${describe(input)} is no Ed25519 key that is understood; give ${forms}`,
  );
}

/** What is understood as a private key. */
export const privateForms: string =
  'base64 of 64 bytes (seed and public key) or of a 32-byte seed, PKCS8 (PEM or DER) without a password, ' +
  'a JWK (OKP, Ed25519, with d), a CryptoKey that may sign, or a signer';

/** What is understood as a public key. */
export const publicForms: string =
  'base64 of 32 bytes, `cs1.` text, SPKI (PEM or DER), a JWK (OKP, Ed25519, with x) or a CryptoKey that may verify';

function privateKeyOfBytes(bytes: Uint8Array, input: unknown): PrivateKeyBytes {
  if (bytes.length === 32) return { seed: copy(bytes) };
  if (bytes.length === 64) return { seed: copy(bytes.subarray(0, 32)), publicKey: copy(bytes.subarray(32)) };
  const document = readPkcs8(bytes);
  if (document === undefined) throw invalid(input, privateForms);
  return document;
}

function publicKeyOfBytes(bytes: Uint8Array, input: unknown): Uint8Array {
  if (bytes.length === 32) return copy(bytes);
  // 64 bytes without `cs1.` are a private key in the wrong place: nothing of them may be taken for public.
  const key = readSpki(bytes);
  if (key === undefined) throw invalid(input, publicForms);
  return key;
}

/** A copy that is no `Buffer`, whose `slice` would not copy. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

const pem = /^-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]{1,4096})-----END \1-----$/;

function pemContent(text: string, label: string): Uint8Array | undefined {
  const [, found, content] = pem.exec(text.trim()) ?? [];
  return found === label && content !== undefined ? decodeBase64(content, { whiteSpace: true }) : undefined;
}

type Jwk = Readonly<Record<string, unknown>>;

function isOkpJwk(input: unknown): input is Jwk {
  return isObject(input) && input.kty === 'OKP' && input.crv === 'Ed25519';
}

function jwkMember(jwk: Jwk, name: 'd' | 'x'): Uint8Array | undefined {
  const text = jwk[name];
  const bytes = typeof text === 'string' ? decodeBase64Url(text) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
}

function isObject(input: unknown): input is Jwk {
  return typeof input === 'object' && input !== null;
}

/** Tells what was given without telling any of it. */
function describe(input: unknown): string {
  if (input instanceof Uint8Array) return `an array of ${input.length} bytes`;
  if (typeof input === 'string') return describeText(input.trim());
  if (!isObject(input)) return input === undefined || input === null ? 'nothing' : `a ${typeof input}`;
  if ('kty' in input) return 'a JWK of another kind, or incomplete,';
  return 'type' in input && 'algorithm' in input ? 'a CryptoKey of another kind' : 'an object';
}

function describeText(text: string): string {
  const [, label] = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text) ?? [];
  if (label !== undefined) return `PEM text with "${label}"`;
  const prefix = text.startsWith('cs1.') ? 'cs1.' : '';
  const bytes = decodeBase64(text.slice(prefix.length), { whiteSpace: true });
  if (bytes === undefined)
    return `text of ${text.length} characters that is not ${prefix && 'cs1. and '}base64`;
  return `${prefix && 'cs1. and '}base64 text of ${bytes.length} bytes`;
}
