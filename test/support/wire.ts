/** @module HTTP as it is on the wire: text and bytes that are written to a socket in, all that comes back out. */

import { connect, type Socket } from 'node:net';
import { path } from './participants.ts';

/** Opens a connection. What comes back is dropped, unless somebody reads it. */
export async function socketTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}); // the other side may close while something is still written
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
  });
  return socket;
}

/** Writes to a connection of its own. @returns what came back until it was closed */
export async function exchange(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = await socketTo(url);
  for (const part of parts) socket.write(part);
  return received(socket);
}

/** All that comes back until the connection is closed. */
export function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  return new Promise((resolve) => {
    if (socket.closed) resolve(text);
    socket.once('close', () => resolve(text));
  });
}

/** The statuses of the responses that are in a text, in order. */
export function statuses(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}

/** The head of a POST to the endpoint. Undefined leaves a header out. */
export function head(
  given: Readonly<Record<string, string | number | undefined>> = {},
  version = '1.1',
): string {
  const usual = { Host: 'service.example', 'Content-Type': 'text/xml', Connection: 'close' };
  const lines = Object.entries({ ...usual, ...given })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return [`POST ${path} HTTP/${version}`, ...lines, '', ''].join('\r\n');
}
