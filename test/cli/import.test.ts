/** @module `uftp import`, run as a user runs it: folders of an earlier system, whole and broken. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, dso } from '../../generated/3.1.0/index.ts';
import { type EarlierMessage, earlierMessage, recordOf, Verdicts } from '../../runtime/cli/store/earlier.ts';
import { accept, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { flexOffer, flexRequest, payload } from '../flow/drafts.ts';
import { jsonLines, type Ran, root, uftp } from '../support/command.ts';
import { begin, openScene, type Post, type Scene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: import');
const folder = mkdtempSync(join(tmpdir(), 'uftp-import-'));
const golden = join(root, '../shared/golden/java');
const partner = ['--partner', 'DSO:dso.example'];
let scene: Scene;
let offerId: string;

/** What an AGR has exchanged with a DSO: a request, an offer that was rejected, a test message. */
test.before(async () => {
  scene = openScene();
  const grid = await scene.join(dso, {
    handlers: { preProcessFlexOffer: () => reject('Price out of range') },
  });
  const aggregator = await scene.join(agr, { handlers: { preProcessFlexRequest: () => accept() } });
  await grid.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  offerId = (await aggregator.dsoClient('dso.example').sendFlexOffer(flexOffer)).messageId;
  await aggregator.dsoClient('dso.example').sendTestMessage({});
  await scene.drain();
});
test.after(() => rmSync(folder, { recursive: true }));

/** A folder with these files. */
function folderOf(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

function run(old: string, store: string, ...options: readonly string[]): Promise<Ran> {
  return uftp(['import', old, '--as', 'AGR:agr.example', '--store', store, ...options]);
}

function sent(type: string): Post {
  const post = scene.posts.find(({ message }) => message.$type === type);
  if (post === undefined) throw new Error(`no ${type} was sent`);
  return post;
}

async function exported(store: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return jsonLines((await uftp(['export', '--store', store])).stdout);
}

test('the messages of an earlier system are taken in both directions, once', async () => {
  const store = join(folder, 'imported.sqlite');
  const files = scene.posts.map(({ bytes, payload }, i) => [`${i}.xml`, i % 2 === 0 ? bytes : payload]);
  const old = folderOf('old', Object.fromEntries(files));
  const dry = await run(old, store, ...partner, '--dry-run');
  assert.is(dry.code, 0);
  assert.match(dry.stderr, /^no store was looked into: there is no store .*imported\.sqlite yet\n/);
  assert.match(dry.stderr, /6 would be imported, 0 there already, 0 refused \(read: 3 received, 3 sent\)/);
  assert.not.ok(existsSync(store));
  const first = await run(old, store, ...partner);
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stderr, /6 imported, 0 there already, 0 refused/);
  const [again, dryAgain] = await Promise.all([
    run(old, store, ...partner),
    run(old, store, ...partner, '--dry-run'),
  ]);
  assert.match(again.stderr, /0 imported, 6 there already, 0 refused/);
  assert.match(dryAgain.stderr, /^0 would be imported, 6 there already, 0 refused/);
  const log = await exported(store);
  assert.is(log.length, 6);
  assert.ok(
    log.every(({ state }) => state === 'none'),
    'nothing is queued',
  );
  assert.is(log.find(({ answers }) => answers === offerId)?.type, 'FlexOfferResponse');
});

test('a dry run looks past a SQLite file without tables, and says so', async () => {
  const store = join(folder, 'other.db');
  writeFileSync(store, '');
  const old = folderOf('bare', { 'a.xml': sent('FlexRequest').payload });
  const { code, stderr } = await run(old, store, '--dry-run');
  assert.is(code, 0, stderr);
  assert.match(
    stderr,
    /^no store was looked into: there is no UFTP store in \S+other\.db yet\n1 would be imported/,
  );
  assert.is(readFileSync(store).length, 0);
});

test('what cannot be read or taken is told and counted file by file, and the others are taken', async () => {
  const old = folderOf('mixed', { 'a.xml': '<FlexOffer/>', 'z.xml': sent('FlexRequest').bytes });
  mkdirSync(join(old, 'dir.xml'));
  symlinkSync(join(old, 'nowhere'), join(old, 'gone.xml'));
  const { code, stderr } = await run(old, join(folder, 'mixed.sqlite'));
  assert.is(code, 1);
  assert.match(stderr, /a\.xml: not taken\n {2}\/FlexOffer/);
  assert.match(stderr, /dir\.xml: not taken\n {2}\S+dir\.xml cannot be read: EISDIR/);
  assert.match(stderr, /gone\.xml: not taken\n {2}\S+gone\.xml cannot be read: ENOENT/);
  assert.match(stderr, /\n1 imported, 0 there already, 3 refused \(read: 1 received, 0 sent\)\n$/);
});

