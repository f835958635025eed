import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { type Server, serve } from '../../runtime/node.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import type { ServeOptions } from '../../runtime/server.ts';
import { payload } from '../flow/drafts.ts';
import { type Given, openScene, path } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { exchange, head, received, socketTo, statuses } from '../support/wire.ts';

const test = suite('service: on the wire');

interface Running {
  readonly url: string;
  /** A message that is taken. */
  message(): Promise<Uint8Array>;
}

/** Runs something against a server on Node. */
async function against(
  given: Given<AgrKind>,
  options: ServeOptions,
  run: (running: Running) => Promise<void>,
): Promise<void> {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { clock: systemClock, ...given });
  const server: Server = await serve(service, { port: 0, ...options });
  const message = () => outsider.seal(payload('TestMessage', { timeStamp: new Date().toISOString() }));
  try {
    await run({ url: server.url, message });
  } finally {
    await server.stop();
  }
}

test('GET tells nothing but that POST is what is taken, and HEAD less', async () => {
  await against({}, {}, async ({ url }) => {
    const ask = (method: string): string =>
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const get = await exchange(url, ask('GET'));
    const [headers = '', body] = get.split('\r\n\r\n');
    assert.match(headers, /^HTTP\/1\.1 405 /);
    assert.match(headers, /\r\nallow: POST\r\n/i);
    assert.not.match(headers, /\r\n(?:server|x-powered-by):/i);
    assert.is(body, '{"title":"This endpoint takes POST only.","status":405,"code":"method-not-allowed"}');
    const [, ofHead] = (await exchange(url, ask('HEAD'))).split('\r\n\r\n');
    assert.is(ofHead, '');
  });
});

test('a body in chunks is refused (rule 32), or taken within the limit where the service says so', async () => {
  for (const chunked of [false, true]) {
    await against({ chunked, limits: { bytesMax: 5_000 } }, {}, async ({ url, message }) => {
      const send = (body: Uint8Array): Promise<string> =>
        exchange(
          url,
          head({ 'Transfer-Encoding': 'chunked' }),
          ...[body.subarray(0, 100), body.subarray(100)].flatMap((part) => [
            `${part.length.toString(16)}\r\n`,
            part,
            '\r\n',
          ]),
          '0\r\n\r\n',
        );
      assert.equal(statuses(await send(await message())), [chunked ? 200 : 411]);
      assert.equal(statuses(await send(new Uint8Array(5_001))), [chunked ? 413 : 411]);
    });
  }
});

test('a Content-Length that lies gets nobody anything', async () => {
  await against({ bodyMsMax: 100 }, {}, async ({ url, message }) => {
    const body = await message();
    const cases: readonly [why: string, length: string | number, expected: readonly number[]][] = [
      ['too long', body.length + 1, [408]],
      ['too short: what follows is no request', body.length - 1, [400]],
      ['negative', -1, [400]],
      ['no number', 'many', [400]],
      ['in hexadecimal', '0x10', [400]],
      ['beyond all bounds', '9'.repeat(400), [400]],
      ['larger than the limit', 4 * 1024 * 1024 + 1, [413]],
      ['larger than a number carries', '9007199254740993', [413]],
      ['twice', `${body.length}\r\nContent-Length: 1`, [400]],
      ['beside chunks', `${body.length}\r\nTransfer-Encoding: chunked`, [400]],
    ];
    for (const [why, length, expected] of cases) {
      const text = await exchange(url, head({ 'Content-Length': length }), body);
      assert.equal(statuses(text).slice(0, 1), expected, why);
    }
    assert.equal(statuses(await exchange(url, head({ 'Content-Length': body.length }), body)), [200]);
  });
});

test('requests that are sent without waiting for answers are answered in order', async () => {
  await against({}, {}, async ({ url, message }) => {
    const parts: (string | Uint8Array)[] = [];
    for (let i = 0; i < 5; i++) {
      const body = i % 2 === 0 ? await message() : new Uint8Array(3);
      parts.push(head({ 'Content-Length': body.length, Connection: i === 4 ? 'close' : 'keep-alive' }), body);
    }
    assert.equal(statuses(await exchange(url, ...parts)), [200, 400, 200, 400, 200]);
  });
});

