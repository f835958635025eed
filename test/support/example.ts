/** @module Starts an example as a process of its own, and the partners that talk to it; all of them end together. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dso } from '../../generated/3.1.0/index.ts';
import type { Servable } from '../../runtime/host.ts';
import { createService, type Server, serve } from '../../runtime/node.ts';
import type { Observer } from '../../runtime/ports/observer.ts';
import {
  accept,
  type HandlersOf,
  type Message,
  type Party,
  type Role,
  type RoleKind,
} from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import type { Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { root } from './command.ts';

/** Where messages are POSTed. */
export const path = '/shapeshifter/api/v3/message';

/** A partner in this process, before the example's endpoint is known. */
export interface Partner<Kind extends RoleKind> {
  readonly service: Service<Kind>;
  readonly endpoint: string;
  /** Public key. */
  readonly key: string;
  /** Private key that the example is to have. */
  readonly exampleKey: string;
  /** Tells the partner where the example listens. */
  meet(url: string): void;
  /** Resolves with the next message of a type that the example sends. */
  next<T extends Message>(type: string): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a partner of a role on a free port. */
export async function partner<Kind extends RoleKind>(
  role: Role<Kind>,
  party: Party,
  handlers: HandlersOf<Kind, MemoryTx>,
): Promise<Partner<Kind>> {
  const [own, example] = [await generateKeys(), await generateKeys()];
  let met: string | undefined;
  const came: Message[] = [];
  const wakers = new Set<() => void>();
  const observe: Observer = (event) => {
    if (event.event !== 'received') return;
    came.push(event.message);
    for (const wake of wakers) wake();
  };
  const service = await createService(role, {
    domain: party.domain,
    key: own.privateKey,
    store: memory(),
    lookup: { keys: () => example.publicKey, endpoint: () => met },
    insecureEndpoints: true,
    observe,
    handlers,
  });
  const server: Server = await serve(service as Servable, { port: 0 });
  return {
    service,
    endpoint: `${server.url}${path}`,
    key: own.publicKey,
    exampleKey: example.privateKey,
    meet: (url) => {
      met = `${url}${path}`;
    },
    async next<T extends Message>(type: string): Promise<T> {
      for (;;) {
        const index = came.findIndex(({ $type }) => $type === type);
        if (index >= 0) return came.splice(index, 1)[0] as T;
        await new Promise<void>((resolve) => wakers.add(resolve));
        wakers.clear();
      }
    },
    stop: () => server.stop(),
  };
}

/** The grid operator that the examples of aggregators talk to. */
export function gridOperator(): Promise<Partner<NonNullable<typeof dso.kind>>> {
  return partner(
    dso,
    { domain: 'grid-operator.example', role: 'DSO' },
    { preProcessFlexOffer: () => accept() },
  );
}

/** An example that runs. */
export interface Example {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an example and waits until it says where it listens. @throws {Error} with its output where it ends before */
export async function example(
  program: string,
  flags: readonly string[],
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Example> {
  const child = spawn(program, [...flags, file], {
    cwd: root,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, fail) => {
    createInterface(child.stdout).on('line', (line) => {
      const listening = /^listening on (http:\S+)/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void ended.then(() => fail(new Error(`${file} ended\n${errors}`)));
  });
  return { url, stop: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}
