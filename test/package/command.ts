/** @module Runs a program in a folder: its words go in, what it printed and its exit code come out. */

import { spawn } from 'node:child_process';

/** What a program did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a program runs. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], { cwd, env = {} }: RunOptions): Promise<Ran> {
  const child = spawn(program, args, {
    cwd,
    env: { ...outerEnvironment(), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  child.stderr.on('data', (part: Buffer) => stderr.push(part));
  return new Promise((resolve, fail) => {
    child.on('error', fail);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/**
 * Runs a program that must succeed.
 *
 * @returns what it wrote to stdout
 * @throws {Error} with all that it wrote where its exit code is not 0
 */
export async function must(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} in ${options.cwd}: exit code ${code}\n${stdout}${stderr}`);
}

/** Says on a terminal what takes its time. */
export function show(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`  … ${text}\n`);
}

/** The environment without what `npm run` says of this package: an inner npm would take it for its own. */
function outerEnvironment(): NodeJS.ProcessEnv {
  const inner = /^npm_(?:package_|lifecycle_|config_local_prefix$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inner.test(name)));
}
