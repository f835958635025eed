/** @module What a server is on every runtime: where it listens, and how it stops. */

import type { Servable } from './host.ts';

/** Where to listen. */
export interface ServeOptions {
  /** Default `127.0.0.1`: put a TLS proxy in front. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Path of the endpoint in place of those that the service's options say; another is not found. */
  readonly path?: string;
}

/** Where a server listens that was told nothing. */
export const serveDefaults: Required<Omit<ServeOptions, 'path'>> = Object.freeze({
  host: '127.0.0.1',
  port: 8080,
});

/** A server that listens. */
export interface Server {
  /** Its origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, finishes what is under way, and stops the worker. */
  stop(): Promise<void>;
}

/** What a server answers with. */
export function fetchOf(servable: Servable, { path }: ServeOptions): (request: Request) => Promise<Response> {
  if (path === undefined) return (request) => servable.fetch(request);
  if (!path.startsWith('/')) throw new TypeError(`serve: a path begins with /, not ${JSON.stringify(path)}`);
  return async (request) =>
    new URL(request.url).pathname === path ? servable.handle(request) : new Response(null, { status: 404 });
}

/** The origin of a server, with an IPv6 address in brackets. */
export function originOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How long a request may take to end once the server stops. */
const stopMsMax = 60_000;

/**
 * Stops a server of a runtime that knows how to stop gracefully.
 *
 * @param ended what it says when it takes no more connections and all requests have been answered
 * @param cut ends the connections that are left, so that a sender who stalls does not hold up the stop
 */
export async function stopServer(
  servable: Servable,
  ended: Promise<void>,
  cut: () => unknown,
): Promise<void> {
  const timer = setTimeout(cut, stopMsMax);
  try {
    await Promise.all([ended, servable.stop()]);
  } finally {
    clearTimeout(timer);
  }
}
