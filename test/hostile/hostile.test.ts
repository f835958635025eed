import type { Socket } from 'node:net';
import { ispCalendar } from '../../runtime/market/calendar.ts';
import { payload } from '../flow/drafts.ts';
import { assert, suite } from '../support/suite.ts';
import { head, received, socketTo, statuses } from '../support/wire.ts';
import { attacks, inChunks } from './attacks.ts';
import { answer, cost, posted, startTarget, type Target } from './target.ts';

const test = suite('hostile load');

const cpuMsMax = 50;
const megabyte = 1_000_000;

let target: Target;
/** What is reachable once everything has been used that is made on first use. */
let memoryBytes = 0;

test.before(async () => {
  target = await startTarget();
  for (let i = 0; i < 20; i++) await served(target);
  memoryBytes = await target.ask('memoryBytes');
});

test.after(() => target.stop());

/** A message of the DSO of just now. */
function message(
  to: Target,
  type: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Uint8Array> {
  return to.sealed(payload(type, { timeStamp: new Date().toISOString(), ...fields }));
}

/** Proves that a service goes on answering. */
async function served(to: Target): Promise<void> {
  assert.is(await answer(to, posted(await message(to, 'TestMessage'))), 200);
}

for (const { title, status, pieces } of attacks) {
  test(`${title}: refused${status === undefined ? '' : ` with ${status}`} in less than ${cpuMsMax} ms of processor time`, async () => {
    const found = await cost(target, await pieces(target), cpuMsMax);
    if (status === undefined) assert.ok(found.status === undefined || found.status >= 400);
    else assert.is(found.status, status);
    assert.ok(found.cpuMs < cpuMsMax, `${found.cpuMs} ms`);
    await served(target);
    const grown = (await target.ask('memoryBytes')) - memoryBytes;
    assert.ok(grown < 20 * megabyte, `${grown} bytes`);
  });
}

test('a body of 30 MB in chunks where chunks are taken: refused with 413 at the limit', async () => {
  const taking = await startTarget({ chunked: true });
  for (let i = 0; i < 5; i++) await served(taking);
  const found = await cost(
    taking,
    [head({ 'Transfer-Encoding': 'chunked', Connection: 'keep-alive' }), ...inChunks(30_000_000)],
    cpuMsMax,
  );
  assert.is(found.status, 413);
  assert.ok(found.cpuMs < cpuMsMax, `${found.cpuMs} ms`);
  await taking.stop();
});

test('2,000 idle sockets: the service goes on answering, and forgets them', async () => {
  const sockets = await open(2_000, '');
  for (let i = 0; i < 10; i++) await served(target);
  const held = (await target.ask('memoryBytes')) - memoryBytes;
  assert.ok(held < 20 * megabyte, `${held} bytes`);
  await close(sockets);
  const left = (await target.ask('memoryBytes')) - memoryBytes;
  assert.ok(left < 5 * megabyte, `${left} bytes`);
});

test('2,000 requests that stop in their headers or bodies: the service goes on answering', async () => {
  const beginnings = [head().slice(0, -2), `${head({ 'Content-Length': 1_000 })}<Sig`];
  const sockets = (await Promise.all(beginnings.map((text) => open(1_000, text)))).flat();
  for (let i = 0; i < 10; i++) await served(target);
  const held = (await target.ask('memoryBytes')) - memoryBytes;
  assert.ok(held < 40 * megabyte, `${held} bytes`);
  await close(sockets);
});

test('300 MB of bodies that stall before their last byte: less than 100 MB of them are held', async () => {
  const sockets = await open(300, head({ 'Content-Length': megabyte + 1 }));
  const answered = sockets.map(received);
  await Promise.all(
    sockets.map((socket) => new Promise((done) => socket.write(new Uint8Array(megabyte), done))),
  );
  const heldMax = 67; // of a megabyte each in 64 MiB
  await new Promise<void>((resolve) => {
    let givenUp = 0;
    for (const text of answered) {
      void text.then(() => {
        givenUp += 1;
        if (givenUp === 300 - heldMax) resolve();
      });
    }
  });
  for (let i = 0; i < 10; i++) await served(target);
  const held = (await target.ask('memoryBytes')) - memoryBytes;
  assert.ok(held < 100 * megabyte, `${held} bytes`);
  await close(sockets);
  assert.equal(new Set((await Promise.all(answered)).flatMap(statuses)), new Set([429]));
});

test('signatures that do not hold, one after the other: each less than 10 ms of processor time', async () => {
  const good = Buffer.from(await message(target, 'TestMessage')).toString();
  const forged = good.replace(/Body="..../, 'Body="AAAA');
  const { status, cpuMs } = await cost(target, posted(forged), 10);
  assert.is(status, 419); // 401 is the first one of a minute, for which the key was looked up anew
  assert.ok(cpuMs < 10, `${cpuMs} ms`);
});

test('an ISP of a Duration of 3,000,000,000, which the schema allows, costs nothing', async () => {
  const huge = { start: 3_000_000_000, duration: 3_000_000_000 };
  const isp = Array.from({ length: 100 }, (_, i) => ({ ...huge, start: i + 1 }));
  const cases: readonly (readonly [type: string, fields: Readonly<Record<string, unknown>>])[] = [
    [
      'FlexRequest',
      { isp: isp.map((one) => ({ ...one, disposition: 'Requested', minPower: -1, maxPower: 0 })) },
    ],
    ['FlexRequest', { isp: [{ ...huge, disposition: 'Requested', minPower: -1, maxPower: 0 }] }],
    ['FlexOrder', { isp: isp.map((one) => ({ ...one, power: -1 })) }],
    ['FlexReservationUpdate', { isp: isp.map((one) => ({ ...one, power: -1 })) }],
  ];
  for (const [type, fields] of cases) {
    const { status, cpuMs } = await cost(target, posted(await message(target, type, fields)), cpuMsMax);
    assert.is(status, 200, type);
    assert.ok(cpuMs < cpuMsMax, `${type}: ${cpuMs} ms`);
  }
  const grown = (await target.ask('memoryBytes')) - memoryBytes;
  assert.ok(grown < 20 * megabyte, `${grown} bytes`);
  const day = ispCalendar('2026-03-03', 'Europe/Amsterdam', 'PT15M');
  for (const edge of [day.start, day.end]) assert.throws(() => edge(3_000_000_000), /has ISPs 1 to 96/);
  assert.throws(() => ispCalendar('2026-03-03', 'Europe/Amsterdam', 'PT3000000000M'), /an ISP duration/);
});

/** Opens so many connections and writes a text to each. */
async function open(count: number, text: string): Promise<readonly Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => socketTo(target.url)));
  for (const socket of sockets) {
    socket.resume();
    if (text !== '') socket.write(text);
  }
  return sockets;
}

async function close(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map((socket) => {
      if (socket.closed) return undefined;
      socket.destroy();
      return new Promise((resolve) => socket.once('close', resolve));
    }),
  );
}
