/** @module The commands on a store of large messages: they hold a few of them at a time. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { candidate } from '../../runtime/cli/store/dead-letter.ts';
import { pages } from '../../runtime/cli/store/filter.ts';
import { sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { message } from '../../runtime/store/conformance/stage.ts';
import { flexOffer, payload } from '../flow/drafts.ts';
import { startUftp } from '../support/command.ts';
import { begin, minute } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: large');
const mebibyte = 1024 * 1024;
const count = 24;

test('export writes 24 messages of 4 MiB within 96 MB of memory for strings', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-large-'));
  const file = join(folder, 'large.sqlite');
  const store = await sqlite(file);
  const body = new Uint8Array(4 * mebibyte);
  for (let i = 0; i < count; i++) await store.commit({ received: message(`m${i}`, { body }) });
  await store.close();
  const child = startUftp(['export', '--store', file], { NODE_OPTIONS: '--max-old-space-size=96' });
  let bytes = 0;
  let lines = 0;
  let told = '';
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    for (const byte of part) if (byte === 10) lines += 1;
  });
  child.stderr.on('data', (part: Buffer) => {
    told += part;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.is(code, 0, told);
  assert.is(lines, count);
  assert.ok(bytes > (count * 4 * mebibyte * 4) / 3);
  rmSync(folder, { recursive: true });
});

test('import takes 24 messages of 3 MiB within 96 MB of memory for objects, the oldest first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-large-'));
  const isp = Array.from({ length: 72_000 }, (_, i) => ({
    power: 100_000_000 + i,
    start: 1 + i,
    duration: 1,
  }));
  const offerOption = [{ optionReference: 'full', price: '1', isp }];
  for (let i = 0; i < count; i++) {
    const said = { messageId: crypto.randomUUID(), timeStamp: new Date(begin - i * minute).toISOString() };
    writeFileSync(join(folder, `${i}.xml`), payload('FlexOffer', { ...flexOffer, offerOption, ...said }));
  }
  const file = join(folder, 'large.sqlite');
  const options = ['--as', 'AGR:agr.example', '--store', file];
  const child = startUftp(['import', folder, ...options], { NODE_OPTIONS: '--max-old-space-size=96' });
  let told = '';
  child.stderr.on('data', (part: Buffer) => {
    told += part;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.is(code, 0, told);
  const store = await sqlite(file);
  const places: number[] = [];
  for await (const page of pages(store as Store, {})) places.push(...page.map(({ place }) => place));
  await store.close();
  assert.is(places.length, count);
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
  rmSync(folder, { recursive: true });
});

test('what retry keeps of a dead letter does not grow with its payload', () => {
  const dead = { place: 1, state: 'dead', attempts: [] } as const;
  const body = new Uint8Array(4 * mebibyte).fill(1);
  for (const direction of ['in', 'out'] as const) {
    const kept = candidate({ ...message('m'), ...dead, direction, body });
    assert.type(kept.way, 'object');
    assert.ok(serialize(kept).length < 1_000);
  }
});
