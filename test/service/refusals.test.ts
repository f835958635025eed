import type { Ed25519 } from '../../runtime/ports/signer.ts';
import { accept } from '../../runtime/roles.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { writeEnvelope } from '../../runtime/seal/envelope.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { payload } from '../flow/drafts.ts';
import { changed, minute, openScene, parties, post, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open, refused } from './refused.ts';

const test = suite('service: refusals');

test('a sender without a key is answered 419, and so is one whose look-up fails (rule 36)', async () => {
  const { service, outsider, scene } = await open();
  const envelope = await outsider.seal(payload('FlexRequest'));
  scene.keys.set('DSO dso.example', []);
  await refused(await post(service, envelope), 'key-unknown');
  scene.keys.delete('DSO dso.example');
  await refused(await post(service, envelope), 'key-unknown');
  scene.keys.set('DSO dso.example', 'not a key');
  await refused(await post(service, envelope), 'key-unknown');
  const failing = await open({
    lookup: {
      keys: () => {
        throw new Error('SERVFAIL of resolver 10.0.0.1');
      },
      endpoint: () => undefined,
    },
  });
  await refused(await post(failing.service, envelope), 'key-unknown');
});

test('a look-up that never answers counts as failed after 10 s', async () => {
  const { service, outsider, scene } = await open({
    lookup: { keys: () => new Promise(() => {}), endpoint: () => undefined },
  });
  const response = post(service, await outsider.seal(payload('FlexRequest')));
  let answered = false;
  void response.then(() => {
    answered = true;
  });
  await until(() => {
    scene.clock.advance(10_000);
    return answered;
  });
  await refused(await response, 'key-unknown');
});

test('a signature that does not hold is answered 401 (rule 37)', async () => {
  const { service, outsider, scene } = await open();
  const good = await outsider.seal(payload('FlexRequest'));
  const stranger = await openScene().outsider('DSO');
  const text = new TextDecoder().decode(good);
  const at = text.indexOf('Body="') + 'Body="'.length;
  const tampered = (offset: number): string =>
    text.slice(0, at + offset) + (text[at + offset] === 'A' ? 'B' : 'A') + text.slice(at + offset + 1);
  const cases: readonly [why: string, body: Uint8Array | string][] = [
    ['another key', await stranger.seal(payload('FlexRequest'))],
    ['a tampered signature', tampered(10)],
    ['a tampered payload', tampered(200)],
    ['another sender', writeEnvelope({ domain: 'other.example', role: 'DSO' }, bodyOf(text))],
    ['another role', writeEnvelope({ domain: 'dso.example', role: 'AGR' }, bodyOf(text))],
  ];
  for (const other of ['DSO other.example', 'AGR dso.example']) {
    scene.keys.set(other, (await generateKeys()).publicKey);
  }
  for (const [why, body] of cases) {
    const response = await post(service, body);
    assert.is(response.status, 401, why);
    await refused(response, 'signature-invalid');
    scene.clock.advance(minute); // the keys of each may be looked up anew
  }
  assert.is((await service.messages()).messages.length, 0);
});

function bodyOf(envelope: string): Uint8Array {
  return Buffer.from(/Body="([^"]*)"/.exec(envelope)?.[1] ?? '', 'base64');
}

test('during a rotation either key of a sender holds (rule 17)', async () => {
  const { service, outsider, scene } = await open();
  const old = scene.keys.get('DSO dso.example') as string;
  const { publicKey } = await generateKeys();
  scene.keys.set('DSO dso.example', [publicKey, old]);
  assert.is((await post(service, await outsider.seal(payload('FlexRequest')))).status, 200);
  scene.keys.set('DSO dso.example', [old, publicKey]);
  assert.is((await post(service, await outsider.seal(payload('FlexRequest')))).status, 200);
  scene.keys.set('DSO dso.example', [publicKey]);
  await refused(await post(service, await outsider.seal(payload('FlexRequest'))), 'signature-invalid');
});

test('keys are asked for anew, past caches, where a signature does not hold; in vain once a minute', async () => {
  const asked: boolean[] = [];
  let current = '';
  const outdated = (await generateKeys()).publicKey;
  const { service, outsider, scene } = await open({
    lookup: {
      keys: (_, { fresh }) => {
        asked.push(fresh);
        return fresh ? current : outdated;
      },
      endpoint: () => undefined,
    },
  });
  const send = async () => post(service, await outsider.seal(payload('TestMessage')));
  current = scene.keys.get('DSO dso.example') as string;
  for (let i = 0; i < 3; i++) assert.is((await send()).status, 200);
  assert.equal(asked.splice(0), [false, true, false, true, false, true]);
  current = outdated;
  // Who was not asked about cannot be refused for good: the key may be newer.
  for (const code of ['signature-invalid', 'key-unknown']) await refused(await send(), code);
  scene.clock.advance(minute - 1);
  await refused(await send(), 'key-unknown');
  assert.equal(asked.splice(0), [false, true, false, false]);
  scene.clock.advance(1);
  await refused(await send(), 'signature-invalid');
  assert.equal(asked, [false, true]);
});

