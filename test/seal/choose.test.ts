import { portableEd25519 } from '../../runtime/seal/choose.ts';
import { nobleEd25519 } from '../../runtime/seal/ed25519-noble.ts';
import { knowsEd25519, webcryptoEd25519 } from '../../runtime/seal/ed25519-webcrypto.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('seal: choose');

/** A copy of the module that has not chosen yet. */
async function fresh(copy: string): Promise<typeof portableEd25519> {
  const path = `../../runtime/seal/choose.ts?${copy}`;
  return ((await import(path)) as { portableEd25519: typeof portableEd25519 }).portableEd25519;
}

/** Runs with a WebCrypto in which one function does something else. */
async function withSubtle(change: Partial<SubtleCrypto>, run: () => Promise<void>): Promise<void> {
  const { subtle } = crypto;
  const other = new Proxy(subtle, {
    get: (target, name) =>
      Reflect.get(change, name) ?? (Reflect.get(target, name) as () => void).bind(target),
  });
  Object.defineProperty(crypto, 'subtle', { value: other, configurable: true });
  try {
    await run();
  } finally {
    Reflect.deleteProperty(crypto, 'subtle');
  }
}

test('on Node it is WebCrypto, and the choice is made once', async () => {
  assert.is((await portableEd25519()).name, webcryptoEd25519.name);
  assert.is(portableEd25519(), portableEd25519());
});

test('where WebCrypto does not know Ed25519 it is noble', async () => {
  const importKey = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
  await withSubtle({ importKey }, async () => {
    assert.is(await knowsEd25519(), false);
    assert.is((await (await fresh('unknown'))()).name, nobleEd25519.name);
  });
  assert.is(await knowsEd25519(), true);
});

test('where WebCrypto finds a right signature wrong it is noble', async () => {
  await withSubtle({ verify: () => Promise.resolve(false) }, async () => {
    assert.is((await (await fresh('wrong'))()).name, nobleEd25519.name);
  });
});
