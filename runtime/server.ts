/** @module What a server is on every runtime: where it listens, and how it stops. */

import type { Connection } from './address.ts';
import { mistakes } from './errors.ts';
import type { Servable } from './host.ts';

/** Where to listen, and how long to wait for a request. */
export interface ServeOptions {
  /** Default `127.0.0.1`: put a TLS proxy in front. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Path of the endpoint in place of those that the service's options say; another is not found. */
  readonly path?: string;
  /**
   * How long the headers of a request may take to arrive, from when the connection is made or was last used. Default
   * 10 s, at most 255 s. Bun counts whole seconds from the last byte; Deno has no such bound: put a proxy in front.
   */
  readonly headersMsMax?: number;
  /** How long a whole request may take to arrive on Node. Default 30 s. `bodyMsMax` of the service holds everywhere. */
  readonly requestMsMax?: number;
}

/** The longest times that may be asked for: Bun's timers end there. */
const timesMax = { headersMsMax: 255_000, requestMsMax: 600_000 } as const;

/** The options with their defaults. @throws {TypeError} that lists the times that are none */
export function checkedServe({
  host = '127.0.0.1',
  port = 8080,
  headersMsMax = 10_000,
  requestMsMax = 30_000,
}: ServeOptions): Required<Omit<ServeOptions, 'path'>> {
  const times = { headersMsMax, requestMsMax };
  const problems = Object.entries(times)
    .map(([name, value]) => ({ name, value, max: timesMax[name as keyof typeof times] }))
    .filter(({ value, max }) => !(Number.isInteger(value) && value > 0 && value <= max))
    .map(({ name, value, max }) => `${name}: expected a whole number from 1 to ${max}, got ${value}`);
  if (problems.length > 0) throw mistakes('serve', problems);
  return { host, port, ...times };
}

/** A server that listens. */
export interface Server {
  /** Its origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, finishes what is under way, and stops the worker. */
  stop(): Promise<void>;
}

/** What a server answers with. */
export function fetchOf(
  servable: Servable,
  { path }: ServeOptions,
): (request: Request, connection: Connection) => Promise<Response> {
  if (path === undefined) return (request, connection) => servable.fetch(request, connection);
  if (!path.startsWith('/')) throw new TypeError(`serve: a path begins with /, not ${JSON.stringify(path)}`);
  return async (request, connection) =>
    new URL(request.url).pathname === path
      ? servable.handle(request, connection)
      : new Response(null, { status: 404 });
}

/** The origin of a server, with an IPv6 address in brackets. */
export function originOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How long the last answers may take to leave once the service has stopped. */
const lastAnswersMs = 1_000;

/**
 * Stops a server of a runtime that knows how to stop gracefully, in hardly more time than the service takes.
 *
 * @param ended what it says when it takes no more connections and all requests have been answered
 * @param cut ends the connections that are left, so that a sender who stalls does not hold up the stop
 */
export async function stopServer(
  servable: Servable,
  ended: Promise<void>,
  cut: () => unknown,
): Promise<void> {
  ended.catch(() => {}); // it is waited for, but later
  try {
    await servable.stop();
  } finally {
    const timer = setTimeout(cut, lastAnswersMs);
    await ended.finally(() => clearTimeout(timer));
  }
}