test('a key that was tried is not tried again', async () => {
  let verified = 0;
  const ed25519: Ed25519 = {
    ...nodeEd25519,
    verify(...given) {
      verified += 1;
      return nodeEd25519.verify(...given);
    },
  };
  const { service, outsider } = await open({ ed25519 });
  const stranger = await openScene().outsider('DSO');
  await refused(await post(service, await stranger.seal(payload('TestMessage'))), 'signature-invalid');
  assert.is(verified, 1);
  assert.is((await post(service, await outsider.seal(payload('TestMessage')))).status, 200);
  assert.is(verified, 2);
});

test('a look-up past caches that fails leaves it open whether the signature holds (rule 36)', async () => {
  const outdated = (await generateKeys()).publicKey;
  const { service, outsider } = await open({
    lookup: {
      keys: (_, { fresh }) => (fresh ? undefined : outdated),
      endpoint: () => undefined,
    },
  });
  await refused(await post(service, await outsider.seal(payload('TestMessage'))), 'key-unknown');
});

test('a payload that is no message is refused (rule 38)', async () => {
  const { service, outsider } = await open();
  const good = new TextDecoder().decode(payload('FlexRequest'));
  const cases: readonly [why: string, body: string][] = [
    ['no XML', 'hello'],
    ['an attribute is missing', good.replace(/ TimeZone="[^"]*"/, '')],
    ['an unknown attribute', good.replace('<FlexRequest ', '<FlexRequest Extra="1" ')],
    ['an unknown root', '<Hello Version="3.1.0"/>'],
    ['an envelope in an envelope', '<SignedMessage SenderDomain="a.example" SenderRole="DSO" Body="AAAA"/>'],
    ['a Version that is none', good.replace('Version="3.1.0"', 'Version="3.1"')],
    ['Version in other digits', good.replace('Version="3.1.0"', 'Version="٣.١.٠"')],
    ['a DOCTYPE', good.replace('<FlexRequest', '<!DOCTYPE FlexRequest><FlexRequest')],
  ];
  for (const [why, text] of cases) {
    assert.not.equal(text, good, why);
    await refused(await post(service, await outsider.seal(text)), 'message-invalid');
  }
  assert.is((await service.messages()).messages.length, 0);
});

test('a handler that throws is answered 500, with nothing stored and nothing told of it', async () => {
  const { service, outsider, scene } = await open({
    handlers: {
      preProcessFlexRequest: () => {
        throw new Error('password=secret');
      },
    },
  });
  const envelope = await outsider.seal(payload('FlexRequest'));
  await refused(await post(service, envelope), 'handler-failed');
  assert.is((await service.messages()).messages.length, 0);
  const [told] = scene.told('refused');
  assert.equal(told?.cause, new Error('password=secret'));
  assert.equal(told?.sender, parties.DSO);
});

test('a decision that takes too long is answered 503, and its signal is aborted', async () => {
  const signals: AbortSignal[] = [];
  const { service, outsider, scene } = await open({
    decideMsMax: 2000,
    handlers: {
      preProcessFlexRequest: (_, context) => {
        signals.push(context.signal);
        return new Promise(() => {});
      },
    },
  });
  const response = post(service, await outsider.seal(payload('FlexRequest')));
  await until(() => signals.length > 0);
  scene.clock.advance(1999);
  assert.is(signals[0]?.aborted, false);
  scene.clock.advance(1);
  assert.is(signals[0]?.aborted, true);
  await refused(await response, 'decision-timeout');
  assert.is((await service.messages()).messages.length, 0);
});

test('a store that is out of reach is answered 503 (at the read, at the commit)', async () => {
  for (const broken of ['read', 'commit'] as const) {
    const fail = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'));
    const { service, outsider } = await open({ store: changed(memory(), { [broken]: fail }) });
    await refused(await post(service, await outsider.seal(payload('FlexRequest'))), 'store-unavailable');
  }
});

test('a history that moves five times under a decision is answered 503', async () => {
  const store = memory();
  let commits = 0;
  const moving = changed(store, {
    commit: async (item) => {
      commits += 1;
      return commits > 5 ? store.commit(item) : { status: 'conflict' };
    },
  });
  const { service, outsider } = await open({
    store: moving,
    handlers: { preProcessFlexRequest: () => accept() },
  });
  const envelope = await outsider.seal(payload('FlexRequest'));
  await refused(await post(service, envelope), 'conflict');
  assert.is(commits, 5);
  assert.is((await post(service, envelope)).status, 200);
});

test('a signer that fails is answered 500, with nothing stored', async () => {
  const { service, outsider } = await open({
    key: { sign: () => Promise.reject(new Error('HSM is locked')) },
  });
  await refused(await post(service, await outsider.seal(payload('FlexRequest'))), 'internal');
  assert.is((await service.messages()).messages.length, 0);
});
