/** @module Installs the runtimes that the tests of this folder need, on demand; their paths out. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Programs by path; undefined where there is none for this machine. */
export interface Runtimes {
  readonly node22: string | undefined;
  readonly node24: string | undefined;
  readonly bun: string;
  readonly deno: string;
  /** Of this folder, to resolve `miniflare` from. */
  readonly home: string;
}

const home = fileURLToPath(new URL('.', import.meta.url));
const modules = join(home, 'node_modules');
/** Holds the hash of the lock file that was installed, once it is complete. */
const marker = join(modules, '.installed');

let installed: Promise<Runtimes> | undefined;

/**
 * Installs what the lock file of this folder names, unless it is there. That takes 750 MB, half a minute and the
 * network, once; progress is shown on a terminal.
 *
 * @throws {Error} with what npm said where it failed
 */
export function runtimes(): Promise<Runtimes> {
  installed ??= install();
  return installed;
}

async function install(): Promise<Runtimes> {
  const hash = createHash('sha256')
    .update(readFileSync(join(home, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== hash) {
    if (process.stderr.isTTY) process.stderr.write('runtimes: installing Node, Bun, Deno and workerd\n');
    await ci();
    writeFileSync(marker, hash);
  }
  return {
    node22: program(`node22-${process.platform}-${process.arch}/bin/node`),
    node24: program(`node24-${process.platform}-${process.arch}/bin/node`),
    bun: join(modules, '.bin/bun'),
    deno: join(modules, '.bin/deno'),
    home,
  };
}

function program(path: string): string | undefined {
  const full = join(modules, path);
  return existsSync(full) ? full : undefined;
}

/** Runs `npm ci`, quietly. */
async function ci(): Promise<void> {
  const child = spawn('npm', ['ci', '--prefix', home, '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-2000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await new Promise<void>((resolve, fail) => {
    child.once('error', (cause) => fail(new Error('npm could not be started', { cause })));
    child.once('close', (code) =>
      code === 0 ? resolve() : fail(new Error(`npm could not install the runtimes\n${output}`)),
    );
  });
}
