/** @module Servers on loopback that show their connections, and POSTs to them of which not only the end is told. */

import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Transport, TransportRequest, TransportResponse } from '../../runtime/ports/transport.ts';
import { checkedLookup, type Resolve } from '../../runtime/transport/connections-node.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Connections that it has had, open or not. */
  readonly connections: readonly Socket[];
  close(): Promise<void>;
}

/** Lets a server listen on a free port of loopback. */
export async function listen(server: Server): Promise<Listening> {
  const connections: Socket[] = [];
  server.on('connection', (socket) => {
    connections.push(socket);
    socket.on('error', () => {}); // the other side may be gone
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** An HTTP server that never closes a connection by itself. */
export function listenHttp(answer: RequestListener): Promise<Listening> {
  const server: HttpServer = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  server.keepAliveTimeout = 0;
  return listen(server);
}

/** How a POST ended. */
export interface Ended {
  readonly response?: TransportResponse;
  readonly error?: Error & { readonly unsent?: unknown };
  /** What the error says; empty where there is none. */
  readonly text: string;
}

/** POSTs `<a/>`, and never throws. */
export async function post(
  transport: Transport,
  url: string,
  given: Partial<Pick<TransportRequest, 'signal' | 'insecureEndpoints' | 'credentials'>> & {
    readonly body?: string;
  } = {},
): Promise<Ended> {
  const { signal = new AbortController().signal, body = '<a/>' } = given;
  const { insecureEndpoints = true, credentials = true } = given;
  const bytes = new TextEncoder().encode(body);
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(bytes.length) };
  try {
    const how = { headers, body: bytes, signal, insecureEndpoints, credentials };
    const response = await transport({ url: new URL(url), ...how });
    return { response, text: '' };
  } catch (error) {
    return { error: error as Error, text: error instanceof Error ? error.message : '' };
  }
}

/** DNS in which every name has the addresses that are next in the list; the last ones stay. Counts how often it is asked. */
export function dns(...answers: readonly (readonly string[])[]): Resolve & { readonly asked: () => number } {
  let asked = 0;
  const resolve: Resolve = (hostname, _, done) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    const addresses = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const error = found.length === 0 ? Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`)) : null;
    setImmediate(() => done(error, addresses));
  };
  return Object.assign(resolve, { asked: () => asked });
}

/** What a socket is told that asks for the addresses of a name. */
export function lookedUp(
  resolve: Resolve,
  insecure: boolean,
  all: boolean,
): Promise<{ readonly addresses: readonly string[]; readonly text: string }> {
  return new Promise((done) => {
    checkedLookup(resolve, insecure)('dso.example', { all }, (error, found) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      done({ addresses, text: error?.message ?? '' });
    });
  });
}
