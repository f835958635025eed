/** @module A service in a process of its own, to be attacked: how to reach it, what it takes, and what it uses. */

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { seal } from '../../runtime/seal/ed25519.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { writeEnvelope } from '../../runtime/seal/envelope.ts';
import { generateKeys, importPrivateKey } from '../../runtime/seal/keys.ts';
import { root } from '../support/command.ts';
import { head, socketTo, statuses } from '../support/wire.ts';
import type { Given, Question } from './server.ts';

/** What is sent to a target on one connection, in pieces. */
export type Pieces = readonly (string | Uint8Array)[];

/** A service under attack. */
export interface Target {
  readonly url: string;
  ask(question: Question): Promise<number>;
  /** A SignedMessage of the DSO that it knows, around any bytes. */
  sealed(payload: Uint8Array | string): Promise<Uint8Array>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/** Starts a target. */
export async function startTarget(options: Omit<Given, 'key' | 'dsoKey'> = {}): Promise<Target> {
  const own = await generateKeys(nodeEd25519);
  const dso = await generateKeys(nodeEd25519);
  const signer = await importPrivateKey(dso.privateKey, nodeEd25519);
  const given: Given = { key: own.privateKey, dsoKey: dso.publicKey, ...options };
  const child = fork(join(root, 'test/hostile/server.ts'), [JSON.stringify(given)], {
    cwd: root,
    execArgv: ['--expose-gc', '--conditions=shapeshifter-uftp-source', '--import', 'tsx'],
  });
  const told = listen(child);
  return {
    url: (await told()) as string,
    async ask(question) {
      child.send(question);
      return (await told()) as number;
    },
    async sealed(payload) {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      return writeEnvelope({ domain: 'dso.example', role: 'DSO' }, await seal(signer, bytes));
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}

/** The next message of a process; an error where it has ended. */
function listen(child: ChildProcess): () => Promise<unknown> {
  let take = (_: unknown): void => {};
  let fail = (_: Error): void => {};
  child.on('message', (message) => take(message));
  child.on('exit', (code) => fail(new Error(`the process under attack has ended with ${code}`)));
  return () =>
    new Promise((resolve, reject) => {
      take = resolve;
      fail = reject;
    });
}

/** A POST with its Content-Length. */
export function posted(body: Uint8Array | string): Pieces {
  return [head({ 'Content-Length': Buffer.byteLength(body), Connection: 'keep-alive' }), body];
}

/**
 * Writes all of it, as far as the other side takes it, and closes the connection when there is an answer. What is cut
 * while it is still being written may never see one.
 */
export async function answer(target: Target, pieces: Pieces): Promise<number | undefined> {
  const socket = await socketTo(target.url);
  let text = '';
  const written = new Promise<void>((resolve) => {
    for (const piece of pieces.slice(0, -1)) socket.write(piece);
    socket.write(pieces.at(-1) ?? '', () => resolve());
  });
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) resolve();
    });
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await Promise.race([Promise.all([written, answered]), closed]);
  socket.destroy();
  return statuses(text)[0];
}

/** What an attack costs. */
export interface Cost {
  /** The status of the last answer; undefined where the connection was cut. */
  readonly status: number | undefined;
  /** Processor time of the process under attack, in milliseconds. */
  readonly cpuMs: number;
}

const attacksInRow = 5;
const rowsMax = 3;

/**
 * Attacks several times, one after the other, and takes the median. Where that is over the bound, it is done again:
 * others use the machine, too, and slow down what they share with us.
 */
export async function cost(target: Target, attack: Pieces, cpuMsMax: number): Promise<Cost> {
  for (let row = 1; ; row++) {
    const spent: number[] = [];
    let status: number | undefined;
    for (let i = 0; i < attacksInRow; i++) {
      const before = await target.ask('cpuMs');
      status = await answer(target, attack);
      spent.push((await target.ask('cpuMs')) - before);
    }
    const cpuMs = spent.sort((a, b) => a - b)[attacksInRow >> 1] as number;
    if (cpuMs < cpuMsMax || row === rowsMax) return { status, cpuMs };
  }
}
