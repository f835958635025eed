/** @module The programs of the bench: bundled on demand, as a user's own bundle would be, and run on any runtime. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { root } from '../api/entries.ts';
import { runtimes } from '../runtimes/install/install.ts';

/** Where programs run. */
export type Runtime = 'node' | 'bun' | 'deno';

/** Where the bundles are; packages are found from there. */
const folder = join(root, 'dist/bench');

const programs = ['server', 'in-process', 'storing'].map((name) => `test/bench/${name}.ts`);
/** What a SQLite store looks for beside the bundle. */
const thread = 'runtime/store/sqlite/thread-node.ts';

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** The next line that it prints, parsed. @throws {Error} with what it said on stderr where it ends instead */
  next(): Promise<unknown>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Those that run. They do not end when this process does, so they are ended with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/**
 * Bundles the programs. They do not run from source: what makes TypeScript run adds a call for every function that is
 * made, which nobody pays in production.
 */
export async function bundlePrograms(): Promise<void> {
  await build({
    entryPoints: [...programs, thread].map((file) => ({
      in: join(root, file),
      out: file.replace(/^.*\/|\.ts$/g, ''),
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    packages: 'external',
    // The one door that generated code imports; by its name it would be another copy of the library.
    alias: { 'shapeshifter-uftp/tables': join(root, 'runtime/tables.ts') },
    absWorkingDir: root,
    logLevel: 'error',
  });
}

/** Starts a program with one argument, which it reads as JSON. */
export async function start(
  program: 'server' | 'in-process' | 'storing',
  runtime: Runtime,
  options: object,
): Promise<Running> {
  const file = join(folder, `${program}.mjs`);
  const [command, ...flags] = await commandOf(runtime);
  const child = spawn(command, [...flags, file, JSON.stringify(options)], { cwd: root, stdio: 'pipe' });
  running.add(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-3000);
  });
  child.stdin.on('error', () => {}); // it has ended, which `next` tells
  const closed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(String(signal ?? code)));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${program} on ${runtime} ended (${await closed})\n${errors}`);
      return JSON.parse(value);
    },
    async stop() {
      child.kill('SIGKILL'); // it has nothing to save
      await closed;
      running.delete(child);
    },
  };
}

async function commandOf(runtime: Runtime): Promise<[command: string, ...flags: string[]]> {
  if (runtime === 'node') return [process.execPath];
  const { bun, deno } = await runtimes();
  return runtime === 'bun' ? [bun] : [deno, 'run', '--quiet', '--allow-all'];
}
