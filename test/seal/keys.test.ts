import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { encodeBase64 } from '../../runtime/codec/base64.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Signer } from '../../runtime/ports/signer.ts';
import { pkcs8OfSeed, spkiOfKey } from '../../runtime/seal/der.ts';
import { open, seal } from '../../runtime/seal/ed25519.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { formatCs1, generateKeys, importPrivateKey, importPublicKey } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { sizeOf } from '../api/size.ts';
import { assert, suite } from '../support/suite.ts';
import { backends, hex } from './shared.ts';

const test = suite('seal: keys');

// RFC 8410 section 10.3: one key, as PKCS8 without and with the public key (and an attribute), and as SPKI.
const pkcs8 = 'MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC';
const pkcs8WithPublic =
  'MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n' +
  'oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n' +
  'Z9w7lshQhqowtrbLDFw4rXAxZuE=';
const spki = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';

const seed = hex('d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842');
const key = hex('19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1');
const both = Uint8Array.of(...seed, ...key);
const box = hex('0b'.repeat(32));

const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: Buffer.from(seed).toString('base64url'),
  x: Buffer.from(key).toString('base64url'),
};
const { d: _, ...publicJwk } = jwk;
const { x: __, ...jwkWithoutPublic } = jwk;

function pem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

function importKey(format: 'pkcs8' | 'raw', bytes: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  return crypto.subtle.importKey(format, Buffer.from(bytes), 'Ed25519', extractable, [
    format === 'raw' ? 'verify' : 'sign',
  ]);
}

const privateForms = {
  'base64 of 64 bytes': encodeBase64(both),
  'base64 of 64 bytes with a line end': `${encodeBase64(both)}\n`,
  'base64 of a 32-byte seed': encodeBase64(seed),
  '64 bytes': both,
  '64 bytes in a Buffer': Buffer.from(both),
  'a 32-byte seed': seed,
  'PKCS8 as PEM': pem('PRIVATE KEY', pkcs8),
  'PKCS8 as PEM with line ends of Windows': pem('PRIVATE KEY', pkcs8).replaceAll('\n', '\r\n'),
  'PKCS8 with the public key as PEM': pem('PRIVATE KEY', pkcs8WithPublic),
  'PKCS8 as DER': Buffer.from(pkcs8, 'base64'),
  'PKCS8 with the public key as DER': Buffer.from(pkcs8WithPublic, 'base64'),
  'base64 of PKCS8': pkcs8,
  'a JWK': jwk,
  'a JWK without the public key': jwkWithoutPublic,
};

for (const [form, input] of Object.entries(privateForms)) {
  for (const backend of backends) {
    test(`a private key is taken as ${form} by ${backend.name}`, async () => {
      const signer = await importPrivateKey(input, backend);
      assert.equal(signer.publicKey, key);
      const opened = await open(nodeEd25519, [publicKey(key)], await seal(signer, Uint8Array.of(1)));
      assert.equal(opened?.payload, Uint8Array.of(1));
    });
  }
}

test('a private key is taken as a CryptoKey that may be exported, with its public key', async () => {
  const signer = await importPrivateKey(await importKey('pkcs8', pkcs8OfSeed(seed), true));
  assert.equal(signer.publicKey, key);
  assert.ok(await open(nodeEd25519, [publicKey(key)], await seal(signer, Uint8Array.of(1))));
});

test('a private key is taken as a CryptoKey that may not be exported, without its public key', async () => {
  const signer = await importPrivateKey(await importKey('pkcs8', pkcs8OfSeed(seed), false));
  assert.is(signer.publicKey, undefined);
  assert.ok(await open(nodeEd25519, [publicKey(key)], await seal(signer, Uint8Array.of(1))));
});

test('a signer of your own is taken as it is, with and without a public key of 32 bytes', async () => {
  const sign = (): Uint8Array => new Uint8Array(64);
  for (const own of [{ sign }, { sign, publicKey: key }] satisfies Signer[]) {
    assert.is(await importPrivateKey(own), own);
  }
  await refuses(importPrivateKey({ sign, publicKey: both }), '64 bytes');
});

test('a private key is taken without naming a backend', async () => {
  assert.equal((await importPrivateKey(encodeBase64(both))).publicKey, key);
});

for (const [form, input] of [
  ['base64 of 64 bytes', encodeBase64(Uint8Array.of(...seed, ...box))],
  ['64 bytes', Uint8Array.of(...seed, ...box)],
  ['a JWK', { ...jwk, x: Buffer.from(box).toString('base64url') }],
  ['PKCS8', Buffer.concat([Buffer.from(pkcs8WithPublic, 'base64').subarray(0, -1), Buffer.from([0])])],
] as const) {
  test(`a private key as ${form} of which the public half does not belong to the seed is refused and said so`, async () => {
    await refuses(importPrivateKey(input, nodeEd25519), 'public half of the private key does not belong');
  });
}

