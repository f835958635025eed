/** @module The Bun entry: services with Bun's node:crypto and both released versions, and a server on Bun.serve. */

import type { Servable } from './host.ts';
import type { ServiceOptions } from './options.ts';
import { createReleasedService } from './released.ts';
import type { Role, RoleKind } from './roles.ts';
import { nodeEd25519 } from './seal/ed25519-node.ts';
import { checkedServe, fetchOf, originOf, type ServeOptions, type Server, stopServer } from './server.ts';
import type { Service } from './service.ts';
import { sharedTransport } from './transport/node.ts';

export { compareDecimals } from './codec/decimal.ts';
export { type IspCalendar, ispCalendar } from './market/calendar.ts';
export { consoleObserver } from './ports/console.ts';
export type { ServeOptions, Server } from './server.ts';
export { sqlite } from './store/sqlite/bun.ts';
export type { SqlRow, SqlTx, SqlValue } from './store/sqlite/driver.ts';
export { fetchTransport } from './transport/fetch.ts';
export { nodeTransport } from './transport/node.ts';
export type { NodeTransportOptions, Pem } from './transport/tls-options.ts';

/**
 * `createService` with Bun's own Ed25519, with `nodeTransport()`, and with 3.1.0 and 3.0.0 as the versions that are
 * understood unless `versions` says otherwise.
 *
 * @throws {TypeError} that lists everything that is wrong with the options
 */
export function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  return createReleasedService(role, options, { ed25519: nodeEd25519, transport: sharedTransport });
}

/** What Bun knows of the connection of a request. */
interface BunConnection {
  timeout(request: Request, seconds: number): void;
  requestIP(request: Request): { readonly address: string } | null;
}

/** What is used of the global `Bun`. */
interface BunGlobal {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    readonly fetch: (request: Request, connection: BunConnection) => Promise<Response>;
    readonly development: boolean;
    readonly reusePort: boolean;
    readonly idleTimeout: number;
  }): { readonly port: number; stop(cut?: boolean): Promise<void> };
}

/** Once a request is there, nothing may move on its connection for so long: longer than any decision may take. */
const answerSeconds = 75;

/**
 * Serves a service or host over HTTP, and runs its worker.
 *
 * @throws {Error} where the port cannot be had
 * @throws {TypeError} where this is not Bun
 *
 * @example
 * ```ts
 * import type { Servable } from 'shapeshifter-uftp';
 * import { serve } from 'shapeshifter-uftp/bun';
 *
 * async function run(service: Servable): Promise<void> {
 *   const server = await serve(service, { port: 8080 });
 *   process.once('SIGTERM', () => void server.stop());
 * }
 * ```
 */
export async function serve(servable: Servable, options: ServeOptions = {}): Promise<Server> {
  const { Bun } = globalThis as { readonly Bun?: BunGlobal };
  if (Bun === undefined) throw new TypeError('shapeshifter-uftp/bun serves on Bun only');
  const { host, port, headersMsMax } = checkedServe(options);
  const answer = fetchOf(servable, options);
  const server = Bun.serve({
    hostname: host,
    port,
    fetch(request, connection) {
      connection.timeout(request, answerSeconds);
      return answer(request, { remoteAddress: connection.requestIP(request)?.address });
    },
    development: false, // else Bun answers a fault with a page that shows the source
    reusePort: false, // else, outside of development, two servers would share a port in silence
    idleTimeout: Math.ceil(headersMsMax / 1000),
  });
  try {
    servable.start();
  } catch (error) {
    await server.stop(true);
    throw error;
  }
  return {
    url: originOf(host, server.port),
    stop: () => stopServer(servable, server.stop(), () => server.stop(true)),
  };
}
