import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assert, suite } from '../support/suite.ts';
import { load } from './load.ts';

const test = suite('bench: load');

const bodies = Array.from({ length: 50 }, (_, i) => Buffer.from(`body ${i} ${'x'.repeat(10_000)}`));

/** A server that answers each body as it is told to. */
async function open(
  answer: (
    body: string,
    count: number,
  ) => { readonly status: number; readonly chunked?: boolean; readonly cut?: boolean },
): Promise<{ readonly url: string; readonly seen: string[]; readonly server: Server }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { status, chunked, cut } = answer(body, seen.push(body));
      response.writeHead(status, chunked === true ? {} : { 'content-length': '2' });
      if (chunked === true) response.write('o');
      response.end(chunked === true ? 'k' : 'ok', () => {
        if (cut === true) request.socket.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`, seen, server };
}

for (const [what, answer] of [
  ['answers with a length', { status: 200 }],
  ['answers in chunks', { status: 200, chunked: true }],
  ['closes the connection after each answer', { status: 200, cut: true }],
] as const) {
  test(`each body arrives once at a server that ${what}`, async () => {
    const { url, seen, server } = await open(() => answer);
    const seconds = await load(url, bodies, 4);
    server.close();
    assert.ok(seconds > 0);
    assert.equal(seen.toSorted(), bodies.map(String).toSorted());
  });
}

test('an answer that is not 200 ends the load', async () => {
  const { url, server } = await open((_, count) => ({ status: count === 20 ? 503 : 200 }));
  const error = await load(url, bodies, 4).catch((thrown: unknown) => thrown);
  server.close();
  assert.match(String(error), /it was answered with 503/);
});
