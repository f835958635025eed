/** @module All forms that keys are written in: text, bytes or a JWK in, key bytes out, or an error that names the form. */

import { decodeBase64, decodeBase64Url } from '../codec/base64.ts';
import { UftpError } from '../errors.ts';
import { readSpki } from './der.ts';
import { type PrivateKeyBytes, plainPrivateKey, plainPublicKey } from './key-bytes.ts';
import { readPkcs8 } from './pkcs8.ts';

/**
 * Reads a private key: 64 bytes (seed, public key), a 32-byte seed or PKCS8, each as bytes or in base64; PKCS8 also as
 * PEM; a JWK.
 *
 * @throws UftpError `key-invalid`, which tells what was given by form and length, never by content.
 */
export function readPrivateKey(input: unknown): PrivateKeyBytes {
  const key =
    plainPrivateKey(input) ?? privateKeyOfJwk(input) ?? readDocument(input, 'PRIVATE KEY', readPkcs8);
  if (key === undefined) throw invalid(input, privateForms);
  return key;
}

/**
 * Reads the 32 bytes of a public key: as they are, in base64 or as `cs1.` text; SPKI as bytes, in base64 or as PEM; a JWK.
 *
 * @throws UftpError `key-invalid`, which tells what was given by form and length.
 */
export function readPublicKey(input: unknown): Uint8Array {
  const jwk = isOkpJwk(input) ? jwkMember(input, 'x') : undefined;
  const key = plainPublicKey(input) ?? jwk ?? readDocument(input, 'PUBLIC KEY', readSpki);
  if (key === undefined) throw invalid(input, publicForms);
  return key;
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

const pem = /^-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]{1,4096})-----END \1-----$/;

/** Reads a DER document: its bytes, base64 of them, or PEM text with that label. */
function readDocument<Key>(input: unknown, label: string, read: (der: Uint8Array) => Key): Key | undefined {
  if (input instanceof Uint8Array) return read(input);
  if (typeof input !== 'string') return undefined;
  const der = pemContent(input, label) ?? decodeBase64(input, { whiteSpace: true });
  return der && read(der);
}

function pemContent(text: string, label: string): Uint8Array | undefined {
  const [, found, content] = pem.exec(text.trim()) ?? [];
  return found === label && content !== undefined ? decodeBase64(content, { whiteSpace: true }) : undefined;
}

type Jwk = Readonly<Record<string, unknown>>;

function privateKeyOfJwk(input: unknown): PrivateKeyBytes | undefined {
  const seed = isOkpJwk(input) ? jwkMember(input, 'd') : undefined;
  if (!isOkpJwk(input) || seed === undefined) return undefined;
  const publicKey = jwkMember(input, 'x');
  if (publicKey === undefined) return input.x === undefined ? { seed } : undefined;
  return { seed, publicKey };
}

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
