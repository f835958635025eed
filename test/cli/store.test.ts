/** @module The commands on a store, run as a user runs them: beside a service that has the same SQLite file open. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, dso, type FlexRequest } from '../../generated/3.1.0/index.ts';
import { type EarlierMessage, earlierMessage, pairUp, recordOf } from '../../runtime/cli/store/earlier.ts';
import { createService, type Server, serve, sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { accept, reject } from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { memory } from '../../runtime/store/memory.ts';
import { dPrognosis, flexOffer, flexRequest, payload } from '../flow/drafts.ts';
import { root, uftp } from '../support/command.ts';
import { begin, openScene, type Scene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: store');
const folder = mkdtempSync(join(tmpdir(), 'uftp-store-'));
const file = join(folder, 'agr.sqlite');
const since = ['--since', new Date(begin).toISOString()];
const golden = join(root, '../shared/golden/java');
let scene: Scene;
let request: FlexRequest;
let barredId: string;
let failedId: string;

/** An AGR that has answered a request, has a prognosis that was refused for good, and a message that it could not process. */
test.before(async () => {
  scene = openScene();
  const store = await sqlite(file);
  const grid = await scene.join(dso, {
    handlers: { preProcessFlexOffer: () => reject('Price out of range') },
  });
  const aggregator = await scene.join(agr, {
    store: store as Store as never,
    processAttemptsMax: 1,
    handlers: {
      async processFlexRequest(asked, context) {
        if (asked.revision === 2n) throw new Error('no more');
        request = asked;
        const { messageId: flexRequestMessageId, conversationId } = asked;
        await context
          .dsoClient(context.sender.domain)
          .sendFlexOffer({ ...flexOffer, conversationId, flexRequestMessageId });
      },
    },
  });
  await scene.outsider('DSO', 'other.example');
  scene.disturb = ({ url }) => (url.hostname === 'other.example' ? { status: 400 } : undefined);
  await grid.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  await scene.pass(1000);
  failedId = (await grid.agrClient('agr.example').sendFlexRequest({ ...flexRequest, revision: 2n }))
    .messageId;
  await scene.pass(1000);
  barredId = (await aggregator.dsoClient('other.example').sendDPrognosis(dPrognosis)).messageId;
  await scene.drain();
  await aggregator.stop();
  await store.close();
});
test.after(() => rmSync(folder, { recursive: true }));

