/** @module The Deno entry: services with Deno's node:crypto and both released versions, and a server on Deno.serve. */

import type { Servable } from './host.ts';
import type { ServiceOptions } from './options.ts';
import { createReleasedService } from './released.ts';
import type { Role, RoleKind } from './roles.ts';
import { nodeEd25519 } from './seal/ed25519-node.ts';
import { checkedServe, fetchOf, originOf, type ServeOptions, type Server, stopServer } from './server.ts';
import type { Service } from './service.ts';

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
 * `createService` with Deno's own Ed25519, and with 3.1.0 and 3.0.0 as the versions that are understood unless
 * `versions` says otherwise.
 *
 * @throws {TypeError} that lists everything that is wrong with the options
 */
export function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  return createReleasedService(role, options, { ed25519: nodeEd25519 });
}

/** What is used of the global `Deno`. */
interface DenoGlobal {
  serve(
    options: {
      readonly hostname: string;
      readonly port: number;
      readonly signal: AbortSignal;
      readonly onListen: () => void;
    },
    handler: (
      request: Request,
      info: { readonly remoteAddr: { readonly hostname: string } },
    ) => Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
}

/**
 * Serves a service or host over HTTP, and runs its worker. Deno must be allowed to listen, and to reach partners:
 * `--allow-net`.
 *
 * @throws {Error} where the port cannot be had
 * @throws {TypeError} where this is not Deno
 *
 * @example
 * ```ts
 * import type { Servable } from 'shapeshifter-uftp';
 * import { serve } from 'shapeshifter-uftp/deno';
 *
 * async function run(service: Servable): Promise<void> {
 *   const server = await serve(service, { port: 8080 });
 *   process.once('SIGTERM', () => void server.stop());
 * }
 * ```
 */
export async function serve(servable: Servable, options: ServeOptions = {}): Promise<Server> {
  const { Deno } = globalThis as { readonly Deno?: DenoGlobal };
  if (Deno === undefined) throw new TypeError('shapeshifter-uftp/deno serves on Deno only');
  const { host, port } = checkedServe(options);
  const answer = fetchOf(servable, options);
  const cut = new AbortController();
  const server = Deno.serve(
    { hostname: host, port, signal: cut.signal, onListen() {} },
    (request, { remoteAddr }) => answer(request, { remoteAddress: remoteAddr.hostname }),
  );
  try {
    servable.start();
  } catch (error) {
    cut.abort();
    throw error;
  }
  return {
    url: originOf(host, server.addr.port),
    stop: () => stopServer(servable, server.shutdown(), () => cut.abort()),
  };
}
