/** @module The Node entry: services with node:crypto and both released versions, and a server on Node's HTTP. */

import type { AddressInfo } from 'node:net';
import { protocol as v3_0 } from '../generated/3.0.0/index.ts';
import { protocol as v3_1 } from '../generated/3.1.0/index.ts';
import type { Servable } from './host.ts';
import type { ServiceOptions } from './options.ts';
import type { Protocol, Role, RoleKind } from './roles.ts';
import { nodeEd25519 } from './seal/ed25519-node.ts';
import { createService as createPortableService, type Service } from './service.ts';

export { type IspCalendar, ispCalendar } from './market/calendar.ts';

/**
 * `createService` with Node's own Ed25519, and with 3.1.0 and 3.0.0 as the versions that are understood unless
 * `versions` says otherwise.
 *
 * @throws {TypeError} that lists everything that is wrong with the options
 */
export function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  const released: readonly Protocol[] = [v3_1, v3_0];
  const versions = released.includes(role?.protocol) ? released : [role?.protocol, ...released];
  return createPortableService(role, { versions, ed25519: nodeEd25519, ...options });
}

/** Where to listen. */
export interface ServeOptions {
  /** Default `127.0.0.1`: put a TLS proxy in front. */
  readonly host?: string;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
}

/** A server that listens. */
export interface Server {
  /** Its origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, finishes what is under way, and stops the worker. */
  stop(): Promise<void>;
}

/**
 * Serves a service or host over HTTP, and runs its worker.
 *
 * @throws {Error} where the port cannot be had, or where the package `@hono/node-server` is not installed
 *
 * @example
 * ```ts
 * import type { Servable } from 'shapeshifter-uftp';
 * import { serve } from 'shapeshifter-uftp/node';
 *
 * async function run(service: Servable): Promise<void> {
 *   const server = await serve(service, { port: 8080 });
 *   process.once('SIGTERM', () => void server.stop());
 * }
 * ```
 */
export async function serve(servable: Servable, options: ServeOptions = {}): Promise<Server> {
  const { createAdaptorServer } = await nodeServer();
  const host = options.host ?? '127.0.0.1';
  const server = createAdaptorServer({
    fetch: servable.fetch,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000 },
  });
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 8080, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  try {
    servable.start();
  } catch (error) {
    server.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      await servable.stop();
      if ('closeAllConnections' in server) server.closeAllConnections(); // keep-alive connections without a request
      await closed;
    },
  };
}

async function nodeServer(): Promise<typeof import('@hono/node-server')> {
  try {
    return await import('@hono/node-server');
  } catch (cause) {
    throw new Error('serve on Node needs the package @hono/node-server: npm install @hono/node-server', {
      cause,
    });
  }
}
