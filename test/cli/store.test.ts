/** @module The commands on a store, run as a user runs them: beside a service that has the same SQLite file open. */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, dso, type FlexRequest } from '../../generated/3.1.0/index.ts';
import { sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { reject } from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite } from '../../runtime/store/sqlite/node.ts';
import { dPrognosis, flexOffer, flexRequest } from '../flow/drafts.ts';
import { jsonLines, startUftp, uftp } from '../support/command.ts';
import { begin, openScene, type Scene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: store');
const folder = mkdtempSync(join(tmpdir(), 'uftp-store-'));
const file = join(folder, 'agr.sqlite');
const since = ['--since', new Date(begin).toISOString()];
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
    const listed = jsonLines(told[i]?.stdout ?? Buffer.of()).map(({ type }) => type);
    assert.equal(listed, types, options.join(' '));
  }
});

test('log lists the last 24 hours unless a time, a state or a conversation is asked for', async () => {
  const cases: readonly (readonly [options: readonly string[], told: string])[] = [
    [[], '0 messages in the last 24 hours; --since 7d shows more\n'],
    [['--type', 'FlexOffer'], '0 messages in the last 24 hours; --since 7d shows more\n'],
    [['--until', '2026-04-01'], '7 messages\n'],
    [['--state', 'dead'], '2 messages\n'],
    [['--conversation', request.conversationId], '4 messages\n'],
  ];
  const ran = await Promise.all(
    cases.map(([options]) => uftp(['log', ...options], undefined, { UFTP_STORE: file })),
  );
  for (const [i, [options, told]] of cases.entries()) assert.is(ran[i]?.stderr, told, options.join(' '));
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

test('export writes what can be verified again; redacted, nothing of any payload, reason or error', async () => {
  const whole = await uftp(['export', '--store', file, '--json']);
  const all = jsonLines(whole.stdout);
  assert.is(all.length, 7);
  const one = all.find(({ messageId }) => messageId === request.messageId);
  assert.equal(
    Buffer.from(String(one?.signed), 'base64').subarray(64),
    Buffer.from(sentPayload(request.messageId)),
  );
  const redacted = await uftp(['export', '--store', file, '--redact']);
  assert.is(jsonLines(redacted.stdout).length, 7);
  assert.match(whole.stdout.toString(), /Price out of range.*no more/s);
  assert.not.match(
    redacted.stdout.toString(),
    /signed|ean\.|PowerMax|<Flex|Price out of range|no more|"text"/,
  );
  const told = jsonLines(redacted.stdout);
  assert.equal(told.find(({ type }) => type === 'FlexOfferResponse')?.says, {
    result: 'rejected',
    reasonCount: 1,
  });
  const barred = told.find(({ messageId }) => messageId === barredId);
  assert.equal(barred?.attempts, [{ at: '2026-03-02T12:00:02.000Z', status: 400 }]);
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
    jsonLines(after.stdout).map(({ messageId }) => messageId),
    [failedId, barredId],
  );
});

test('commands that read leave a database alone that is no store', async () => {
  const foreign = join(folder, 'foreign.sqlite');
  const open = nodeSqlite() ?? (await loadLibsql());
  const database = open(foreign);
  database.prepare('CREATE TABLE bookkeeping (entry TEXT)').run();
  database.close();
  const before = readFileSync(foreign);
  const commands = [['log'], ['show', 'x'], ['export'], ['retry', '--all']];
  const ran = await Promise.all(commands.map((args) => uftp([...args, '--store', foreign])));
  for (const { code, stderr } of ran) {
    assert.is(code, 2);
    assert.match(stderr, /^uftp: \[store-unavailable\] there is no UFTP store in /);
  }
  assert.equal(readFileSync(foreign), before);
});

test('where nobody reads what is told, the work is done all the same', async () => {
  const own = join(folder, 'unread.sqlite');
  const old = join(folder, 'unread');
  mkdirSync(old);
  writeFileSync(join(old, 'a.xml'), '<FlexOffer/>');
  writeFileSync(join(old, 'b.xml'), sentPayload(request.messageId));
  const child = startUftp(['import', old, '--as', 'AGR:agr.example', '--store', own]);
  child.stderr.destroy();
  const [code] = await once(child, 'close');
  assert.is(code, 1);
  assert.is(jsonLines((await uftp(['export', '--store', own])).stdout).length, 1);
});

test('wrong words give exit code 2 and say what to write', async () => {
  const broken = join(folder, 'broken.xml');
  writeFileSync(broken, '<FlexOffer/>');
  const keys = await generateKeys();
  const cases: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [['log'], /--store is required, or the variable UFTP_STORE/],
    [['log', '--store', '/nowhere/a.sqlite'], /there is no store \/nowhere\/a\.sqlite/],
    [
      ['log', '--store', file, '--state', 'lost'],
      /--state lost is not one of none, waiting, leased, done, dead/,
    ],
    [
      ['log', '--store', file, '--since', 'monday'],
      /--since: expected a time such as .*, or 24h, not monday/,
    ],
    [
      ['log', '--store', file, '--since', '2026-02-31'],
      /--since: expected a time such as .*, or 24h, not 2026-02-31/,
    ],
    [
      ['log', '--store', file, '--type', 'Flexorder'],
      /--type Flexorder is not one of AGRPortfolioQuery, .*FlexOrder, .*TestMessageResponse\n/,
    ],
    [
      ['send', '-', '--key', keys.privateKey, '--post', 'http://x.example/'],
      /--post: the endpoint http:\/\/x\.example is not https; --insecure allows it\n/,
    ],
    [
      ['log', '--store', file, '--as', 'agr.example'],
      /--as: expected ROLE:DOMAIN, such as AGR:aggregator\.example/,
    ],
    [['show', '--store', file], /show takes one MessageID/],
    [['retry', '--store', file], /retry takes MessageIDs, or --all/],
    [['import', '/nowhere', '--as', 'AGR:a.example', '--store', file], /\/nowhere cannot be read/],
    [
      ['send', broken, '--key', 'x', '--store', file],
      /the payload is not valid, and was not sent\n\/FlexOffer/,
    ],
    [['send', '-', '--key', '{bad', '--store', file], /--key: the text is neither a key nor JSON of a JWK\n/],
    [
      ['send', '-', '--key', 'x', '--store', file, '--post', 'https://x.example/'],
      /give --store or --post, not both/,
    ],
  ];
  const payload = (await uftp(['show', barredId, '--store', file, '--payload'])).stdout;
  const told = await Promise.all(cases.map(([args]) => uftp(args, args.includes('-') ? payload : undefined)));
  for (const [i, [args, text]] of cases.entries()) {
    assert.is(told[i]?.code, 2, args.join(' '));
    assert.match(told[i]?.stderr ?? '', text);
    assert.not.match(told[i]?.stderr ?? '', /\n {4}at /);
  }
});
