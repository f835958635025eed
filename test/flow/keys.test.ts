import { agr } from '../../generated/3.1.0/index.ts';
import type { PublicKey } from '../../runtime/ports/signer.ts';
import { accept } from '../../runtime/roles.ts';
import { spkiOfKey } from '../../runtime/seal/der.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { id, openScene, parties } from '../support/participants.ts';
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