test('HTTP/1.0 is answered, and what is no HTTP is refused', async () => {
  await against({}, {}, async ({ url, message }) => {
    const body = await message();
    assert.equal(statuses(await exchange(url, head({ 'Content-Length': body.length }, '1.0'), body)), [200]);
    assert.equal(statuses(await exchange(url, head({}, '1.0'))), [411]);
    const cases: readonly [why: string, text: string, status: number][] = [
      ['no HTTP', 'hello\r\n\r\n', 400],
      ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
      ['another version', head({ 'Content-Length': 0 }, '9.9'), 400],
      ['no Host', head({ Host: undefined, 'Content-Length': 0 }), 400],
      ['a name with a blank', head({ 'Content-Length': 0, 'X Y': 1 }), 400],
      ['a line feed in a value', head({ 'Content-Length': 0, X: 'a\nb\x00' }), 400],
      ['20 KB of headers', head({ 'Content-Length': 0, X: 'x'.repeat(20_000) }), 431],
      ['many headers', head(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`X-${i}`, i]))), 431],
      ['a path of 20 KB', head().replace(path, `/${'x'.repeat(20_000)}`), 431],
    ];
    for (const [why, text, status] of cases) assert.equal(statuses(await exchange(url, text)), [status], why);
    assert.equal(statuses(await exchange(url, head({ 'Content-Length': body.length }), body)), [200]);
  });
});

test('headers that do not arrive in time close the connection, whether something of them comes or nothing', async () => {
  const patient = await serve(await openScene().join(agr), { port: 0 }); // for 10 s
  const waiting = await socketTo(patient.url);
  waiting.resume(); // or it would not hear that it was closed
  await against({}, { headersMsMax: 100 }, async ({ url }) => {
    const beginnings = ['', 'P', head().slice(0, 40), `${head().slice(0, -2)}X: `];
    const sockets = await Promise.all(beginnings.map(() => socketTo(url)));
    const closed = sockets.map(received);
    beginnings.forEach((text, i) => {
      sockets[i]?.write(text);
    });
    // One that sends a byte now and then does not last longer.
    const drip = setInterval(() => sockets[3]?.write('x'), 10);
    for (const text of await Promise.all(closed)) assert.equal(statuses(text), [408]);
    clearInterval(drip);
  });
  assert.is(waiting.closed, false);
  waiting.destroy();
  await patient.stop();
});

test('a request that does not arrive in time closes the connection, also where its body is not waited for', async () => {
  await against({}, { headersMsMax: 100, requestMsMax: 200 }, async ({ url }) => {
    for (const begin of [
      head({ 'Content-Length': 1_000 }),
      `GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n`,
    ]) {
      const socket = await socketTo(url);
      const text = received(socket);
      socket.write(begin);
      const drip = setInterval(() => socket.write('x'), 100);
      assert.match(await text, /^HTTP\/1\.1 4/);
      clearInterval(drip);
    }
  });
});

test('a body that comes too slowly is answered 408 by the service', async () => {
  await against({ bodyMsMax: 50 }, {}, async ({ url }) => {
    const text = await exchange(url, head({ 'Content-Length': 1_000 }), 'a part');
    assert.match(text, /^HTTP\/1\.1 408 /);
    assert.match(text, /"code":"body-too-slow"/);
  });
});

test('the address of the connection is counted by, for whom the service says so', async () => {
  await against(
    {
      requestsPerMinuteMax: 2,
      remoteAddress: (_, env) => (env as { readonly remoteAddress: string }).remoteAddress,
    },
    {},
    async ({ url, message }) => {
      const send = async (body: Uint8Array): Promise<string> =>
        exchange(url, head({ 'Content-Length': body.length }), body);
      assert.equal(statuses(await send(await message())), [200]);
      assert.equal(statuses(await send(await message())), [200]);
      const text = await send(await message());
      assert.match(text, /^HTTP\/1\.1 429 /);
      assert.match(text, /\r\nretry-after: 60\r\n/i);
    },
  );
});

test('times of a server that are none are said all at once', async () => {
  const service = await openScene().join(agr);
  const error = await serve(service, { headersMsMax: 0, requestMsMax: 1e9 }).catch(
    (thrown: unknown) => thrown,
  );
  assert.instance(error, TypeError);
  assert.match(String(error), /headersMsMax: expected a whole number from 1 to 255000, got 0\n/);
  assert.match(String(error), /requestMsMax: expected a whole number from 1 to 600000, got 1000000000$/);
});
