/** @module Runs the command line as a user does: a process of its own, with its output and exit code. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What a command did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts `uftp …` from source, with these variables besides. */
export function startUftp(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn(
    process.execPath,
    ['--conditions=shapeshifter-uftp-source', '--import', 'tsx', join(root, 'runtime/cli.ts'), ...args],
    { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } },
  );
}

/** Runs `uftp …` from source. */
export function uftp(
  args: readonly string[],
  input?: Uint8Array | string,
  env?: Readonly<Record<string, string>>,
): Promise<Ran> {
  const child = startUftp(args, env);
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  child.stdin.end(input);
  return new Promise((resolve, fail) => {
    child.on('error', fail);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(errors).toString() }),
    );
  });
}

/** What a command has written as JSON, an object a line. */
export function jsonLines(stdout: Buffer): Readonly<Record<string, unknown>>[] {
  const lines = stdout.toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
