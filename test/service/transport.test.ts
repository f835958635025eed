import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Transport, TransportResponse } from '../../runtime/ports/transport.ts';
import { inMemoryTransport } from '../../runtime/testing.ts';
import { fetchTransport } from '../../runtime/transport/fetch.ts';
import { nodeTransport } from '../../runtime/transport/node.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: transport');

const seen: { method: string; url: string; type: string; length: string; body: string }[] = [];
let server: Server;
let origin = '';

test.before(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        type: request.headers['content-type'] ?? '',
        length: request.headers['content-length'] ?? '',
        body: Buffer.concat(chunks).toString(),
      });
      const [, status, text] = /^\/(\d+)\/?(.*)$/.exec(request.url ?? '') ?? [];
      if (status === undefined) {
        request.socket.destroy();
        return;
      }
      const body = text === 'long' ? 'x'.repeat(1_000_000) : (text ?? '');
      response.writeHead(Number(status), { Location: '/200', 'Retry-After': '7' });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => {
  server.close();
  server.closeAllConnections();
});

const never = new AbortController().signal;

function sendBy(transport: Transport, path: string, signal = never): Promise<TransportResponse> {
  const body = new TextEncoder().encode('<a/>');
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(body.length) };
  const how = { headers, body, signal, insecureEndpoints: true, credentials: true };
  return transport({ url: new URL(path, origin), ...how });
}

for (const [name, transport] of Object.entries({ fetch: fetchTransport, 'node:http': nodeTransport() })) {
  const send = (path: string, signal?: AbortSignal): Promise<TransportResponse> =>
    sendBy(transport, path, signal);

  test(`a POST by ${name} arrives with its body, its type and its length`, async () => {
    seen.length = 0;
    const { status, text } = await send('/200/ok');
    assert.is(status, 200);
    assert.is(text, '');
    const type = 'text/xml; charset=utf-8';
    assert.equal(seen, [{ method: 'POST', url: '/200/ok', type, length: '4', body: '<a/>' }]);
  });

  test(`redirects are handed back by ${name}, and never followed`, async () => {
    for (const redirect of [301, 302, 303, 307, 308]) {
      seen.length = 0;
      const response = await send(`/${redirect}`);
      assert.is(response.status, redirect);
      assert.is(response.header('location'), '/200');
      assert.is(response.header('LOCATION'), '/200');
      assert.is(response.header('absent'), undefined);
      assert.is(seen.length, 1);
    }
  });

  test(`the text of a refusal is read by ${name} up to 64 KiB`, async () => {
    assert.is((await send('/400/Duplicate')).text, 'Duplicate');
    assert.is((await send('/500/long')).text, 'x'.repeat(64 * 1024));
    assert.is((await send('/429')).header('retry-after'), '7');
  });

  test(`a connection by ${name} that is refused or breaks is a throw, and so is a signal`, async () => {
    const problem = (sent: Promise<unknown>): Promise<unknown> =>
      sent.then(
        () => undefined,
        (error) => error,
      );
    assert.instance(await problem(send('/reset')), Error);
    assert.instance(await problem(send('http://127.0.0.1:1/')), Error);
    assert.instance(await problem(send('/200', AbortSignal.abort())), Error);
  });
}

test('in memory, an origin that nobody serves is a transport fault', async () => {
  const transport = inMemoryTransport(new Map());
  const url = new URL('https://nobody.example/x');
  const how = { signal: never, insecureEndpoints: false, credentials: true };
  const problem = await transport({ url, headers: {}, body: new Uint8Array(), ...how }).then(
    () => '',
    String,
  );
  assert.match(problem, /connection refused: https:\/\/nobody\.example/);
});