test('of two responses to a request the first one counts', async () => {
  const first = new TextDecoder().decode(sent('FlexRequestResponse').payload);
  const second = first
    .replace('Result="Accepted"', 'Result="Rejected" RejectionReason="Too late"')
    .replace(/MessageID="[^"]*"/, 'MessageID="c92254b5-7ebd-4036-93cf-775e952145cb"')
    .replace(/TimeStamp="[^"]*"/, `TimeStamp="${new Date(begin + 60_000).toISOString()}"`);
  const store = join(folder, 'twice.sqlite');
  const old = folderOf('twice', {
    'a.xml': second,
    'b.xml': first,
    'c.xml': sent('FlexRequest').payload,
  });
  const { code, stderr } = await run(old, store);
  assert.is(code, 0, stderr);
  const request = (await exported(store)).find(({ type }) => type === 'FlexRequest');
  assert.equal(request?.verdict, { result: 'accepted', reasons: [] });
});

test('a message in the envelope of another is not taken, nor one of a role that sends no such message', async () => {
  const other = await scene.outsider('DSO', 'other.example');
  const { payload } = sent('FlexRequest');
  const store = join(folder, 'false.sqlite');
  const old = folderOf('false', {
    'domain.xml': await other.seal(payload),
    'role.xml': await other.seal(payload, { role: 'CRO', domain: 'dso.example' }),
  });
  const { code, stderr } = await run(old, store);
  assert.is(code, 1);
  const end = 'and it is a FlexRequest of dso\\.example\\n';
  assert.match(
    stderr,
    new RegExp(`domain\\.xml: not taken\\n  its envelope is of DSO other\\.example, ${end}`),
  );
  assert.match(stderr, new RegExp(`role\\.xml: not taken\\n  its envelope is of CRO dso\\.example, ${end}`));
  assert.match(stderr, /0 imported, 0 there already, 2 refused/);
});

test('a message whose MessageID is there with other content is told, and counts as refused', async () => {
  const store = join(folder, 'other.sqlite');
  const { payload } = sent('FlexRequest');
  const one = folderOf('one', { 'a.xml': payload });
  const changed = new TextDecoder().decode(payload).replace('Revision="1"', 'Revision="2"');
  const both = folderOf('both', { 'a.xml': payload, 'b.xml': changed });
  assert.is((await run(one, store)).code, 0);
  for (const options of [['--dry-run'], []]) {
    const { code, stderr } = await run(both, store, ...options);
    assert.is(code, 1);
    assert.match(
      stderr,
      /^\S+b\.xml: not taken\n {2}its MessageID \S+ is there already, with other content\n/,
    );
    assert.match(stderr, /\n0 (?:would be )?imported, 1 there already, 1 refused/);
  }
});

const goldenTitle =
  'the golden messages of the Java library are imported, sealed and bare, except those that are not for us';
if (!existsSync(golden)) test.skip(goldenTitle, '../shared/golden is not there');
else
  test(goldenTitle, async () => {
    const store = join(folder, 'golden.sqlite');
    const us = ['--as', 'DSO:grid-operator.example', '--partner', 'AGR:aggregator.example'];
    const counts = '21 there already, 6 refused \\(read: 22 received, 20 sent\\)\\n$';
    const dry = await uftp(['import', golden, ...us, '--store', store, '--dry-run']);
    assert.match(dry.stderr, new RegExp(`\\n21 would be imported, ${counts}`));
    const { stderr } = await uftp(['import', golden, ...us, '--store', store]);
    assert.match(stderr, new RegExp(`\\n21 imported, ${counts}`));
    assert.is(stderr.match(/AGRPortfolio.*: not taken\n {2}it is neither from nor to DSO/g)?.length, 6);
  });

test('a second response to a request is known for one, also where the first was imported', async () => {
  const market = openScene();
  const grid = await market.outsider('DSO');
  const store = memory();
  const service = await market.join(agr, { store, handlers: { processFlexOfferResponse() {} } });
  const said = { flexOfferMessageId: crypto.randomUUID(), conversationId: crypto.randomUUID() };
  const first = payload('FlexOfferResponse', { ...said, result: 'Accepted' });
  const read = earlierMessage(await grid.seal(first), service.party, []) as EarlierMessage;
  await store.commit({ received: await recordOf(read, new Verdicts()) });
  for (const conversationId of [said.conversationId, crypto.randomUUID()]) {
    const second = { ...said, conversationId, result: 'Rejected', rejectionReason: 'No' };
    const receipt = await service.receive(await grid.seal(payload('FlexOfferResponse', second)));
    assert.is(receipt.result, 'rejected');
  }
});
