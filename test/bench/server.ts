/**
 * @module A program: one of the servers that are measured. Its only argument says which; it prints where it listens, then
 * answers each line on its input with the processor time that it has used, in microseconds.
 */

import { sign, verify } from 'node:crypto';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { dso as role } from '../../generated/3.1.0/index.ts';
import * as bun from '../../runtime/bun.ts';
import * as deno from '../../runtime/deno.ts';
import { addressBook } from '../../runtime/lookup/address-book.ts';
import * as node from '../../runtime/node.ts';
import { accept } from '../../runtime/roles.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { loadSodium } from '../../runtime/seal/ed25519-sodium-node.ts';
import { usedUs } from './figures.ts';
import { listen } from './listen.ts';
import { agr, dso } from './messages.ts';
import { keyObjects } from './native-keys.ts';
import { openPlace, type Place } from './places.ts';

/** Which server, and the keys that it needs. */
export interface ServerOptions {
  /** `bare` reads the body; `baseline` verifies and signs as well; `service` is a DSO. */
  readonly kind: 'bare' | 'baseline' | 'service';
  readonly ed25519: 'node' | 'sodium';
  /** Own private key, base64 of 64 bytes. */
  readonly privateKey: string;
  /** Of the sender of all messages, base64 of 32 bytes. */
  readonly senderKey: string;
  /** Where responses are delivered; without it they stay in the store, since no worker runs. */
  readonly sink?: string;
  /** Where messages are kept; default: in memory. */
  readonly place?: Place;
}

const options = JSON.parse(process.argv.at(-1) ?? '') as ServerOptions;

async function start(): Promise<string> {
  switch (options.kind) {
    case 'bare':
      return listen(() => {});
    case 'baseline':
      return listen(baseline(options));
    case 'service':
      return startService(options);
  }
}

/** The least that anybody must do: verify what was signed, and sign a response of 600 bytes. */
function baseline({ privateKey, senderKey }: ServerOptions): (body: Uint8Array) => void {
  const keys = keyObjects(privateKey, senderKey);
  const response = Buffer.alloc(600, 'x');
  return (body) => {
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
    const from = text.indexOf(' Body="') + ' Body="'.length;
    const sealed = Buffer.from(text.slice(from, text.indexOf('"', from)), 'base64');
    if (!verify(null, sealed.subarray(64), keys.publicKey, sealed.subarray(0, 64)))
      throw new Error('the signature does not hold');
    sign(null, response, keys.privateKey);
  };
}

/** Everything is on but the delivery, where there is no sink. */
async function startService({ ed25519, privateKey, senderKey, sink, place }: ServerOptions): Promise<string> {
  const backend = ed25519 === 'sodium' ? loadSodium() : nodeEd25519;
  if (backend === undefined)
    throw new Error('sodium-native is not installed, or has no binary for this machine');
  const entry = 'Bun' in globalThis ? bun : 'Deno' in globalThis ? deno : node;
  const endpoint = sink ?? 'http://127.0.0.1:9/nobody';
  const service = await entry.createService(role, {
    domain: dso.domain,
    key: privateKey,
    store: await openPlace(place ?? { kind: 'memory' }),
    lookup: addressBook([{ ...agr, key: senderKey, endpoint }]),
    insecureEndpoints: true,
    ed25519: backend,
    handlers: { preProcessFlexOffer: () => accept() },
  });
  const { url } = await entry.serve(sink === undefined ? { ...service, start() {} } : service, { port: 0 });
  return `${url}/shapeshifter/api/v3/message`;
}

console.log(JSON.stringify({ url: await start() }));
for await (const _ of createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ usedUs: usedUs() }));
process.exit(0);