for (const input of [Buffer.from(both), Buffer.from(seed), Buffer.from(pkcs8, 'base64')]) {
  test(`a private key of ${input.length} bytes may be wiped as soon as it was handed over`, async () => {
    const signer = importPrivateKey(input);
    input.fill(0);
    assert.equal((await signer).publicKey, key);
  });
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const x25519 = generateKeyPairSync('x25519').privateKey;
const locked = createPrivateKey(pem('PRIVATE KEY', pkcs8)).export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: 'secret',
});

for (const [why, input, says] of [
  ['nothing', undefined, 'nothing is no'],
  ['null', null, 'nothing is no'],
  ['a number', 1, 'a number is no'],
  ['the empty text', '', 'base64 text of 0 bytes'],
  [
    'text that is no base64',
    `${encodeBase64(both).slice(0, -2)}`,
    'text of 86 characters that is not base64',
  ],
  ['text of 31 bytes', encodeBase64(seed.slice(1)), 'base64 text of 31 bytes'],
  ['text of 96 bytes', encodeBase64(Uint8Array.of(...both, ...key)), 'base64 text of 96 bytes'],
  ['63 bytes', both.slice(1), 'an array of 63 bytes'],
  ['a public key as PEM', pem('PUBLIC KEY', spki), 'PEM text with "PUBLIC KEY"'],
  ['PEM with a password', locked, 'PEM text with "ENCRYPTED PRIVATE KEY"'],
  [
    'PEM that ends as something else',
    pem('PRIVATE KEY', pkcs8).replace('END PRIVATE', 'END PUBLIC'),
    'PEM text',
  ],
  ['PKCS8 in PEM with another label', pem('EC PRIVATE KEY', pkcs8), 'PEM text with "EC PRIVATE KEY"'],
  ['PEM of RSA', rsa.export({ format: 'pem', type: 'pkcs8' }), 'PEM text with "PRIVATE KEY"'],
  [
    'PKCS8 of X25519',
    new Uint8Array(x25519.export({ format: 'der', type: 'pkcs8' })),
    'an array of 48 bytes',
  ],
  ['PKCS8 cut off', pkcs8OfSeed(seed).slice(0, -1), 'an array of 47 bytes'],
  ['PKCS8 with more behind', Uint8Array.of(...pkcs8OfSeed(seed), 0), 'an array of 49 bytes'],
  [
    'PKCS8 with more inside',
    Uint8Array.of(0x30, 47, ...pkcs8OfSeed(seed).slice(2, 13), 35, 4, 32, ...seed, 0),
    'an array of 49 bytes',
  ],
  ['a public JWK', publicJwk, 'a JWK of another kind, or incomplete,'],
  ['a JWK of X25519', { ...jwk, crv: 'X25519' }, 'a JWK of another kind'],
  ['a JWK with a short d', { ...jwk, d: jwk.d.slice(2) }, 'a JWK of another kind, or incomplete,'],
  ['a JWK with a padded d', { ...jwk, d: `${jwk.d}=` }, 'a JWK of another kind, or incomplete,'],
  ['a JWK with a short x', { ...jwk, x: 'AA' }, 'a JWK of another kind, or incomplete,'],
  ['an empty object', {}, 'an object is no'],
] as const) {
  test(`as a private key, ${why} is refused, and the error tells what it was but none of it`, async () => {
    const text = await refuses(importPrivateKey(input as string), says);
    assert.match(text, /base64 of 64 bytes .* PKCS8 .* JWK .* CryptoKey .* signer/);
    for (const secret of [encodeBase64(both), jwk.d, Buffer.from(seed).toString('hex')]) {
      for (let index = 0; index + 8 <= secret.length; index += 1) {
        assert.not.ok(text.includes(secret.slice(index, index + 8)), 'eight characters of the key');
      }
    }
  });
}

const publicForms = {
  'base64 of 32 bytes': encodeBase64(key),
  'base64 between white space': ` ${encodeBase64(key)}\n`,
  'cs1. text of the signing key alone': `cs1.${encodeBase64(key)}`,
  'cs1. text of both keys (rule 4)': `cs1.${encodeBase64(Uint8Array.of(...key, ...box))}`,
  '32 bytes': key,
  '32 bytes in a Buffer': Buffer.from(key),
  'SPKI as PEM': pem('PUBLIC KEY', spki),
  'SPKI as DER': spkiOfKey(key),
  'base64 of SPKI': spki,
  'a JWK': publicJwk,
};

for (const [form, input] of Object.entries(publicForms)) {
  test(`a public key is taken as ${form}`, async () => {
    const read = publicKey(input);
    assert.equal(read.bytes, key);
    assert.is(read.text, encodeBase64(key));
    assert.equal(await importPublicKey(input), read);
  });
}

