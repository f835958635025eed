/** @module A server of the runtime at hand with nothing on top: what takes each body in, its address out. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is used of the globals of Bun and Deno. */
interface Others {
  readonly Bun?: {
    serve(options: { hostname: string; port: number; fetch: (request: Request) => Promise<Response> }): {
      readonly port: number;
    };
  };
  readonly Deno?: {
    serve(
      options: { hostname: string; port: number; onListen(): void },
      handler: (request: Request) => Promise<Response>,
    ): { readonly addr: { readonly port: number } };
  };
}

/** Reads each body, hands it over and answers 200, by the runtime's own server. */
export async function listen(take: (body: Uint8Array) => void): Promise<string> {
  const { Bun, Deno } = globalThis as Others;
  const hostname = '127.0.0.1';
  const answer = async (request: Request): Promise<Response> => {
    take(new Uint8Array(await request.arrayBuffer()));
    return new Response(null);
  };
  const port =
    Bun?.serve({ hostname, port: 0, fetch: answer }).port ??
    Deno?.serve({ hostname, port: 0, onListen() {} }, answer).addr.port ??
    (await listenByNode(hostname, take));
  return `http://${hostname}:${port}/`;
}

async function listenByNode(hostname: string, take: (body: Uint8Array) => void): Promise<number> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      take(Buffer.concat(parts));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  return (server.address() as AddressInfo).port;
}