function lines(stdout: Buffer): Readonly<Record<string, unknown>>[] {
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

test('log lists what was received and sent, oldest first, with verdicts and the state of each task', async () => {
  const { code, stdout, stderr } = await uftp(['log', '--store', file, ...since]);
  assert.is(code, 0, stderr);
  const text = stdout.toString();
  assert.match(text, /^time +partner +type +MessageID +verdict +task\n/);
  assert.match(text, new RegExp(`< +DSO:dso\\.example +FlexRequest +${request.messageId} +accepted +done`));
  assert.match(text, /< +DSO:dso\.example +FlexOfferResponse +\S+ +says rejected: Price out of range +none/);
  assert.match(text, new RegExp(`> +DSO:other\\.example +D-Prognosis +${barredId} +dead`));
  assert.match(stderr, /^7 messages\n$/);
});

test('log lists only what all its options let through', async () => {
  const cases: readonly (readonly [options: readonly string[], types: readonly string[]])[] = [
    [
      ['--state', 'dead'],
      ['FlexRequest', 'D-Prognosis'],
    ],
    [['--partner', 'other.example'], ['D-Prognosis']],
    [['--partner', 'DSO:dso.example', '--type', 'FlexOffer'], ['FlexOffer']],
    [
      ['--conversation', request.conversationId],
      ['FlexRequest', 'FlexRequestResponse', 'FlexOffer', 'FlexOfferResponse'],
    ],
    [
      ['--conversation', request.conversationId, '--direction', 'in'],
      ['FlexRequest', 'FlexOfferResponse'],
    ],
    [['--as', 'DSO:agr.example'], []],
    [['--until', '2026-03-02'], []],
  ];
  const all = ['log', '--store', file, '--json', '--since', '2026-03-01'];
  const told = await Promise.all(cases.map(([options]) => uftp([...all, ...options])));
  for (const [i, [options, types]] of cases.entries()) {
    const listed = lines(told[i]?.stdout ?? Buffer.of()).map(({ type }) => type);
    assert.equal(listed, types, options.join(' '));
  }
});

test('show tells all that is known of a message, and --payload prints it byte for byte', async () => {
  const { code, stdout } = await uftp(['show', barredId, '--store', file]);
  assert.is(code, 0);
  assert.match(
    stdout.toString(),
    /^Sent +2026-03-02T12:00:02\.000Z\nFrom +AGR:agr\.example\nTo +DSO:other\.example\n/,
  );
  assert.match(
    stdout.toString(),
    /\nDelivery +dead\n {2}2026-03-02T12:00:02\.000Z {2}HTTP 400\n\n<\?xml .*<D-Prognosis /,
  );
  const payload = await uftp(['show', request.messageId, '--store', file, '--payload']);
  assert.equal(payload.stdout, Buffer.from(sentPayload(request.messageId)));
  const none = await uftp(['show', 'nobody', '--store', file]);
  assert.is(none.code, 1);
  assert.match(none.stderr, /there is no message nobody in the store/);
});

function sentPayload(messageId: string): Uint8Array {
  const post = scene.posts.find(({ message }) => message.messageId === messageId);
  if (post === undefined) throw new Error(`${messageId} was not sent`);
  return post.payload;
}

test('export writes what can be verified again; redacted, nothing of any payload', async () => {
  const whole = await uftp(['export', '--store', file]);
  const all = lines(whole.stdout);
  assert.is(all.length, 7);
  const one = all.find(({ messageId }) => messageId === request.messageId);
  assert.equal(
    Buffer.from(String(one?.signed), 'base64').subarray(64),
    Buffer.from(sentPayload(request.messageId)),
  );
  const redacted = await uftp(['export', '--store', file, '--redact']);
  assert.is(lines(redacted.stdout).length, 7);
  assert.not.match(redacted.stdout.toString(), /signed|ean\.|PowerMax|<Flex/);
  assert.match(redacted.stderr, /7 messages, redacted/);
});

test('retry puts dead letters back, in both directions, and nothing else', async () => {
  const refused = await uftp(['retry', request.messageId, 'nobody', '--store', file]);
  assert.is(refused.code, 1);
  assert.match(
    refused.stderr,
    /FlexRequest \S+: not a dead letter, its state is done\nnobody: there is no such message/,
  );
  const { code, stderr } = await uftp(['retry', '--all', '--store', file]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^2 put back\n$/);
  const after = await uftp(['log', '--store', file, ...since, '--json', '--state', 'waiting']);
  assert.equal(
    lines(after.stdout).map(({ messageId }) => messageId),
    [failedId, barredId],
  );
});

test('import takes the messages of an earlier system in both directions, once', async () => {
  const store = join(folder, 'imported.sqlite');
  const old = join(folder, 'old');
  const from = openScene();
  const grid = await from.join(dso, {
    handlers: { preProcessFlexOffer: () => reject('Price out of range') },
  });
  const aggregator = await from.join(agr, { handlers: { preProcessFlexRequest: () => accept() } });
  await grid.agrClient('agr.example').sendFlexRequest(flexRequest);
  await from.drain();
  const { messageId } = await aggregator.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await aggregator.dsoClient('dso.example').sendTestMessage({});
  await from.drain();
  mkdirSync(old);
  for (const [i, { bytes, payload }] of from.posts.entries())
    writeFileSync(join(old, `${i}.xml`), i % 2 === 0 ? bytes : payload);
  writeFileSync(join(old, 'broken.xml'), '<FlexOffer/>');
  const args = ['import', old, '--as', 'AGR:agr.example', '--partner', 'DSO:dso.example', '--store', store];
  const dry = await uftp([...args, '--dry-run']);
  assert.match(dry.stderr, /6 would be imported, 0 there already, 1 refused \(read: 3 received, 3 sent\)/);
  assert.not.ok(existsSync(store));
  const first = await uftp(args);
  assert.is(first.code, 1);
  assert.match(first.stderr, /broken\.xml: not taken\n {2}\/FlexOffer/);
  assert.match(first.stderr, /6 imported, 0 there already, 1 refused/);
  const again = await uftp(args);
  assert.match(again.stderr, /0 imported, 6 there already, 1 refused/);
  const log = lines((await uftp(['log', '--store', store, ...since, '--json'])).stdout);
  assert.is(log.length, 6);
  assert.ok(
    log.every(({ state }) => state === 'none'),
    'nothing is queued',
  );
  const answer = log.find(({ answers }) => answers === messageId);
  assert.is(answer?.type, 'FlexOfferResponse');
});

test('a second response to a request is known for one, also where the first was imported', async () => {
  const market = openScene();
  const grid = await market.outsider('DSO');
  const store = memory();
  const service = await market.join(agr, { store, handlers: { processFlexOfferResponse() {} } });
  const said = { flexOfferMessageId: crypto.randomUUID(), conversationId: crypto.randomUUID() };
  const first = payload('FlexOfferResponse', { ...said, result: 'Accepted' });
  const read = earlierMessage(await grid.seal(first), service.party, []) as EarlierMessage;
  await store.commit({ received: await recordOf(read, pairUp([read])) });
  for (const conversationId of [said.conversationId, crypto.randomUUID()]) {
    const second = { ...said, conversationId, result: 'Rejected', rejectionReason: 'No' };
    const receipt = await service.receive(await grid.seal(payload('FlexOfferResponse', second)));
    assert.is(receipt.result, 'rejected');
  }
});

const goldenTitle =
  'the golden messages of the Java library are imported, sealed and bare, except those that are not for us';
if (!existsSync(golden)) test.skip(goldenTitle, '../shared/golden is not there');
else
  test(goldenTitle, async () => {
    const store = join(folder, 'golden.sqlite');
    const us = ['--as', 'DSO:grid-operator.example', '--partner', 'AGR:aggregator.example'];
    const { stderr } = await uftp(['import', golden, ...us, '--store', store]);
    assert.match(stderr, /\n21 imported, 21 there already, 6 refused \(read: 22 received, 20 sent\)\n$/);
    assert.is(stderr.match(/AGRPortfolio.*: not taken\n {2}it is neither from nor to DSO/g)?.length, 6);
  });

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

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
  const own = join(folder, 'sending.sqlite');
  const store = await sqlite(own);
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
    const payload = (await uftp(['show', barredId, '--store', file, '--payload'])).stdout
      .toString()
      .replace('other.example', 'dso.example');
    const key = ['--key', keys.AGR.privateKey];
    const queued = await uftp(['send', '-', ...key, '--store', own], payload);
    assert.is(queued.code, 0, queued.stderr);
    assert.match(queued.stderr, new RegExp(`D-Prognosis ${barredId} is in the store\ndelivered: HTTP 200`));
    const twice = await uftp(['send', '-', ...key, '--store', own], payload);
    assert.is(twice.code, 2);
    assert.match(
      twice.stderr,
      /^uftp: \[conflict\] D-Prognosis \S+ was not sent: the MessageID has been used before\n$/,
    );
    const posted = await uftp(
      ['send', '-', ...key, '--post', endpoint.DSO, '--insecure'],
      payload.replace(barredId, 'c92254b5-7ebd-4036-93cf-775e952145cb'),
    );
    assert.is(posted.code, 0, posted.stderr);
    assert.match(posted.stderr, /HTTP 200 \(POSTed once, and kept nowhere\)/);
    const dead = await uftp(
      ['send', '-', ...key, '--post', `http://127.0.0.1:${await closedPort()}/`, '--insecure'],
      payload,
    );
    assert.is(dead.code, 1);
    assert.match(dead.stderr, /ECONNREFUSED.* \(POSTed once, and kept nowhere\)/);
    const { messages } = await grid.messages({ type: 'D-Prognosis' });
    assert.is(messages.length, 2);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await store.close();
  }
});

