/** @module Whom a request is counted under: the remote address in, the network that one subscriber has out. */

import { privateIpv4 } from './flow/private-networks.ts';

/** What a server knows of the connection on which a request came. */
export interface Connection {
  /** The IP address of the other side. */
  readonly remoteAddress: string | undefined;
}

/**
 * Tells the remote address of a request.
 *
 * @param env what the server handed over beside the request: a {@link Connection} from `serve`, the outer app's `env`
 *   where the service is mounted into another
 */
export type RemoteAddress = (request: Request, env: unknown) => string | undefined;

/**
 * The address of the connection. Behind an address of this machine or of a private network stands a proxy, with all
 * partners behind it, or a colleague: it tells nobody apart, and is not counted.
 */
export const connectionAddress: RemoteAddress = (_, env) => {
  const address = (env as Partial<Connection> | undefined)?.remoteAddress;
  return typeof address !== 'string' || isPrivate(networkOf(address)) ? undefined : address;
};

/**
 * The network of an address: an IPv4 address, also where it is written as an IPv6 one or a proxy left its port there, or
 * the first 64 bits of an IPv6 one.
 */
export function networkOf(address: string): string {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  const [front = '', back] = address.slice(0, 64).toLowerCase().split('::');
  const groups = front.split(':');
  if (back !== undefined) {
    const last = back.split(':');
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+/, '') || '0')
    .join(':');
}

/** `::1` and all else that begins with 64 zeros, unique local (fc00::/7) and link-local (fe80::/10) addresses. */
function isPrivate(network: string): boolean {
  return privateIpv4.test(network) || /^(?:0:0:0:0$|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/.test(network);
}
