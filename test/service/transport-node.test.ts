import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import type { Agent, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../runtime/ports/clock.ts';
import { manualClock } from '../../runtime/testing.ts';
import { connections } from '../../runtime/transport/connections-node.ts';
import { nodeTransport } from '../../runtime/transport/node.ts';
import { transportOver } from '../../runtime/transport/post-node.ts';
import { nobody, noCipher, plain, selfSigned } from '../faults/unreachable.ts';
import { begin, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { dns, type Ended, type Listening, listen, listenHttp, post } from './posting.ts';

const test = suite('service: the transport of Node');

const connectMsMax = 10_000;
const restMsMax = 1_000;

/** Lets a server answer so many POSTs, one after the other. @returns how they ended, and the connections it took */
async function inTurn(
  answer: (response: ServerResponse, i: number) => void,
  posts: number,
): Promise<{ readonly ended: readonly Ended[]; readonly connections: number }> {
  let answered = 0;
  const server = await listenHttp((_, response) => answer(response, answered++));
  const transport = nodeTransport();
  const ended: Ended[] = [];
  for (let i = 0; i < posts; i++) ended.push(await post(transport, `http://127.0.0.1:${server.port}/`));
  await server.close();
  return { ended, connections: server.connections.length };
}

test('one connection carries what is POSTed in turn, as long as answers are short', async () => {
  const short = await inTurn((response, i) => {
    response.statusCode = [200, 202, 307, 400, 503][i] ?? 0;
    response.end('x'.repeat(i * 1000));
  }, 5);
  assert.is(short.connections, 1);
  assert.equal(
    short.ended.map(({ response }) => response?.status),
    [200, 202, 307, 400, 503],
  );
  assert.equal(
    short.ended.map(({ response }) => response?.text.length),
    [0, 0, 0, 3000, 4000],
  );
  for (const status of [200, 400]) {
    const long = await inTurn((response) => {
      response.statusCode = status;
      response.end('x'.repeat(1_000_000));
    }, 3);
    assert.is(long.connections, 3);
    assert.is(long.ended[2]?.response?.text.length, status === 200 ? 0 : 64 * 1024);
  }
});

test('what is POSTed at once has a connection each, and those are used again', async () => {
  const waiting: ServerResponse[] = [];
  const server = await listenHttp((_, response) => void waiting.push(response));
  const transport = nodeTransport();
  for (let round = 0; round < 2; round++) {
    const all = Array.from({ length: 10 }, () => post(transport, `http://127.0.0.1:${server.port}/`));
    await until(() => waiting.length === 10);
    for (const response of waiting.splice(0)) response.end();
    for (const { response } of await Promise.all(all)) assert.is(response?.status, 200);
  }
  assert.is(server.connections.length, 10);
  await server.close();
});

test('a 200 whose body never ends counts, and costs its connection', async () => {
  const clock = manualClock(begin);
  const server = await listenHttp((_, response) => void response.writeHead(200).write('and'));
  const ended = post(transportOver(connections({}), clock), `http://127.0.0.1:${server.port}/`);
  await until(() => (server.connections[0]?.bytesWritten ?? 0) > 0);
  await until(() => {
    clock.advance(restMsMax); // nobody tells when the wait has begun
    return server.connections[0]?.destroyed === true;
  });
  assert.is((await ended).response?.status, 200);
  await server.close();
});

test('idle connections are closed after 4 s, and until then keep no process alive', async () => {
  const agents = connections({});
  const to = { url: new URL('http://127.0.0.1/'), insecureEndpoints: true, credentials: true };
  const server = await listenHttp((_, response) => void response.end());
  await post(transportOver(agents, systemClock), `http://127.0.0.1:${server.port}/`);
  const [idle] = Object.values(agents(to).freeSockets as Agent['freeSockets']).flat();
  assert.is(idle?.timeout, 4_000);
  idle?.emit('timeout');
  await until(() => server.connections[0]?.destroyed === true);
  // A process with nothing else to do ends while it still has its connection.
  const program = fileURLToPath(new URL('idle-process.ts', import.meta.url));
  const flags = ['--conditions=shapeshifter-uftp-source', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[...flags, program, `http://127.0.0.1:${server.port}/`],
  ]);
  assert.equal(JSON.parse(stdout), { status: 200, idle: 1 });
  await server.close();
});

test('what fails before the first byte is unsent: no listener, no certificate, no TLS', async () => {
  const cases = [
    [nobody, /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/],
    [selfSigned, /self-signed certificate/],
    [noCipher, /handshake failure/],
    [plain, /wrong version number|packet length/],
  ] as const;
  for (const [unreachable, text] of cases) {
    const { origin, close } = await unreachable();
    const ended = await post(nodeTransport(), origin);
    assert.match(ended.text, text);
    assert.is(ended.error?.unsent, true);
    await close();
  }
});

test('a connection that is not there within 10 s is given up, and nothing was sent', async () => {
  const clock = manualClock(begin);
  const silent = await listen(createServer((socket) => void socket.resume())); // it never begins with TLS
  const transport = transportOver(connections({}), clock);
  const ended = post(transport, `https://127.0.0.1:${silent.port}/`);
  await until(() => silent.connections.length === 1);
  clock.advance(connectMsMax - 1);
  clock.advance(1);
  assert.is((await ended).text, 'no connection within 10000 ms');
  assert.is((await ended).error?.unsent, true);
  // A name that nobody resolves is no other case.
  const unnamed = post(
    transportOver(
      connections({}, () => {}),
      clock,
    ),
    'http://dso.example/',
  );
  clock.advance(connectMsMax);
  assert.is((await unnamed).error?.unsent, true);
  await silent.close();
});

test('once it has been written a message may have arrived, whatever comes then', async () => {
  const reset = await listenHttp((request) => void request.socket.resetAndDestroy());
  const wordless = await listen(createServer((socket) => void socket.resume().end()));
  const noHttp = await listen(createServer((socket) => void socket.resume().end('SMTP\r\n\r\n')));
  const endless = await listen(
    createServer((socket) => void socket.resume().end(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}`)),
  );
  const cases: readonly [Listening, RegExp][] = [
    [reset, /ECONNRESET|socket hang up/],
    [wordless, /socket hang up|ECONNRESET|EPIPE/],
    [noHttp, /Parse Error/],
    [endless, /Header overflow/],
  ];
  for (const [server, text] of cases) {
    const ended = await post(nodeTransport(), `http://127.0.0.1:${server.port}/`);
    assert.match(ended.text, text);
    assert.instance(ended.error, Error);
    assert.is(ended.error?.unsent, undefined);
    await server.close();
  }
});

test('a connection that is used again and reset may have brought the message', async () => {
  const { ended, connections } = await inTurn((response, i) => {
    if (i === 0) response.end();
    else response.socket?.resetAndDestroy();
  }, 2);
  assert.is(connections, 1);
  assert.is(ended[0]?.response?.status, 200);
  assert.match(ended[1]?.text ?? '', /ECONNRESET|socket hang up/);
  assert.is(ended[1]?.error?.unsent, undefined);
});

test('a signal ends the attempt: before the connection nothing is sent, behind it anything may be', async () => {
  const silent = await listen(createServer((socket) => void socket.resume()));
  const heard = await listenHttp(() => {});
  const cases = [
    [`https://127.0.0.1:${silent.port}/`, silent, true],
    [`http://127.0.0.1:${heard.port}/`, heard, undefined],
  ] as const;
  for (const [url, server, unsent] of cases) {
    const stop = new AbortController();
    let written = 0;
    const ended = post(nodeTransport(), url, { signal: stop.signal });
    await until(() => {
      written = server.connections[0]?.bytesRead ?? 0;
      return written > 0; // of TLS it is the greeting
    });
    stop.abort(new Error('enough'));
    assert.is((await ended).text, 'given up');
    assert.is((await ended).error?.cause, stop.signal.reason);
    assert.is((await ended).error?.unsent, unsent);
    await until(() => server.connections[0]?.destroyed === true);
    await server.close();
  }
  const late = await post(nodeTransport(), 'http://127.0.0.1:1/', { signal: AbortSignal.abort('why') });
  assert.is(late.error?.unsent, true);
});

test('an answer that breaks, or is stopped, in the middle of its text is a throw', async () => {
  const half = await listenHttp((_, response) => void response.writeHead(400).write('Dupli'));
  for (const end of ['break', 'stop']) {
    const stop = new AbortController();
    const before = half.connections.length;
    const ended = post(nodeTransport(), `http://127.0.0.1:${half.port}/`, { signal: stop.signal });
    await until(() => (half.connections[before]?.bytesWritten ?? 0) > 0);
    if (end === 'break') half.connections[before]?.resetAndDestroy();
    else stop.abort();
    assert.instance((await ended).error, Error);
    assert.is((await ended).error?.unsent, undefined);
  }
  await half.close();
});

test('a host that is slow has at most 100 connections, and what is too many for it is unsent', async () => {
  const clock = manualClock(begin);
  const hanging = await listenHttp(() => {});
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const transport = transportOver(connections({}, dns(['127.0.0.1'])), clock);
  const all = Array.from({ length: 101 }, () =>
    post(transport, `http://dso.example:${hanging.port}/`, { signal: stop.signal }),
  );
  await until(() => hanging.connections.filter(({ bytesRead }) => bytesRead > 0).length === 100);
  clock.advance(connectMsMax);
  assert.is((await all[100])?.text, 'no connection within 10000 ms');
  assert.is((await all[100])?.error?.unsent, true);
  stop.abort();
  for (const ended of await Promise.all(all.slice(0, 100))) assert.is(ended.error?.unsent, undefined);
  assert.is(hanging.connections.length, 100);
  await hanging.close();
});

test('an answer that breaks off keeps its status, but for 400, whose text may say that the message is there', async () => {
  for (const status of [400, 401, 429, 503]) {
    const server = await listenHttp((_, response) => {
      response.writeHead(status, { 'content-length': 100, 'retry-after': '7' }).write('Dupl');
      setImmediate(() => response.destroy());
    });
    const { response, error } = await post(nodeTransport(), `http://127.0.0.1:${server.port}/`);
    assert.is(response?.status, status === 400 ? undefined : status);
    assert.is(response?.header('Retry-After'), status === 400 ? undefined : '7');
    assert.is(error?.unsent, undefined);
    await server.close();
  }
});

test('an answer that changes the protocol is a connection that was closed', async () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
  const server = await listen(
    createServer((socket) => socket.once('data', () => void socket.write(upgrade))),
  );
  const { error } = await post(nodeTransport(), `http://127.0.0.1:${server.port}/`);
  assert.match(error?.message ?? '', /closed without an answer/);
  assert.is(error?.unsent, undefined);
  await server.close();
});

test('a certificate without its key, or a key without its certificate, is a mistake', () => {
  for (const options of [{ cert: 'x' }, { key: 'x' }])
    assert.throws(() => nodeTransport(options), /cert and key are given together/);
});
