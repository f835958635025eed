import { decodeBase64, encodeBase64 } from '../../runtime/codec/base64.ts';
import type { Ed25519, PublicKey, Signer } from '../../runtime/ports/signer.ts';
import { open, seal, verifyDetached } from '../../runtime/seal/ed25519.ts';
import { importPrivateKey } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { assert, suite } from '../support/suite.ts';
import { absent, backends, hex, readGolden, readVectors } from './shared.ts';

const test = suite('seal: ed25519');

const vectors = readVectors();
const golden = readGolden();

/** A key that no check was made on. */
function keyOf(bytes: Uint8Array): PublicKey {
  return { bytes, text: encodeBase64(bytes) };
}

/** A backend that takes everything, so that only the checks before it refuse. */
const gullible: Ed25519 = {
  name: 'gullible',
  verify: () => true,
  signer: () => {
    throw new Error('not asked for');
  },
};

const payload = new TextEncoder().encode('<TestMessage/>');

for (const backend of backends) {
  if (vectors === undefined) test.skip(`${backend.name} gives libsodium's verdict`, absent);
  else {
    test(`${backend.name} gives libsodium's verdict on all ${vectors.length} vectors`, async () => {
      const differing: string[] = [];
      for (const { id, key, signature, message, holds } of vectors) {
        const verdict = await verifyDetached(backend, keyOf(key), signature, message);
        if (verdict !== holds) differing.push(id);
      }
      assert.equal(differing, []);
      assert.ok(vectors.length >= 417, 'none of the vectors is missing');
    });

    test(`${backend.name} gives the same verdicts on Buffers, twice under one key, and leaves them as they were`, async () => {
      for (const { id, holds, ...given } of vectors) {
        const key = keyOf(Buffer.from(given.key));
        const [signature, message] = [Buffer.from(given.signature), Buffer.from(given.message)];
        assert.is(await verifyDetached(backend, key, signature, message), holds, id);
        assert.is(await verifyDetached(backend, key, signature, message), holds, id);
        assert.equal(
          [key.bytes, signature, message].map((bytes) => new Uint8Array(bytes)),
          [given.key, given.signature, given.message],
          id,
        );
      }
    });
  }

  if (golden === undefined) test.skip(`${backend.name} opens and reproduces the golden messages`, absent);
  else {
    test(`${backend.name} opens all ${golden.length} golden messages and reproduces them byte for byte`, async () => {
      for (const message of golden) {
        const sealed = decodeBase64(message.body) ?? new Uint8Array();
        const opened = await open(backend, [publicKey(message.publicKey)], sealed);
        assert.ok(opened, message.name);
        assert.is(Buffer.compare(opened.payload, message.payload), 0, message.name);

        const signer = await importPrivateKey(message.privateKey, backend);
        assert.is(encodeBase64(await seal(signer, opened.payload)), message.body, message.name);
      }
    });
  }

  test(`${backend.name} refuses every message of which one bit was changed`, async () => {
    const signer = await backend.signer(hex('07'.repeat(32)));
    const keys = [publicKey(signer.publicKey)];
    const sealed = await seal(signer, payload);
    assert.equal((await open(backend, keys, sealed))?.payload, payload);
    for (let index = 0; index < sealed.length; index += 1) {
      const tampered = sealed.slice();
      tampered[index] = (tampered[index] ?? 0) ^ (1 << (index & 7));
      assert.is(await open(backend, keys, tampered), undefined, `byte ${index}`);
    }
    assert.is(await open(backend, keys, sealed.slice(0, -1)), undefined);
    assert.is(await open(backend, keys, Uint8Array.of(...sealed, 0)), undefined);
  });

  test(`${backend.name} signs the first vector of RFC 8032 as it stands there`, async () => {
    const signer = await backend.signer(
      hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
    );
    assert.equal(signer.publicKey, hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'));
    const signature = await signer.sign(new Uint8Array());
    assert.equal(
      signature,
      hex(
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
          '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ),
    );
  });

  test(`${backend.name} is not affected when the caller's seed is wiped afterwards`, async () => {
    const seed = hex('05'.repeat(32));
    const signer = await backend.signer(seed);
    const before = await signer.sign(payload);
    seed.fill(0);
    assert.equal(await signer.sign(payload), before);
  });
}

const good = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const p = `ed${'ff'.repeat(30)}7f`;
const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
const belowOrder = 'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
const zero = '00'.repeat(32);

for (const [why, key, r, s, admitted] of [
  ['everything is in order', good, good, belowOrder, true],
  ['the key has 31 bytes', good.slice(2), good, zero, false],
  ['the key has 33 bytes', `${good}00`, good, zero, false],
  ['the signature has 63 bytes', good, good, zero.slice(2), false],
  ['the signature has 65 bytes', good, good, `${zero}00`, false],
  ['S = L', good, good, order, false],
  ['S = L + 1', good, good, `ee${order.slice(2)}`, false],
  ['the highest bit of S is set', good, good, `${zero.slice(2)}80`, false],
  ['y of the key is p + 18, the largest', `${'ff'.repeat(31)}7f`, good, zero, false],
  ['y of the key is p + 2', `ef${p.slice(2)}`, good, zero, false],
  ['y of the key is p + 2 and x odd', `ef${'ff'.repeat(31)}`, good, zero, false],
  ['y of the key is p - 2, the largest of large order', `eb${p.slice(2)}`, good, zero, true],
  ['R is not reduced, which comparing bytes will tell', good, `ef${p.slice(2)}`, zero, true],
] as const) {
  test(`a backend is ${admitted ? 'asked' : 'not asked'} when ${why}`, () => {
    assert.is(verifyDetached(gullible, keyOf(hex(key)), hex(r + s), payload), admitted);
  });
}

for (const [name, y] of [
  ['0', zero],
  ['1', `01${zero.slice(2)}`],
  ['the first of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['the second of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['p - 1', `ec${p.slice(2)}`],
  ['p', p],
  ['p + 1', `ee${p.slice(2)}`],
] as const) {
  test(`the point of small order with y = ${name} is refused as a key and as R, with either sign of x`, () => {
    const odd = hex(y);
    odd[31] = (odd[31] ?? 0) | 0x80;
    for (const point of [hex(y), odd]) {
      const asKey = verifyDetached(gullible, keyOf(point), hex(good + zero), payload);
      const asR = verifyDetached(gullible, keyOf(hex(good)), Uint8Array.of(...point, ...hex(zero)), payload);
      assert.equal([asKey, asR], [false, false]);
    }
  });
}

test('a key of small order never verifies, whatever the backend: not even the identity with R = S·B', async () => {
  // Under the identity as key the equation is S·B = R: without the checks this would hold for every message.
  const identity = keyOf(hex(`01${zero.slice(2)}`));
  const one = `01${zero.slice(2)}`;
  const base = `58${'66'.repeat(31)}`;
  for (const backend of backends) {
    // Only libsodium looks at that itself.
    const alone = await backend.verify(identity, hex(base + one), payload);
    assert.is(alone, backend.name !== 'sodium', `${backend.name} alone`);
    assert.is(await verifyDetached(backend, identity, hex(base + one), payload), false, backend.name);
  }
});

test('a backend that throws, rejects or gives no boolean has not verified', async () => {
  const signature = hex(good + zero);
  const answers: (() => unknown)[] = [
    () => {
      throw new Error('broken');
    },
    () => Promise.reject(new Error('broken')),
    () => 1,
    () => Promise.resolve('yes'),
    () => undefined,
  ];
  for (const verify of answers) {
    const backend = { ...gullible, verify } as Ed25519;
    assert.is(await verifyDetached(backend, keyOf(hex(good)), signature, payload), false);
  }
});

test('a sealed message needs at least one byte after its signature', async () => {
  const sealed = hex(`${good}${zero}2a`);
  for (const length of [0, 1, 63, 64]) {
    const short = sealed.slice(0, length);
    assert.is(open(gullible, [keyOf(hex(good))], short), undefined, `${length} bytes`);
  }
  const opened = await open(gullible, [keyOf(hex(good))], sealed);
  assert.equal(opened?.payload, Uint8Array.of(0x2a));
});

for (const backend of backends) {
  test(`${backend.name} opens with whichever of several keys fits, and tells which (rule 17)`, async () => {
    const [old, current, other] = await Promise.all(
      ['01', '02', '03'].map((byte) => backend.signer(hex(byte.repeat(32)))),
    );
    assert.ok(old && current && other);
    const sealed = await seal(current, payload);
    const broken = keyOf(new Uint8Array(31));
    const [oldKey, currentKey, otherKey] = [old, current, other].map((signer) => publicKey(signer.publicKey));
    assert.ok(oldKey && currentKey && otherKey);
    for (const keys of [[currentKey], [oldKey, currentKey], [currentKey, oldKey], [broken, currentKey]]) {
      assert.is((await open(backend, keys, sealed))?.key, currentKey);
    }
    assert.is(await open(backend, [], sealed), undefined);
    assert.is(await open(backend, [oldKey, otherKey], sealed), undefined);
  });
}

test('the synchronous backend opens and seals at once', async () => {
  const [node] = backends;
  const signer = await node.signer(hex('09'.repeat(32)));
  const sealed = seal(signer, payload);
  assert.instance(sealed, Uint8Array);
  const opened = open(node, [keyOf(hex(good)), publicKey(signer.publicKey)], sealed as Uint8Array);
  assert.not.instance(opened, Promise);
  assert.equal((await opened)?.payload, payload);
});

test('what a signer gives must be 64 bytes', async () => {
  for (const given of [new Uint8Array(63), new Uint8Array(65), 'x'.repeat(64), undefined]) {
    const now = { sign: () => given } as unknown as Signer;
    const later = { sign: async () => given } as unknown as Signer;
    assert.throws(
      () => seal(now, payload),
      (error: unknown) => error instanceof TypeError,
    );
    const failure = await Promise.resolve(seal(later, payload)).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(failure, TypeError);
  }
});
