/** @module What `serve` promises on every runtime, as cases: an entry's `serve` in, cases out. */

import { connect, type Socket } from 'node:net';
import type { Servable } from '../../../runtime/host.ts';
import type { ServeOptions, Server } from '../../../runtime/server.ts';
import { equal, rejects, soon } from '../../../runtime/store/conformance/stage.ts';
import type { Case } from '../../../runtime/store/conformance.ts';

type Serve = (servable: Servable, options?: ServeOptions) => Promise<Server>;

/** A service that answers when it is told to, and says what was asked of it, and from where. */
function stub(answer: () => Promise<Response>): {
  readonly servable: Servable;
  readonly calls: string[];
  readonly addresses: (string | undefined)[];
} {
  const calls: string[] = [];
  const addresses: (string | undefined)[] = [];
  const underWay = new Set<Promise<Response>>();
  const take: Servable['fetch'] = (request, connection) => {
    calls.push(`${request.method} ${new URL(request.url).pathname}`);
    addresses.push(connection?.remoteAddress);
    const response = answer();
    underWay.add(response);
    return response;
  };
  const servable = {
    fetch: take,
    handle: take,
    start: () => calls.push('start'),
    async stop() {
      await Promise.all(underWay);
      calls.push('stop');
    },
  };
  return { servable: servable as unknown as Servable, calls, addresses };
}

const ok = async (): Promise<Response> => new Response('here');

/** Opens a connection that is kept alive and sends one request. @returns it, and what comes back */
async function ask(url: string, path: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, fail) => {
    socket.once('connect', resolve);
    socket.once('error', fail);
  });
  const answer = new Promise<string>((resolve, fail) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes('here')) resolve(text);
    });
    socket.once('close', () => fail(new Error(`closed without an answer: ${text}`)));
  });
  socket.write(`GET ${path} HTTP/1.1\r\nhost: test\r\nconnection: keep-alive\r\n\r\n`);
  return { socket, answer };
}

/**
 * Makes the cases.
 *
 * @param runtime Deno does not bound the time in which headers arrive
 */
export function serveCases(serve: Serve, runtime: 'Node' | 'Bun' | 'Deno'): readonly Case[] {
  return [...always(serve), ...(runtime === 'Deno' ? [] : headersInTime(serve))];
}

function headersInTime(serve: Serve): readonly Case[] {
  return [
    {
      title: 'a connection on which no whole request arrives in time is closed, and others are not',
      async run() {
        let release = (_: Response): void => {};
        const { servable } = stub(
          () =>
            new Promise((resolve) => {
              release = resolve;
            }),
        );
        const server = await serve(servable, { port: 0, headersMsMax: 1 });
        const { socket, answer } = await ask(server.url, '/slow');
        const { hostname, port } = new URL(server.url);
        for (const text of ['', 'GET / HTTP/1.1\r\nhost: x\r\n']) {
          const silent = connect(Number(port), hostname, () => silent.write(text));
          silent.on('error', () => {}); // it may be reset
          silent.resume();
          await new Promise((resolve) => silent.once('close', resolve));
        }
        release(new Response('here'));
        equal((await answer).startsWith('HTTP/1.1 200'), true, 'the answer');
        socket.destroy();
        await server.stop();
      },
    },
  ];
}

