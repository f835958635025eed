/** @module The servers that are put under load: which there are, and how each is started, asked for its time, and stopped. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { loadSodium } from '../../runtime/seal/ed25519-sodium-node.ts';
import { generateKeys, type KeyTexts } from '../../runtime/seal/keys.ts';
import { type Runtime, start } from './programs.ts';
import type { ServerOptions } from './server.ts';

/** A server under load. */
export interface Target {
  /** Where to POST. */
  readonly url: string;
  /** Processor time that its process has used since it was started, in microseconds. */
  usedUs(): Promise<number>;
  /** Resolves when it has done all that so many requests ask of it; most are done when they answer. */
  settled(requests: number): Promise<void>;
  stop(): Promise<void>;
}

/** A row of the table: a server that can be started. */
export interface Row {
  readonly name: string;
  readonly runtime: Runtime | 'python';
  /** True for the one that others are compared with. */
  readonly isBaseline?: boolean;
  /** Requests in a round are divided by this: a server that is slower by far gets fewer. */
  readonly slower?: number;
  start(keys: Keys): Promise<Target>;
}

/** Keys of who sends, and of who receives. */
export interface Keys {
  readonly sender: KeyTexts;
  readonly receiver: KeyTexts;
}

/** New keys for both. */
export async function newKeys(): Promise<Keys> {
  return { sender: await generateKeys(nodeEd25519), receiver: await generateKeys(nodeEd25519) };
}

/** What the service does with a FlexOffer, as the table says it. */
const service = 'service: accepted, response sealed and stored';

/** The rows of a runtime. Others, such as one for each store, are added to this list. */
export function rowsOf(runtime: Runtime): readonly Row[] {
  const row = (
    name: string,
    kind: ServerOptions['kind'],
    ed25519: ServerOptions['ed25519'] = 'node',
  ): Row => ({
    name,
    runtime,
    isBaseline: kind === 'baseline',
    start: (keys) => startOurs(runtime, keys, { kind, ed25519 }),
  });
  const bare = runtime === 'node' ? 'bare node:http' : 'bare server';
  const all = [
    row(bare, 'bare'),
    row('the same, native verify and sign', 'baseline'),
    row(service, 'service'),
  ];
  if (runtime !== 'node') return all;
  if (loadSodium() !== undefined) all.push(row('the same with sodium-native', 'service', 'sodium'));
  return [...all, { name: 'the same, response delivered', runtime, start: startDelivering }];
}

/** Starts a server of ours in a process of its own. */
export async function startOurs(
  runtime: Runtime,
  { sender, receiver }: Keys,
  options: Pick<ServerOptions, 'kind' | 'ed25519' | 'sink' | 'place'>,
): Promise<Target> {
  const keys = { privateKey: receiver.privateKey, senderKey: sender.publicKey };
  const program = await start('server', runtime, { ...keys, ...options } satisfies ServerOptions);
  try {
    const { url } = (await program.next()) as { url: string };
    return {
      url,
      async usedUs() {
        program.child.stdin?.write('used\n');
        return ((await program.next()) as { usedUs: number }).usedUs;
      },
      settled: async () => {},
      stop: program.stop,
    };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** A service whose worker delivers each response to a server in this process. */
async function startDelivering(keys: Keys): Promise<Target> {
  const sink = await openSink();
  const url = `http://127.0.0.1:${(sink.server.address() as AddressInfo).port}/`;
  const target = await startOurs('node', keys, { kind: 'service', ed25519: 'node', sink: url });
  let expected = 0;
  return {
    ...target,
    settled(requests) {
      expected += requests;
      return sink.taken(expected);
    },
    async stop() {
      await target.stop();
      sink.server.close();
    },
  };
}

/** A server that answers 200 to everything and tells when it has taken so much. */
async function openSink(): Promise<{ readonly server: Server; taken(count: number): Promise<void> }> {
  let count = 0;
  let look = (): void => {};
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end();
      count += 1;
      look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    taken: (wanted) =>
      new Promise((resolve) => {
        look = () => {
          if (count >= wanted) resolve();
        };
        look();
      }),
  };
}
