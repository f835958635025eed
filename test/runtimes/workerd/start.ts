/** @module Starts a bundled worker in workerd, for tests: a bundle in, its URL and how to stop it out. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root } from '../../support/command.ts';
import { type Runtimes, runtimes } from '../install/install.ts';
import { flags } from '../remote.ts';
import type { HostOptions } from './host.ts';

/** A worker that runs. */
export interface RunningWorker {
  /** With a slash at its end. */
  readonly url: string;
  /** What the worker has written to its console so far. */
  output(): string;
  stop(): Promise<void>;
  /** Ends it at once, as a machine that fails. */
  kill(): Promise<void>;
}

/** Whether this machine can run one; else why not. */
export function whyNot({ node22 }: Runtimes): string | undefined {
  return node22 === undefined ? 'npm has no Node 22 for this machine, which Miniflare needs' : undefined;
}

const host = fileURLToPath(new URL('host.ts', import.meta.url));

/** Starts a worker. @throws {Error} with what workerd said where it does not come up */
export async function startWorker(
  code: string,
  options: Pick<HostOptions, 'bindings' | 'storage'> & { readonly binding?: string },
): Promise<RunningWorker> {
  const { node22, home } = await runtimes();
  if (node22 === undefined) throw new Error('no Node 22');
  const folder = mkdtempSync(join(tmpdir(), 'uftp-worker-'));
  const script = join(folder, 'worker.mjs');
  writeFileSync(script, code);
  const given: HostOptions = { home, script, binding: 'PARTICIPANT', ...options };
  const child = spawn(node22, [...flags.node, host, JSON.stringify(given)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // so that Miniflare and workerd can be killed together
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface(child.stdout);
  const url = await new Promise<string>((resolve, fail) => {
    lines.once('line', resolve);
    void ended.then(() => fail(new Error(`the worker did not start\n${output}`)));
  });
  lines.on('line', (line) => {
    output += `${line}\n`;
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return {
    url,
    output: () => output,
    async stop() {
      child.stdin.end();
      await ended;
      remove();
    },
    async kill() {
      killGroup(child);
      await ended;
      remove();
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}