test('a public key is taken as a CryptoKey', async () => {
  assert.equal((await importPublicKey(await importKey('raw', key, true))).bytes, key);
});

for (const [why, input, says] of [
  ['nothing', undefined, 'nothing is no'],
  ['the empty text', '', 'base64 text of 0 bytes'],
  ['a private key of 64 bytes', both, 'an array of 64 bytes'],
  ['base64 of a private key of 64 bytes', encodeBase64(both), 'base64 text of 64 bytes'],
  ['a private key as PKCS8', pkcs8, 'base64 text of 48 bytes'],
  ['a private key as PEM', pem('PRIVATE KEY', pkcs8), 'PEM text with "PRIVATE KEY"'],
  ['33 bytes', Uint8Array.of(...key, 0), 'an array of 33 bytes'],
  ['cs1. and 33 bytes', `cs1.${encodeBase64(Uint8Array.of(...key, 0))}`, 'cs1. and base64 text of 33 bytes'],
  ['cs1. in other letters', `CS1.${encodeBase64(key)}`, 'text of 48 characters that is not base64'],
  ['cs1. and no base64', 'cs1.!', 'text of 5 characters that is not cs1. and base64'],
  ['cs1. and two keys with a blank', `cs1.${encodeBase64(key)} ${encodeBase64(key)}`, 'not cs1. and base64'],
  ['a JWK without x', { kty: 'OKP', crv: 'Ed25519' }, 'a JWK of another kind, or incomplete,'],
] as const) {
  test(`as a public key, ${why} is refused`, async () => {
    const text = await refuses(importPublicKey(input as string), says);
    assert.match(text, /base64 of 32 bytes, `cs1.` text, SPKI .* JWK .* CryptoKey/);
  });
}

test('a CryptoKey of another kind or use is refused', async () => {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const mine = await importKey('pkcs8', pkcs8OfSeed(seed), true);
  const theirs = await importKey('raw', key, true);
  await refuses(importPrivateKey(pair.privateKey), 'a CryptoKey of another kind');
  await refuses(importPrivateKey(theirs), 'a CryptoKey of another kind');
  await refuses(importPublicKey(pair.publicKey), 'a CryptoKey of another kind');
  await refuses(importPublicKey(mine), 'a CryptoKey of another kind');
});

test('a public key holds a copy, so that changing what it was made of does not change it', () => {
  for (const source of [new Uint8Array(key), Buffer.from(key), Buffer.from(spkiOfKey(key))]) {
    const read = publicKey(source);
    source.fill(0);
    assert.equal(read.bytes, key);
  }
});

test('cs1. text holds both keys where the second is known (rule 4), else the signing key alone', () => {
  assert.is(formatCs1(publicKey(key)), `cs1.${encodeBase64(key)}`);
  assert.is(formatCs1(publicKey(key), box), `cs1.${encodeBase64(Uint8Array.of(...key, ...box))}`);
  assert.throws(
    () => formatCs1(publicKey(key), both),
    (error: unknown) => error instanceof RangeError,
  );
});

for (const backend of [undefined, ...backends]) {
  test(`keys that are generated ${backend ? `by ${backend.name}` : 'by default'} fit each other and are new`, async () => {
    const made = await generateKeys(backend);
    const signer = await importPrivateKey(made.privateKey);
    assert.is(Buffer.from(made.privateKey, 'base64').length, 64);
    assert.is(encodeBase64(signer.publicKey ?? new Uint8Array()), made.publicKey);
    assert.is(publicKey(made.cs1).text, made.publicKey);
    assert.is.not((await generateKeys(backend)).privateKey, made.privateKey);
  });
}

test('a service reads the rarer forms with a file that is loaded on demand', async () => {
  const { parts } = await sizeOf("export { createService } from 'shapeshifter-uftp';");
  const files = parts.filter(([file, bytes]) => bytes > 0 && file.startsWith('runtime/seal/'));
  const names = files.map(([file]) => file.slice('runtime/seal/'.length));
  assert.ok(names.includes('key-bytes.ts'), String(names));
  assert.equal(
    names.filter((name) => ['key-forms.ts', 'pkcs8.ts', 'public-key.ts', 'ed25519-noble.ts'].includes(name)),
    [],
  );
});

/** Expects a rejection with `key-invalid` whose text says so, and returns the text. */
async function refuses(outcome: Promise<unknown>, says: string): Promise<string> {
  const error = await outcome.then(
    () => assert.unreachable('it was taken'),
    (reason: unknown) => reason,
  );
  if (!isUftpError(error)) throw error;
  assert.is(error.code, 'key-invalid');
  assert.ok(error.text.includes(says), error.text);
  return error.text;
}
