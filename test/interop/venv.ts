/** @module Makes the virtual environment of the Python services on demand; out comes the path of its interpreter. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('../../.venv', import.meta.url));
const python = join(home, 'bin', 'python');
/** Holds the hash of the requirements that the environment was made from, once it is complete. */
const marker = join(home, 'requirements.sha256');

const remedy =
  'the interop suite needs Python 3.11 or newer with venv and pip; on Debian and Ubuntu: apt install python3 python3-venv';

/**
 * Makes `.venv` beside package.json, unless it is there and was made from the same requirements. That takes a minute and
 * the network, once; progress is shown on a terminal.
 *
 * @param requirements path of the requirements.txt
 * @returns path of the environment's python
 * @throws {Error} that says what to install where Python or venv is missing, and what pip said where it failed
 */
export async function makeVenv(requirements: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return python;
  show('making .venv');
  await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], remedy);
  await run('python3', ['-m', 'venv', '--clear', home], remedy);
  show('installing the Python library into .venv');
  await run(
    python,
    ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements],
    'pip could not install the requirements',
  );
  writeFileSync(marker, hash);
  show('.venv is ready');
  return python;
}

function show(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`interop: ${text}\n`);
}

/** Runs a command to its end. @throws {Error} with the end of its output where it fails or cannot be started */
async function run(command: string, args: readonly string[], failure: string): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-2000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await new Promise<void>((resolve, fail) => {
    child.once('error', (cause) => fail(new Error(failure, { cause })));
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : fail(new Error(`${failure}: ${command} ${args.join(' ')} ended with ${code}\n${output}`)),
    );
  });
}
