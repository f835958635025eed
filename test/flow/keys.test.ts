import { agr } from '../../generated/3.1.0/index.ts';
import type { PublicKey } from '../../runtime/ports/signer.ts';
import { accept } from '../../runtime/roles.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { spkiOfKey } from '../../runtime/seal/spki.ts';
import { gate, id, minute, openScene, parties, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { payload } from './drafts.ts';

const test = suite('flow: keys');

test('a look-up may give keys in any form, and each is imported once', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const used = new Set<PublicKey>();
  const verify: typeof nodeEd25519.verify = (key, ...rest) => {
    used.add(key);
    return nodeEd25519.verify(key, ...rest);
  };
  const service = await scene.join(agr, {
    handlers: { preProcessFlexRequest: () => accept() },
    ed25519: { ...nodeEd25519, verify },
  });
  const { text, bytes } = publicKey(scene.keys.get(id(parties.DSO)) as string);
  const x = Buffer.from(bytes).toString('base64url');
  const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spkiOfKey(bytes)).toString('base64')}\n-----END PUBLIC KEY-----`;
  for (const form of [bytes, spkiOfKey(bytes), { kty: 'OKP', crv: 'Ed25519', x }, text, [text], [bytes]]) {
    scene.keys.set(id(parties.DSO), form);
    for (const _ of [1, 2])
      assert.is((await service.receive(await outsider.seal(payload('FlexRequest')))).status, 200);
  }
  assert.is(used.size, 1, 'bytes, JWK and base64 are one key');
  scene.keys.set(id(parties.DSO), pem);
  for (const _ of [1, 2])
    assert.is((await service.receive(await outsider.seal(payload('FlexRequest')))).status, 200);
  assert.is(used.size, 2, 'another text is another key, once');
});

test('a look-up that gives what is no key is as one that fails', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { handlers: { preProcessFlexRequest: () => accept() } });
  scene.keys.set(id(parties.DSO), 'hello');
  const refused = await service.receive(await outsider.seal(payload('FlexRequest')));
  assert.is(refused.status, 419);
});

/** An AGR whose look-up has an old key of the DSO in its cache; the new one comes when it is let through. */
async function rotation() {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const stranger = await scene.outsider('AGR', 'stranger.example');
  const real = scene.keys.get(id(parties.DSO)) as string;
  const old = (await generateKeys(nodeEd25519)).publicKey;
  const look = { published: old, cached: old, fresh: 0, answer: gate() };
  const keys = async (_: unknown, { fresh = false } = {}): Promise<string> => {
    if (!fresh) return look.cached;
    look.fresh += 1;
    await look.answer.opened;
    look.cached = look.published;
    return look.cached;
  };
  const lookup = { endpoint: scene.lookup.endpoint, keys };
  const service = await scene.join(agr, { handlers: { preProcessFlexRequest: () => accept() }, lookup });
  const good = async () => (await service.receive(await outsider.seal(payload('FlexRequest')))).status;
  const forged = async () =>
    (await service.receive(await stranger.seal(payload('FlexRequest'), parties.DSO))).status;
  return { scene, look, real, good, forged };
}

test('messages that arrive together after a rotation are all taken, and the new key is looked up once', async () => {
  const { look, real, good, forged } = await rotation();
  look.published = real;
  const statuses = [forged(), ...Array.from({ length: 10 }, good)];
  await until(() => look.fresh > 0);
  look.answer.open();
  assert.equal(await Promise.all(statuses), [401, ...Array(10).fill(200)]);
  assert.is(look.fresh, 1);
});

test('a key that strangers keep us from looking up is unknown for a minute, which is temporary (rule 36)', async () => {
  const { scene, look, real, good, forged } = await rotation();
  look.answer.open();
  assert.is(await forged(), 401);
  look.published = real;
  assert.equal([await good(), await forged(), look.fresh], [419, 419, 1]);
  const told = scene.told('refused').at(-1);
  assert.match(String(told?.cause), /\[signature-invalid\]/);
  scene.clock.advance(minute);
  assert.equal([await good(), look.fresh], [200, 2]);
  assert.is(await good(), 200);
});
