/** @module A proxy that disturbs what goes through it: POSTs come in, and leave for a service as far as a fault lets them. */

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../runtime/ports/clock.ts';

/** An HTTP answer that the proxy gives by itself. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens to one POST. */
export interface Fault {
  /** How much of it the service gets. */
  readonly passes: 'nothing' | 'half' | 'all';
  /**
   * What the sender gets in place of the service's answer: the connection is reset, nothing comes any more, a 200
   * comes at one byte a second, or another answer.
   */
  readonly gives: 'reset' | 'hang' | 'trickle' | Answer;
}

/** A proxy that listens. */
export interface Proxy {
  readonly origin: string;
  /** How many POSTs it has kept without a whole answer, for good. */
  readonly held: number;
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of loopback. Each POST has a connection of its own, so that none meets one that is
 * about to close.
 *
 * @param target endpoint of the service, to which all goes that is let through, whatever its path
 * @param faultOf says of the path of each POST what happens to it; undefined lets it through
 */
export async function openProxy(
  target: string,
  clock: Clock,
  faultOf: (path: string) => Fault | undefined,
): Promise<Proxy> {
  let held = 0;
  const server = createServer((incoming, outgoing) => {
    const { socket } = incoming;
    const fault = faultOf(incoming.url ?? '');
    if (fault?.gives === 'hang' || fault?.gives === 'trickle') held += 1;
    relay(target, incoming, fault).then(
      (answer) => finish(clock, outgoing, socket, fault?.gives ?? answer),
      () => socket.resetAndDestroy(), // the service is gone, or has reset the connection itself
    );
  });
  server.on('connection', (socket) => socket.on('error', () => {})); // the sender has given up
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get held() {
      return held;
    },
    close: () => close(server),
  };
}

/** Hands on so much of a POST. @returns the service's answer; where the service did not get all, one that nobody may see */
async function relay(target: string, incoming: IncomingMessage, fault: Fault | undefined): Promise<Answer> {
  const unseen: Answer = { status: 599 };
  const { passes, gives } = fault ?? { passes: 'all' };
  if (passes === 'nothing' && gives === 'reset') return unseen; // before the body has been read
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  if (passes === 'nothing') return unseen;
  const body = Buffer.concat(parts);
  const { host: _, connection: __, ...headers } = incoming.headers;
  const onward = request(target, { method: 'POST', headers, agent: false });
  if (passes === 'half') {
    await new Promise<void>((resolve, fail) => {
      onward.on('error', fail);
      onward.write(body.subarray(0, body.length / 2), () => resolve());
    });
    onward.on('error', () => {}).socket?.resetAndDestroy();
    return unseen;
  }
  const response = await new Promise<IncomingMessage>((resolve, fail) => {
    onward.on('response', resolve).on('error', fail).end(body);
  });
  response.resume();
  const retryAfter = response.headers['retry-after'];
  const status = response.statusCode ?? 599;
  return retryAfter === undefined ? { status } : { status, headers: { 'retry-after': retryAfter } };
}

function finish(clock: Clock, outgoing: ServerResponse, socket: Socket, gives: Fault['gives']): void {
  if (gives === 'reset') socket.resetAndDestroy();
  else if (gives === 'trickle') trickle(clock, socket, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  else if (gives !== 'hang')
    outgoing.writeHead(gives.status, { ...gives.headers, 'content-length': '0' }).end();
}

/** Writes one byte a second. */
function trickle(clock: Clock, socket: Socket, text: string): void {
  if (text === '' || socket.destroyed) return;
  socket.write(text.slice(0, 1));
  clock.after(1_000, () => trickle(clock, socket, text.slice(1)));
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