test('wrong words give exit code 2 and say what to write', async () => {
  const cases: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [['log'], /--store is required, or the variable UFTP_STORE/],
    [['log', '--store', '/nowhere/a.sqlite'], /there is no store \/nowhere\/a\.sqlite/],
    [['log', '--store', file, '--state', 'lost'], /--state is not one of none, waiting, leased, done, dead/],
    [
      ['log', '--store', file, '--since', 'monday'],
      /--since: expected a time such as .*, or 24h, not monday/,
    ],
    [
      ['log', '--store', file, '--as', 'agr.example'],
      /--as: expected ROLE:DOMAIN, such as AGR:aggregator\.example/,
    ],
    [['show', '--store', file], /show takes one MessageID/],
    [['retry', '--store', file], /retry takes MessageIDs, or --all/],
    [['import', '/nowhere', '--as', 'AGR:a.example', '--store', file], /\/nowhere cannot be read/],
    [
      ['send', join(folder, 'old', 'broken.xml'), '--key', 'x', '--store', file],
      /the payload is not valid, and was not sent\n\/FlexOffer/,
    ],
    [
      ['send', '-', '--key', 'x', '--store', file, '--post', 'https://x.example/'],
      /give --store or --post, not both/,
    ],
  ];
  const told = await Promise.all(cases.map(([args]) => uftp(args)));
  for (const [i, [args, text]] of cases.entries()) {
    assert.is(told[i]?.code, 2, args.join(' '));
    assert.match(told[i]?.stderr ?? '', text);
    assert.not.match(told[i]?.stderr ?? '', /\n {4}at /);
  }
});
