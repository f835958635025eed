/** @module The HTTP face of a host: a Hono app that turns a POST into a receipt or an HTTP error (rules 21 to 39). */

import { Hono } from 'hono/tiny';
import { defaultLimits } from './codec/limits.ts';
import type { Engine, Participant } from './flow/engine.ts';
import { receive } from './flow/receive.ts';
import { Refusal, type RefusalCode, statusOf, tellRefusal, titleOf, toRefusal } from './flow/refusal.ts';
import { type Limited, within } from './flow/within.ts';

/** One path of the endpoint. */
export interface Route {
  readonly path: string;
  /** The participant for whom a message is, where RecipientDomain and type leave several. */
  readonly participant: Participant;
}

/** What the endpoint needs to know beside the engine. */
export interface EndpointSettings {
  readonly requestsMax: number;
  readonly chunked: boolean;
  /** True once the host is stopping. */
  readonly stopping: () => boolean;
}

/** Answers a request, whatever its path. The participant is the one of {@link Route}. */
export type Endpoint = (request: Request, participant?: Participant) => Promise<Response>;

/** A body whose length is declared, and no more than this, is read at once: a day's message has 10 KB. */
const shortBytesMax = 64 * 1024;

/** How long a body may take to arrive. */
const bodyMsMax = 30_000;

/** Makes the endpoint of an engine. It answers always, and never throws. */
export function createEndpoint(engine: Engine, settings: EndpointSettings): Endpoint {
  const bytesMax = engine.limits.bytesMax ?? defaultLimits.bytesMax;
  let requests = 0;
  return async (request, participant) => {
    if (request.method !== 'POST') return refuse(engine, new Refusal('method-not-allowed'));
    if (settings.stopping()) return refuse(engine, new Refusal('stopping'));
    if (requests >= settings.requestsMax) return refuse(engine, new Refusal('too-many-requests'));
    requests += 1;
    try {
      const bytes = await within(
        engine.clock,
        bodyMsMax,
        (limited) => readBody(request, bytesMax, settings.chunked, limited),
        () => new Refusal('body-too-slow'),
      );
      await receive(engine, bytes, participant);
      return new Response(null, { status: 200 });
    } catch (error) {
      return refuse(engine, toRefusal(error));
    } finally {
      requests -= 1;
    }
  };
}

/** Makes the app of an endpoint. Mount it into another with `route`, or hand its `fetch` to a server. */
export function createApp(routes: readonly Route[], endpoint: Endpoint): Hono {
  const app = new Hono();
  for (const { path, participant } of routes) app.all(path, (c) => endpoint(c.req.raw, participant));
  return app;
}

/** XML in UTF-8, which it is without a charset, too. Split by hand: a pattern with white space everywhere is slow. */
function isXml(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return (
    (type === 'text/xml' || type === 'application/xml') &&
    parameters.every((one) => one === '' || one === 'charset=utf-8' || one === 'charset="utf-8"')
  );
}

/** Reads a body within its limit, whatever its Content-Length claims. @throws {Refusal} */
async function readBody(
  request: Request,
  bytesMax: number,
  chunked: boolean,
  limited: Limited,
): Promise<Uint8Array> {
  if (!isXml(request.headers.get('content-type') ?? '')) throw new Refusal('content-type');
  const header = request.headers.get('content-length');
  if (header === null && !chunked) throw new Refusal('length-required');
  if (header !== null && Number(header) > bytesMax) throw new Refusal('body-too-large');
  if (header !== null && Number(header) <= shortBytesMax) return shortBody(request, bytesMax);
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  limited.signal.addEventListener('abort', () => void reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Refusal('body-too-slow', { cause }); // the connection broke: nobody hears the answer
    });
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      void reader.cancel().catch(() => {});
      throw new Refusal('body-too-large');
    }
    parts.push(value);
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Reads a body at once, which costs a server half of what a stream does. It cannot be called off: only what is too short to
 * matter when a sender stalls, which the server then holds to the length that was declared, is read so.
 */
async function shortBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const bytes = await request.arrayBuffer().catch((cause: unknown) => {
    throw new Refusal('body-too-slow', { cause }); // the connection broke: nobody hears the answer
  });
  if (bytes.byteLength > bytesMax) throw new Refusal('body-too-large'); // a Request that was made by hand
  return new Uint8Array(bytes);
}

/** Codes of refusals after which the sender is told when to come back. */
const retryAfter: readonly RefusalCode[] = [
  'too-many-requests',
  'decision-timeout',
  'store-unavailable',
  'conflict',
  'stopping',
];

function refuse(engine: Engine, refusal: Refusal): Response {
  tellRefusal(engine, refusal);
  const { code } = refusal;
  const status = statusOf(code);
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (code === 'method-not-allowed') headers.set('allow', 'POST');
  if (retryAfter.includes(code)) headers.set('retry-after', '5');
  return new Response(JSON.stringify({ title: titleOf(code), status, code }), { status, headers });
}
