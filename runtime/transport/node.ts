/** @module The transport of Node, Bun and Deno: what a user settles comes in; what POSTs on connections that are kept, to addresses that were checked, comes out. */

import { systemClock } from '../ports/clock.ts';
import type { Transport } from '../ports/transport.ts';
import { connections } from './connections-node.ts';
import { transportOver } from './post-node.ts';
import type { NodeTransportOptions } from './tls-options.ts';

/**
 * A transport that connects only to addresses on the internet, also where a name leads elsewhere, unless
 * `insecureEndpoints` is set; the default of `createService` on Node and Bun. On Deno it needs more than the default,
 * `fetch`, does: `--allow-net --allow-env --allow-sys=ca`. Connections are kept for 4 s; certificates are verified, TLS
 * is 1.2 or later, redirects are handed back, proxies are not used.
 *
 * @throws {TypeError} where only one of certificate and key is given
 * @throws {Error} where they cannot be read, or do not belong together
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { rootCertificates } from 'node:tls';
 * import { nodeTransport } from 'shapeshifter-uftp/node';
 *
 * // For partners who ask for a certificate, and one whose own is from an authority that few know.
 * const transport = nodeTransport({
 *   cert: readFileSync('uftp-client.pem'),
 *   key: readFileSync('uftp-client.key'),
 *   ca: [...rootCertificates, readFileSync('partner-ca.pem')],
 * });
 * ```
 */
export function nodeTransport(options: NodeTransportOptions = {}): Transport {
  return transportOver(connections(options), systemClock);
}

let usual: Transport | undefined;

/** `nodeTransport()` for all services of the process, which share its connections; made with the first delivery. */
export const sharedTransport: Transport = (request) => {
  usual ??= nodeTransport();
  return usual(request);
};
