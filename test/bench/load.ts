/**
 * @module The load: an endpoint and distinct bodies in, the seconds until all were answered with 200 out.
 *
 * Written here because what there is costs more than a bare server, so that the load would be what is measured: clients of
 * HTTP and load generators build or copy every request that is not the one before. Here each is one buffer that is
 * written as it is.
 */

import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/**
 * POSTs each body once, over connections that are kept alive, each with one request under way. A server may close one after
 * an answer: then another is opened, and what it did not answer is sent again, as every client of HTTP does.
 *
 * @returns seconds
 * @throws {Error} where one is answered with anything but 200, or not at all
 */
export async function load(url: string, bodies: readonly Uint8Array[], connections: number): Promise<number> {
  const { hostname, port, pathname, host } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: `;
  const requests = bodies.map((body) => Buffer.concat([Buffer.from(`${head}${body.length}\r\n\r\n`), body]));
  const open = (): Promise<Connection> => openConnection(hostname, Number(port));
  const opened = await Promise.all(Array.from({ length: Math.min(connections, bodies.length) }, open));
  const began = performance.now();
  let next = 0;
  const sendAll = async (first: Connection): Promise<void> => {
    let connection = first;
    try {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        let answer = await connection.send(request);
        if (answer === undefined) {
          connection = await open();
          answer = await connection.send(request);
        }
        if (answer?.startsWith('HTTP/1.1 200 ') !== true)
          throw new Error(`it was answered with ${answer?.slice(9, 200) ?? 'nothing'}`);
      }
    } finally {
      connection.end();
    }
  };
  await Promise.all(opened.map(sendAll));
  return (performance.now() - began) / 1000;
}

/** A connection to a server, with one request under way. */
export interface Connection {
  /** @returns the answer; undefined where the connection was closed before there was one */
  send(request: Buffer): Promise<string | undefined>;
  end(): void;
}

/** Opens one. */
export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, fail) => {
    socket.once('connect', resolve);
    socket.once('error', fail);
  });
  let text = '';
  let closed = false;
  let answered = (_: string | undefined): void => {};
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    if (isWhole(text)) answered(text);
  });
  socket.on('error', () => {}); // it is closed, too
  socket.once('close', () => {
    closed = true;
    answered(undefined);
  });
  return {
    send: (request) =>
      new Promise((resolve) => {
        text = '';
        answered = resolve;
        if (closed) resolve(undefined);
        else socket.write(request);
      }),
    end: () => socket.destroy(),
  };
}

/** True where the answer has ended: after as many bytes as it says, or after its last chunk. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end)) ?? [];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= end + 4 + Number(length);
}
