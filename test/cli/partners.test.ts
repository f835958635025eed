/** @module The commands on a store that two participants share, as `uftp demo --store` makes one; the texts of one are hostile. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, dso } from '../../generated/3.1.0/index.ts';
import { candidate, putBack } from '../../runtime/cli/store/dead-letter.ts';
import { Listing } from '../../runtime/cli/store/listing.ts';
import { sqlite } from '../../runtime/node.ts';
import type { Store, StoredMessage } from '../../runtime/ports/store.ts';
import { type Party, reject } from '../../runtime/roles.ts';
import { alsoUs, message, us } from '../../runtime/store/conformance/stage.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { flexOffer, flexRequest } from '../flow/drafts.ts';
import { jsonLines, uftp } from '../support/command.ts';
import { openScene, type Scene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: partners');
const folder = mkdtempSync(join(tmpdir(), 'uftp-partners-'));
const file = join(folder, 'both.sqlite');
const all = ['--since', '2026-03-01', '--store', file];
let scene: Scene;
let requestId: string;
let offerId: string;

/** A DSO asks an AGR that cannot process it, and rejects its offer with a text that is meant for a terminal. */
test.before(async () => {
  scene = openScene();
  const opened = await sqlite(file);
  const store = opened as Store as never;
  const grid = await scene.join(dso, {
    store,
    handlers: { preProcessFlexOffer: () => reject('no\n2026-03-02T12:00:00.000Z  forged\u009b2J\u202e') },
  });
  const aggregator = await scene.join(agr, { store, ...failing });
  requestId = (await grid.agrClient('agr.example').sendFlexRequest(flexRequest)).messageId;
  await scene.pass(1000);
  offerId = (await aggregator.dsoClient('dso.example').sendFlexOffer(flexOffer)).messageId;
  await scene.drain();
  await opened.close();
});
test.after(() => rmSync(folder, { recursive: true }));

/** What a participant cannot process is a dead letter at once. */
const failing = {
  processAttemptsMax: 1,
  handlers: {
    processFlexRequest(): void {
      throw new Error('no\u009b2J more');
    },
  },
};

test('log tells whose record each is, where those of several are listed', async () => {
  const [both, one] = await Promise.all([
    uftp(['log', ...all]),
    uftp(['log', ...all, '--as', 'AGR:agr.example']),
  ]);
  const text = both.stdout.toString();
  assert.match(text, /^time +of +partner +type +MessageID +verdict +task\n/);
  assert.match(text, new RegExp(`Z +DSO:dso\\.example +> +AGR:agr\\.example +FlexRequest +${requestId} `));
  assert.match(text, new RegExp(`Z +AGR:agr\\.example +< +DSO:dso\\.example +FlexRequest +${requestId} `));
  assert.match(one.stdout.toString(), /^time +partner +type +MessageID +verdict +task\n/);
});

test('a long list tells whose each record is from where a second participant turns up', () => {
  const many = (count: number, participant: Party): readonly StoredMessage[] =>
    Array.from({ length: count }, (_, i) => ({
      ...message(`m${i}`, { participant }),
      ...({ place: i, state: 'none', attempts: [] } as const),
    }));
  const listing = new Listing();
  assert.is(listing.add(many(199, us)), '');
  const pieces = [listing.add(many(1, us)), listing.add(many(200, alsoUs)), listing.add(many(200, us))];
  const heads = pieces.map((text) => text.split('\n').filter((line) => line.startsWith('time')));
  assert.equal(
    heads.map((lines) => lines.map((line) => line.includes(' of '))),
    [[false], [true], []],
  );
  assert.is(
    pieces
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('1970')).length,
    600,
  );
  assert.match(pieces[2] ?? '', /^1970\S+ +DSO:dso\.example +< /);
  assert.is(listing.end(), '');
});

test('a text of a partner forges no line, and steers no terminal', async () => {
  const ran = await Promise.all([uftp(['log', ...all]), uftp(['show', offerId, '--store', file])]);
  const [log, shown] = ran.map(({ stdout }) => stdout.toString());
  for (const text of [log, shown]) {
    assert.not.match(text ?? '', /[^\P{Cc}\n]|\p{Cf}/u);
    assert.match(text ?? '', /rejected: no\ufffd2026-03-02T12:00:00\.000Z {2}forged\ufffd2J\ufffd/);
  }
  assert.is(log?.split('\n').filter((line) => /^2026-/.test(line)).length, 8);
  const failed = await uftp(['show', requestId, '--store', file]);
  assert.match(failed.stdout.toString(), /no\ufffd2J more/);
});

test('show --payload prints one payload: of two records of a message one, of two messages the one that is meant', async () => {
  const store = await sqlite(file);
  const { messages } = await store.list({ messageId: requestId, direction: 'in' });
  const [record] = messages;
  if (record === undefined) throw new Error('the request is not there');
  const show = (...options: readonly string[]) => uftp(['show', ...options, '--store', file, '--payload']);
  const payload = Buffer.from(record.body.subarray(64));
  const same = await show(requestId);
  assert.is(same.code, 0, same.stderr);
  assert.equal(same.stdout, payload);
  // The same MessageID once more, with other content, as a service keeps it.
  const other = `${requestId}#other`;
  const body = new Uint8Array(70).fill(65);
  await store.commit({ received: { ...record, identity: other, content: 'other', body } });
  await store.close();
  const [open, meant] = await Promise.all([show(requestId), show(other)]);
  assert.is(open.code, 2);
  assert.is(open.stdout.length, 0);
  assert.match(open.stderr, /there are several payloads under this MessageID; which one\?\n/);
  const words = `uftp show ${other} --as AGR:agr.example --partner DSO:dso.example --direction in --payload`;
  assert.ok(open.stderr.includes(words), open.stderr);
  assert.is(meant.stdout.toString(), 'AAAAAA');
});

test('retry puts back the dead one of the records of a message, and complains only where none is dead', async () => {
  const first = await uftp(['retry', requestId, '--store', file]);
  assert.is(first.code, 0, first.stderr);
  assert.is(first.stderr, '1 put back\n');
  const { stdout } = await uftp(['log', ...all, '--json', '--state', 'waiting']);
  assert.equal(
    jsonLines(stdout).map(({ participant, messageId }) => [participant, messageId]),
    [['AGR:agr.example', requestId]],
  );
  const second = await uftp(['retry', requestId, '--store', file]);
  assert.is(second.code, 1);
  assert.match(second.stderr, /not a dead letter, its state is waiting\n.*\n0 put back, \d not\n$/s);
});

test('a dead letter that retention removes in the meantime is told, and is no error', async () => {
  const own = openScene();
  const store = memory();
  await own.join(agr, { store, ...failing });
  const grid = await own.join(dso);
  await grid.agrClient('agr.example').sendFlexRequest(flexRequest);
  await own.drain();
  const { messages } = await store.list({ state: 'dead' });
  const [dead] = messages.map(candidate);
  if (dead === undefined) throw new Error('there is no dead letter');
  await store.prune({ bodiesBefore: Number.MAX_SAFE_INTEGER, recordsBefore: Number.MAX_SAFE_INTEGER });
  assert.is(await putBack(store as Store, dead), `${dead.name}: retention has removed it meanwhile`);
});
