import { createHash } from 'node:crypto';
import Module from 'node:module';
import { hashes, verify } from '@noble/ed25519';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { isRight, quickestEd25519 } from '../../runtime/seal/ed25519-sodium-node.ts';
import { assert, suite } from '../support/suite.ts';
import { absent, backends, readVectors, sodiumEd25519 } from './shared.ts';

const test = suite('seal: sodium');

/** The name of the backend that a copy of the module chooses, which has not chosen yet. */
async function chosen(copy: string): Promise<string> {
  const path = `../../runtime/seal/ed25519-sodium-node.ts?${copy}`;
  return ((await import(path)) as { quickestEd25519: typeof quickestEd25519 }).quickestEd25519().name;
}

if (sodiumEd25519 === undefined) test.skip('all', 'sodium-native has no binary for this machine');
else {
  const sodium = sodiumEd25519;

  test('Node takes sodium-native where it is installed, and chooses once', async () => {
    assert.is(quickestEd25519().name, 'sodium');
    assert.is(quickestEd25519(), quickestEd25519());
    assert.is(await chosen('installed'), 'sodium');
  });

  const vectors = readVectors();
  if (vectors === undefined) test.skip('what sodium-native takes of its own accord', absent);
  else
    test('sodium-native alone takes signatures that are too long, which the checks before it refuse', () => {
      const taken = vectors.filter(({ key, signature, message, holds }) => {
        const isWhole = key.length === 32 && signature.length >= 64; // else it throws
        return isWhole && sodium.verify({ bytes: key, text: '' }, signature, message) === true && !holds;
      });
      assert.ok(taken.length > 0);
      assert.ok(taken.every(({ signature }) => signature.length > 64));
    });
}

test('where sodium-native is not installed, Node takes node:crypto', async () => {
  const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const { _load: load } = loader;
  loader._load = (name, ...rest) => {
    if (name === 'sodium-native') throw new Error(`Cannot find module '${name}'`);
    return load(name, ...rest);
  };
  try {
    assert.is(await chosen('absent'), 'node');
  } finally {
    loader._load = load;
  }
});

test('a backend is right only if it signs and verifies as node:crypto does', async () => {
  const sync = backends.filter(({ name }) => name === 'node' || name === 'sodium');
  assert.equal(
    sync.map((backend) => isRight(backend)),
    sync.map(() => true),
  );
  const other = nodeEd25519.signer(new Uint8Array(32).fill(1));
  assert.is(isRight({ ...nodeEd25519, verify: () => true }), false);
  assert.is(isRight({ ...nodeEd25519, verify: () => false }), false);
  assert.is(isRight({ ...nodeEd25519, signer: () => other }), false);
});

test('SHA-256 of a backend that has one is that of WebCrypto', async () => {
  const hashing = backends.filter(({ sha256 }) => sha256 !== undefined);
  assert.ok(hashing.length > 0);
  for (const length of [0, 1, 55, 56, 64, 5000]) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const expected = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    for (const { name, sha256 } of hashing) assert.is(sha256?.(bytes), expected, `${name}, ${length} bytes`);
  }
});

test('a libsodium of the newer, cofactored rule would not be taken', () => {
  hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest());
  const newer = {
    ...nodeEd25519,
    verify: (key: { readonly bytes: Uint8Array }, signature: Uint8Array, message: Uint8Array): boolean =>
      verify(new Uint8Array(signature), new Uint8Array(message), new Uint8Array(key.bytes)),
  };
  assert.is(isRight(newer), false);
  const cofactorless = { ...newer, verify: nodeEd25519.verify };
  assert.is(isRight(cofactorless), true);
});
