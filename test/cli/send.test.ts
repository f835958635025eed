/** @module `uftp send`, run as a user runs it: through the store of a service that runs, and by a single POST. */

import { createServer } from 'node:net';
import { agr, dso } from '../../generated/3.1.0/index.ts';
import { createService, type Server, serve } from '../../runtime/node.ts';
import { accept } from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { dPrognosis, flexOffer, payload } from '../flow/drafts.ts';
import { uftp } from '../support/command.ts';
import { hour, openScene, type Scene } from '../support/participants.ts';
import { durable, onStores } from '../support/stores.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: send');
let scene: Scene;
let messageId: string;

/** Payloads that an AGR would send. */
async function write(): Promise<void> {
  scene = openScene();
  await scene.outsider('DSO');
  const client = (await scene.join(agr)).dsoClient('dso.example');
  ({ messageId } = await client.sendDPrognosis(dPrognosis));
  await client.sendFlexOffer(flexOffer);
  await scene.drain();
}
test.before(write);

function payloadOf(type: string): string {
  const post = scene.posts.find(({ message }) => message.$type === type);
  return new TextDecoder().decode(post?.payload);
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

onStores('cli: send', durable, (test, stores) => {
  test.before(write);

  test('send commits to the store of a running service, which delivers it; without one it POSTs once', async () => {
    const keys = { AGR: await generateKeys(), DSO: await generateKeys() };
    const endpoint = { DSO: '' };
    const usual = {
      lookup: {
        keys: ({ role }: { role: string }) =>
          (keys as Readonly<Record<string, { publicKey: string }>>)[role]?.publicKey,
        endpoint: () => endpoint.DSO,
      },
      insecureEndpoints: true,
      observe: () => {},
    };
    const own = stores.place();
    const store = await stores.open(own);
    const grid = await createService(dso, {
      ...usual,
      domain: 'dso.example',
      key: keys.DSO.privateKey,
      store: memory(),
      handlers: { preProcessDPrognosis: () => accept() },
    });
    const aggregator = await createService(agr, {
      ...usual,
      domain: 'agr.example',
      key: keys.AGR.privateKey,
      store,
      handlers: {},
    });
    const servers: Server[] = [await serve(grid, { port: 0 }), await serve(aggregator, { port: 0 })];
    try {
      endpoint.DSO = `${servers[0]?.url}/shapeshifter/api/v3/message`;
      const payload = payloadOf('D-Prognosis');
      const seed = Buffer.from(keys.AGR.privateKey, 'base64').subarray(0, 32).toString('base64url');
      const key = ['--key', JSON.stringify({ kty: 'OKP', crv: 'Ed25519', d: seed })]; // as seal and open take it
      const queued = await uftp(['send', '-', ...key, '--store', own], payload);
      assert.is(queued.code, 0, queued.stderr);
      assert.match(
        queued.stderr,
        new RegExp(`D-Prognosis ${messageId} is in the store\ndelivered: HTTP 200`),
      );
      const twice = await uftp(['send', '-', ...key, '--store', own], payload);
      assert.is(twice.code, 2);
      assert.match(
        twice.stderr,
        /^uftp: \[conflict\] D-Prognosis \S+ was not sent: the MessageID has been used before\n$/,
      );
      const posted = await uftp(
        ['send', '-', ...key, '--post', endpoint.DSO, '--insecure'],
        payload.replace(messageId, 'c92254b5-7ebd-4036-93cf-775e952145cb'),
      );
      assert.is(posted.code, 0, posted.stderr);
      assert.match(posted.stderr, /HTTP 200 \(POSTed once, and kept nowhere\)/);
      const dead = await uftp(
        ['send', '-', ...key, '--post', `http://127.0.0.1:${await closedPort()}/`, '--insecure'],
        payload,
      );
      assert.is(dead.code, 1);
      assert.match(dead.stderr, /ECONNREFUSED.* \(POSTed once, and kept nowhere\)/);
      // Delivered, but not answered: that is told in time.
      const dueAt = await store.nextDueAt([aggregator.party]);
      assert.ok(dueAt !== undefined && dueAt > Date.now() + 3_500_000, String(dueAt));
      const { messages } = await grid.messages({ type: 'D-Prognosis' });
      assert.is(messages.length, 2);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  test('what a running service would settle by its options is settled by those of the command', async () => {
    const file = stores.place();
    const store = await stores.open(file);
    const { privateKey } = await generateKeys();
    const args = ['send', '-', '--key', privateKey, '--store', file, '--wait', '0'];
    const given = ['--not-after', '2h', '--reply-within', '600', '--version', '3.0.0'];
    const before = Date.now();
    const sent = await uftp([...args, ...given], payloadOf('D-Prognosis'));
    assert.is(sent.code, 0, sent.stderr);
    const party = { domain: 'agr.example', role: 'AGR' } as const;
    const claim = { participants: [party], until: Number.MAX_SAFE_INTEGER, limit: 10 };
    const [lease] = await store.claim({ ...claim, queue: 'outgoing', now: Date.now() });
    assert.ok(lease?.notAfter !== undefined);
    const lateMs = lease.notAfter - before - 2 * hour;
    assert.ok(lateMs >= 0 && lease.notAfter <= Date.now() + 2 * hour, String(lateMs));
    assert.is(lease.message.version, '3.0.0');
    assert.match(new TextDecoder().decode(lease.message.body.subarray(64)), / Version="3\.0\.0"/);
    const repliedBy = lease.message.at + 600_000;
    assert.equal(await store.claim({ ...claim, queue: 'work', now: repliedBy - 1 }), []);
    const [late] = await store.claim({ ...claim, queue: 'work', now: repliedBy });
    assert.is(late?.kind, 'expired');
    const silent = await uftp([...args, '--reply-within', '0'], payloadOf('FlexOffer'));
    assert.is(silent.code, 0, silent.stderr);
    assert.equal(await store.claim({ ...claim, queue: 'work', now: repliedBy + hour }), []);
  });
});

test('terms that make no sense are refused', async () => {
  const { privateKey } = await generateKeys();
  const domains = { senderDomain: 'agr.example', recipientDomain: 'dso.example' };
  const response = payload('TestMessageResponse', domains);
  const cases: readonly [payload: Uint8Array | string, options: readonly string[], words: RegExp][] = [
    [payloadOf('FlexOffer'), ['--not-after', '2026-03-02'], /--not-after: 2026-03-02 has passed/],
    [payloadOf('FlexOffer'), ['--not-after', 'soon'], /--not-after: expected a time such as/],
    [payloadOf('FlexOffer'), ['--reply-within', '1h'], /--reply-within: expected a number of seconds/],
    [payloadOf('FlexOffer'), ['--version', '2.0.0'], /version 2\.0\.0 is not one of 3\.0\.0, 3\.1\.0/],
    [
      response,
      ['--reply-within', '5', '--as', 'AGR:agr.example', '--to', 'DSO:dso.example'],
      /a TestMessageResponse has no response/,
    ],
    [payloadOf('FlexOffer'), ['--reply-within', '5', '--post', 'https://dso.example/'], /is for --store/],
  ];
  await Promise.all(
    cases.map(async ([payload, options, words]) => {
      const { code, stderr } = await uftp(['send', '-', '--key', privateKey, ...options], payload);
      assert.is(code, 2);
      assert.match(stderr, words);
    }),
  );
});

test('send POSTs nothing that has expired', async () => {
  const { privateKey } = await generateKeys();
  const { code, stderr } = await uftp(
    ['send', '-', '--key', privateKey, '--post', 'https://dso.example/'],
    payloadOf('FlexOffer'),
  );
  assert.is(code, 1);
  assert.match(stderr, /^FlexOffer \S+: not sent, it expired at 2026-03-02T23:00:00\.000Z\n$/);
});
