/** @module Cases that run in another runtime: a program and a script in; each case shows as a test of this one. */

import { spawn } from 'node:child_process';
import { root } from '../support/command.ts';
import { suite } from '../support/suite.ts';
import type { Result } from './play.ts';

/**
 * Declares a test for each title.
 *
 * @param run runs all cases, once, when the first test asks
 */
export function remoteSuite(
  name: string,
  titles: readonly string[],
  run: () => Promise<readonly Result[]>,
): void {
  const test = suite(name);
  let results: Promise<readonly Result[]> | undefined;
  for (const title of titles) {
    test(title, async () => {
      results ??= run();
      const result = (await results).find((one) => one.title === title);
      if (result === undefined) throw new Error('it was not run');
      if (result.error !== undefined) throw new Error(result.error);
    });
  }
}

/**
 * Runs a script of this repository to its end.
 *
 * @returns the JSON that it writes
 * @throws {Error} with its output where it fails
 */
export async function runScript<T>(
  program: string,
  flags: readonly string[],
  script: string,
  ...args: readonly string[]
): Promise<T> {
  const child = spawn(program, [...flags, script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, fail) => {
    child.once('error', fail);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ${script} ended with ${code}\n${errors}\n${output}`);
  return JSON.parse(output);
}

const conditions = '--conditions=shapeshifter-uftp-source';

/** How each runtime is told to run a script from source. */
export const flags: Readonly<Record<'node' | 'bun' | 'deno', readonly string[]>> = {
  node: ['--no-warnings', conditions, '--import', 'tsx'],
  bun: [conditions],
  deno: ['run', '--quiet', '--allow-all', conditions],
};
