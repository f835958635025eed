/** @module The demonstration: as a user runs it, and what it follows and tells. */

import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocol } from '../../generated/3.1.0/index.ts';
import { followExchange } from '../../runtime/cli/demo/exchange.ts';
import { clockChangeIn, nextClockChange } from '../../runtime/cli/demo/scenario.ts';
import { sqlite } from '../../runtime/node.ts';
import type { Message, Party } from '../../runtime/roles.ts';
import { startUftp, uftp } from '../support/command.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: demo');
const agr: Party = { role: 'AGR', domain: 'agr.example' };
const dso: Party = { role: 'DSO', domain: 'dso.example' };

function message($type: string, fields: object): Message {
  return { $type, version: protocol.version, ...fields } as unknown as Message;
}

test('waiting for an answer or a delivery that does not come ends with the signal', async () => {
  const exchange = followExchange(
    () => {},
    () => {},
  );
  const request = message('FlexOffer', { messageId: 'm1', conversationId: 'c1' });
  exchange.observe({ event: 'queued', participant: agr, recipient: dso, message: request });
  const time = new AbortController();
  const waits = [exchange.answered('FlexOffer', 1, time.signal), exchange.settled(time.signal)];
  const ends = Promise.allSettled(waits);
  time.abort();
  const reasons = (await ends).map((end) => (end.status === 'rejected' ? end.reason.message : end.status));
  assert.equal(reasons, [
    'FlexOffer was not sent and answered 1 times in time',
    'some messages were not delivered in time',
  ]);
  const late = await Promise.allSettled([exchange.answered('FlexOffer', 1, time.signal)]);
  assert.is(late[0].status, 'rejected');
});

test('what was queued is settled once it is delivered, and counts once', async () => {
  const shown: string[] = [];
  const exchange = followExchange(
    ({ request }) => shown.push(request.$type),
    () => {},
  );
  const { signal } = new AbortController();
  const request = message('FlexOffer', { messageId: 'm1', conversationId: 'c1' });
  exchange.observe({ event: 'queued', participant: agr, recipient: dso, message: request });
  const waits = Promise.all([exchange.answered('FlexOffer', 1, signal), exchange.settled(signal)]);
  const delivered = { participant: agr, recipient: dso, type: 'FlexOffer', messageId: 'm1' };
  for (let i = 0; i < 2; i++) exchange.observe({ event: 'delivered', ...delivered });
  exchange.observe({
    event: 'received',
    participant: agr,
    sender: dso,
    message: message('FlexOfferResponse', { messageId: 'm2', flexOfferMessageId: 'm1', result: 'Accepted' }),
    result: 'accepted',
    reasons: [],
  });
  await waits;
  assert.is(exchange.delivered.size, 1);
  assert.equal(shown, ['FlexOffer']);
});

test('the sentence about the change of the clocks stands only where an ISP ends with it', () => {
  const spring = nextClockChange(new Date('2027-01-01T00:00:00Z'));
  assert.is(
    clockChangeIn(spring, spring.congested),
    'ISP 8 lasts 15 minutes like every other: at its end the clocks change from CET to CEST.',
  );
  assert.is(clockChangeIn(spring, [7, 9]), undefined);
  const autumn = nextClockChange(new Date('2027-08-01T00:00:00Z'));
  assert.is(
    clockChangeIn(autumn, autumn.congested),
    'ISP 12 lasts 15 minutes like every other: at its end the clocks change from CEST to CET.',
  );
});

test('demo --once trades the day, without colours where no terminal is, and ends with 0', async () => {
  const { code, stdout, stderr } = await uftp(['demo', '--once']);
  const text = stdout.toString();
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  assert.not.ok(text.includes('\u001b'));
  assert.match(text, /17 requests and their responses, 34 signed messages in \d+ ms: all accepted\./);
  for (const type of [
    'TestMessage',
    'DSOPortfolioUpdate',
    'AGRPortfolioUpdate',
    'DSOPortfolioQuery',
    'AGRPortfolioQuery',
  ]) {
    assert.match(text, new RegExp(`(?:AGR|DSO|CRO) → (?:AGR|DSO|CRO)  ${type} .*Accepted`));
  }
  const trade = [
    'D-Prognosis',
    'FlexReservationUpdate',
    'FlexRequest',
    'FlexOffer',
    'FlexOfferRevocation',
    'FlexOrder',
    'Metering',
    'FlexSettlement',
  ];
  for (const type of trade) assert.match(text, new RegExp(`${type} .*Accepted`));
  assert.match(text, /^ISP +wall clock +kW$/m);
  assert.match(
    text,
    /^ISP \d+ lasts 15 minutes like every other: at its end the clocks change from \w+ to \w+\.$/m,
  );
});

test('demo --once --json prints one line of JSON a message, and a summary', async () => {
  const { code, stdout } = await uftp(['demo', '--once', '--json']);
  assert.is(code, 0);
  const lines = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(lines.length, 18);
  assert.ok(lines.slice(0, 17).every((line) => line.result === 'Accepted'));
  assert.is(lines[17].rejected, 0);
  assert.is(lines[17].messages, 34);
});

test('demo --store keeps the day in a new SQLite file, and refuses one that is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-demo-test-'));
  const path = join(folder, 'day.sqlite');
  assert.is((await uftp(['demo', '--once', '--store', path])).code, 0);
  const store = await sqlite(path);
  const { messages } = await store.list({ participant: { domain: 'grid-operator.example', role: 'DSO' } });
  assert.ok(messages.some(({ type, state }) => type === 'FlexOrder' && state === 'done'));
  await store.close();
  const again = await uftp(['demo', '--once', '--store', path]);
  assert.is(again.code, 2);
  assert.match(again.stderr, /--store takes a new file/);
  rmSync(folder, { recursive: true });
});

test('demo leaves nothing behind where it is interrupted while it trades', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-demo-test-'));
  const child = startUftp(['demo'], { TMPDIR: folder });
  let interrupted = false;
  child.stdout.on('data', (part: Buffer) => {
    if (!interrupted && part.includes('Trading')) interrupted = child.kill('SIGINT');
  });
  const [, signal] = await once(child, 'close');
  assert.ok(interrupted);
  assert.is(signal, null);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('uftp-demo-')),
    [],
  );
  rmSync(folder, { recursive: true });
});

test('demo leaves nothing behind where a second Ctrl-C does not wait for what is under way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-demo-test-'));
  const child = startUftp(['demo'], { TMPDIR: folder });
  let told = '';
  let held: Socket | undefined;
  let signals = 0;
  child.stdout.on('data', (part: Buffer) => {
    told += part;
    const port = /AGR .*http:\/\/127\.0\.0\.1:(\d+)/.exec(told)?.[1];
    if (held === undefined && port !== undefined && told.includes('go on serving')) {
      held = connect(Number(port), '127.0.0.1');
      held.on('error', () => {});
      const head = 'POST /shapeshifter/api/v3/message HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n';
      // A request that never ends keeps the server from stopping.
      held.write(`${head}Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n`);
      held.once('data', () => {
        signals = Number(child.kill('SIGINT'));
      });
    }
    if (signals === 1 && told.includes('Ctrl-C again')) signals += Number(child.kill('SIGINT'));
  });
  const [code, signal] = await once(child, 'close');
  held?.destroy();
  assert.equal([signals, code, signal], [2, 1, null]);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('uftp-demo-')),
    [],
  );
  rmSync(folder, { recursive: true });
});
