/** @module The Node entry: services with Node's Ed25519 or libsodium's and both released versions, and a server on Node's HTTP. */

import type { AddressInfo } from 'node:net';
import type { Servable } from './host.ts';
import type { ServiceOptions } from './options.ts';
import { createReleasedService } from './released.ts';
import type { Role, RoleKind } from './roles.ts';
import { quickestEd25519 } from './seal/ed25519-sodium-node.ts';
import { checkedServe, fetchOf, originOf, type ServeOptions, type Server } from './server.ts';
import type { Service } from './service.ts';
import { sharedTransport } from './transport/node.ts';

export { compareDecimals } from './codec/decimal.ts';
export { type IspCalendar, ispCalendar } from './market/calendar.ts';
export { consoleObserver } from './ports/console.ts';
export type { ServeOptions, Server } from './server.ts';
export type { SqlRow, SqlTx, SqlValue } from './store/sqlite/driver.ts';
export { sqlite } from './store/sqlite/node.ts';
export { fetchTransport } from './transport/fetch.ts';
export { nodeTransport } from './transport/node.ts';
export type { NodeTransportOptions, Pem } from './transport/tls-options.ts';

/**
 * `createService` with Node's own Ed25519, or libsodium's where the package `sodium-native` is installed, with
 * `nodeTransport()`, and with 3.1.0 and 3.0.0 as the versions that are understood unless `versions` says otherwise.
 *
 * @throws {TypeError} that lists everything that is wrong with the options
 */
export function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  return createReleasedService(role, options, { ed25519: quickestEd25519(), transport: sharedTransport });
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
  const { host, port, headersMsMax, requestMsMax } = checkedServe(options);
  const answer = fetchOf(servable, options);
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => answer(request, { remoteAddress: incoming.socket.remoteAddress }),
    serverOptions: {
      headersTimeout: Math.min(headersMsMax, requestMsMax),
      requestTimeout: requestMsMax,
      connectionsCheckingInterval: Math.min(headersMsMax, 1_000), // Node looks every 30 s only
    },
  });
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
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
  return {
    url: originOf(host, (server.address() as AddressInfo).port),
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
