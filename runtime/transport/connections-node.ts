/** @module Connections of Node to partners: TLS settings come in; agents that keep connections, and open them only to addresses that they have checked, come out. */

import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { Agent, type AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { isPublicAddress } from '../flow/private-networks.ts';
import type { TransportRequest } from '../ports/transport.ts';
import type { NodeTransportOptions, Pem } from './tls-options.ts';

/** Finds the addresses of a name: `lookup` of `node:dns`. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** Gives the agent for a POST. @throws {Error} where its host is an address that must not be connected to */
export type Connections = (
  request: Pick<TransportRequest, 'url' | 'insecureEndpoints' | 'credentials'>,
) => Agent;

/** One agent for http; of https one that shows who we are, and one that does not. */
type Agents = Readonly<Record<'plain' | 'own' | 'bare', Agent>>;

const kept: AgentOptions = {
  keepAlive: true,
  /** Idle connections are closed after 4 s, or a second before the partner says that it does; until then they keep no process alive. */
  timeout: 4_000,
  /** To one host. An endpoint never has more than 10, but a broker may have many on one host. */
  maxSockets: 100,
  maxFreeSockets: 10,
};

/**
 * Makes the agents. Those that may connect to private addresses share no connections with those that may not, nor those
 * that show the certificate with those that do not: a session that is resumed stands for the certificate of the first.
 *
 * @param resolve default: `lookup` of `node:dns`
 * @throws {TypeError} where only one of certificate and key is given
 * @throws {Error} where they cannot be read, or do not belong together
 */
export function connections(options: NodeTransportOptions, resolve: Resolve = lookup): Connections {
  const { ca, cert, key } = options;
  if ((cert === undefined) !== (key === undefined))
    throw new TypeError('nodeTransport: cert and key are given together, or neither');
  const settings = { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca: list(ca) }) } as const;
  const nobody = createSecureContext(settings);
  const us =
    cert === undefined || key === undefined
      ? nobody
      : createSecureContext({ ...settings, cert: buffer(cert), key: buffer(key) });
  const agents = (insecure: boolean): Agents => {
    const checked = { ...kept, lookup: checkedLookup(resolve, insecure) };
    // Said aloud: a variable of the environment would turn it off for the whole process.
    const secure = (secureContext: SecureContext): Agent =>
      new SecureAgent({ ...checked, secureContext, rejectUnauthorized: true });
    const own = secure(us);
    return { plain: new Agent(checked), own, bare: us === nobody ? own : secure(nobody) };
  };
  const [open, guarded] = [agents(true), agents(false)];
  return ({ url, insecureEndpoints: insecure, credentials }) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // What is an address already is never looked up.
    if (!insecure && isIP(host) !== 0 && !isPublicAddress(host)) throw refused(host, host);
    const { plain, own, bare } = insecure ? open : guarded;
    if (url.protocol === 'http:') return plain;
    if (url.protocol !== 'https:') throw new Error(`${url.protocol} is no protocol for an endpoint`);
    return credentials ? own : bare;
  };
}

/**
 * A look-up whose answer is what the socket connects to, so that no second answer of DNS can take the place of the one
 * that was checked. Of several addresses the private ones are left out.
 */
export function checkedLookup(resolve: Resolve, insecure: boolean): LookupFunction {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const usable =
        insecure || error
          ? found
          : found.filter(({ address }) => isIP(address) !== 0 && isPublicAddress(address));
      const [first] = usable ?? [];
      if (error) done(error, []);
      else if (first === undefined) done(refused(hostname, found.map((one) => one.address).join(', ')), []);
      else if (options.all === true) done(null, usable);
      else done(null, first.address, first.family);
    });
}

function refused(host: string, address: string): Error {
  const where = host === address ? '' : ` is at ${address}, which`;
  return new Error(`${host}${where} is no address on the internet; set insecureEndpoints for development`);
}

function list(pem: Pem | readonly Pem[]): (string | Buffer)[] {
  return (Array.isArray(pem) ? pem : [pem]).map(buffer);
}

function buffer(pem: Pem): string | Buffer {
  return typeof pem === 'string' ? pem : Buffer.from(pem);
}