function always(serve: Serve): readonly Case[] {
  return [
    {
      title: 'a service is told the address of the other side, also where the server has a path of its own',
      async run() {
        for (const options of [{ port: 0 }, { port: 0, path: '/' }]) {
          const { servable, addresses } = stub(ok);
          const server = await serve(servable, options);
          await (await fetch(server.url)).text();
          equal(addresses, ['127.0.0.1'], 'addresses');
          await server.stop();
        }
      },
    },
    {
      title: 'times of a server that are none are an error, and nothing is started',
      async run() {
        const { servable, calls } = stub(ok);
        for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_000]) {
          await rejects(serve(servable, { port: 0, headersMsMax: wrong }), `headersMsMax ${wrong}`);
          await rejects(serve(servable, { port: 0, requestMsMax: wrong }), `requestMsMax ${wrong}`);
        }
        equal(calls, [], 'calls');
      },
    },
    {
      title: 'a server says where it listens, starts the worker, and stops both',
      async run() {
        const { servable, calls } = stub(ok);
        const server = await serve(servable, { port: 0 });
        equal(/^http:\/\/127\.0\.0\.1:\d{4,5}$/.test(server.url), true, `its origin ${server.url}`);
        const response = await fetch(`${server.url}/path`, { method: 'PUT' });
        equal(await response.text(), 'here', 'the answer');
        await server.stop();
        equal(calls, ['start', 'PUT /path', 'stop'], 'calls');
      },
    },
    {
      title: 'a server that is given a path answers on it and nowhere else',
      async run() {
        const { servable, calls } = stub(ok);
        const server = await serve(servable, { port: 0, path: '/my/uftp' });
        equal(
          await (await fetch(`${server.url}/my/uftp?x`, { method: 'POST' })).text(),
          'here',
          'the answer',
        );
        for (const other of ['/', '/my/uftp/', '/my']) {
          equal((await fetch(server.url + other, { method: 'POST' })).status, 404, other);
        }
        await server.stop();
        equal(calls, ['start', 'POST /my/uftp', 'stop'], 'calls');
        await rejects(serve(servable, { port: 0, path: 'my' }), 'a path without a slash');
      },
    },
    {
      title: 'a server that stops answers what is under way and takes no more connections',
      async run() {
        let release = (_: Response): void => {};
        let arrived = (): void => {};
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        const { servable } = stub(() => {
          arrived();
          return new Promise((resolve) => {
            release = resolve;
          });
        });
        const server = await serve(servable, { port: 0 });
        const { answer, socket } = await ask(server.url, '/slow');
        await arrival;
        const stopping = server.stop();
        await rejects(ask(server.url, '/late'), 'a connection while it stops');
        release(new Response('here'));
        equal((await soon(answer, 'the answer')).startsWith('HTTP/1.1 200'), true, 'the answer');
        await soon(stopping, 'the stop');
        socket.destroy();
      },
    },
    {
      title: 'a connection that is kept alive does not hold up the stop',
      async run() {
        const { servable } = stub(ok);
        const server = await serve(servable, { port: 0 });
        const { answer, socket } = await ask(server.url, '/');
        await answer;
        await soon(server.stop(), 'the stop');
        socket.destroy();
      },
    },
    {
      title: 'a request that never ends its headers does not hold up the stop',
      async run() {
        const { servable } = stub(ok);
        const server = await serve(servable, { port: 0 });
        const { answer, socket } = await ask(server.url, '/');
        await answer;
        socket.on('error', () => {}); // it may be reset
        socket.write('POST / HTTP/1.1\r\nhost: test\r\n');
        await soon(server.stop(), 'the stop');
        socket.destroy();
      },
    },
    {
      title: 'a port that is taken is an error, and the worker is not started',
      async run() {
        const first = await serve(stub(ok).servable, { port: 0 });
        const { servable, calls } = stub(ok);
        await rejects(serve(servable, { port: Number(new URL(first.url).port) }), 'the second server');
        equal(calls, [], 'calls');
        await first.stop();
      },
    },
    {
      title: 'a service that cannot be started leaves no server behind',
      async run() {
        let url = '';
        const { servable } = stub(ok);
        const reason = new Error('it has been stopped');
        const start = (): never => {
          throw reason;
        };
        const free = await serve(servable, { port: 0 });
        url = free.url;
        await free.stop();
        const failing = serve({ ...servable, start }, { port: Number(new URL(url).port) });
        equal((await rejects(failing, 'serve')) === reason, true, 'what was thrown');
        await rejects(ask(url, '/'), 'a connection');
      },
    },
  ];
}
