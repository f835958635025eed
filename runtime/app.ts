/** @module The HTTP face of a host: a Hono app that turns a POST into a receipt or an HTTP error (rules 21 to 39). */

import { Hono } from 'hono/tiny';
import { connectionAddress, networkOf, type RemoteAddress } from './address.ts';
import { Bodies } from './bodies.ts';
import { defaultLimits } from './codec/limits.ts';
import { isUftpError } from './errors.ts';
import type { Engine, Participant } from './flow/engine.ts';
import { receive } from './flow/receive.ts';
import { Refusal, retryAfterSeconds, statusOf, tellRefusal, titleOf, toRefusal } from './flow/refusal.ts';

/** One path of the endpoint. */
export interface Route {
  readonly path: string;
  /** The participant for whom a message is, where RecipientDomain and type leave several. */
  readonly participant: Participant;
}

/** What the endpoint needs to know beside the engine: options of the service, with their defaults. */
export interface EndpointSettings {
  readonly requestsMax: number;
  readonly bodyMsMax: number;
  readonly chunked: boolean;
  readonly remoteAddress: RemoteAddress | undefined;
}

/** Answers a request, whatever its path. The participant is the one of {@link Route}. */
export type Endpoint = (request: Request, env: unknown, participant?: Participant) => Promise<Response>;

/**
 * Makes the endpoint of an engine. It answers always, and never throws.
 *
 * @param stopping true once the host is stopping
 */
export function createEndpoint(
  engine: Engine,
  settings: EndpointSettings,
  stopping: () => boolean,
): Endpoint {
  const { requestsMax, remoteAddress = connectionAddress } = settings;
  const { requests: perAddress, failedSignatures } = engine.quotas;
  const bodies = new Bodies(engine.clock, { ...defaultLimits, ...engine.limits, ...settings });
  let requests = 0;
  return async (request, env, participant) => {
    let network: string | undefined;
    try {
      if (request.method !== 'POST') throw new Refusal('method-not-allowed');
      if (stopping()) throw new Refusal('stopping');
      const address = remoteAddress(request, env);
      if (address !== undefined) network = networkOf(address);
      if (!failedSignatures.has(network) || !perAddress.take(network)) throw new Refusal('rate-exceeded');
      if (requests >= requestsMax && !bodies.giveUpOldest()) throw new Refusal('too-many-requests');
      requests += 1;
      try {
        await receive(engine, await bodies.read(request), participant);
      } finally {
        requests -= 1;
      }
      return new Response(null, { status: 200 });
    } catch (error) {
      const refusal = toRefusal(error);
      // Also one that is answered 419, since a newer key may be published.
      const { cause, code } = refusal;
      if (code === 'signature-invalid' || (isUftpError(cause) && cause.code === 'signature-invalid'))
        failedSignatures.take(network);
      return refuse(engine, refusal);
    }
  };
}

/** Makes the app of an endpoint. Mount it into another with `route`, or hand its `fetch` to a server. */
export function createApp(routes: readonly Route[], endpoint: Endpoint): Hono {
  const app = new Hono();
  for (const { path, participant } of routes) app.all(path, (c) => endpoint(c.req.raw, c.env, participant));
  return app;
}

function refuse(engine: Engine, refusal: Refusal): Response {
  tellRefusal(engine, refusal);
  const { code } = refusal;
  const status = statusOf(code);
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'method-not-allowed') headers.allow = 'POST';
  const seconds = retryAfterSeconds(code);
  if (seconds !== undefined) headers['retry-after'] = `${seconds}`;
  return new Response(JSON.stringify({ title: titleOf(code), status, code }), { status, headers });
}
