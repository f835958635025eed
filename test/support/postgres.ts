/** @module A PostgreSQL server of the tests' own, or why there is none: a private instance on a free port of 127.0.0.1. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian keeps the programs of its versions. */
const debian = '/usr/lib/postgresql';

/** A private instance. Its data dies with it. */
export interface PostgresServer {
  /** Connection string of a superuser without a password. */
  readonly url: string;
  /** Starts it again after {@link halt}; on the same port, with the same data. */
  start(): Promise<void>;
  /** Ends all of its processes by SIGKILL, in the middle of what they do. */
  halt(): Promise<void>;
  /** Ends it, without waiting for anybody, and removes its data. */
  remove(): Promise<void>;
}

/** The folder of `initdb` and `postgres`, of the newest version; undefined where there is none. */
export function postgresFolder(): string | undefined {
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(debian, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Makes and starts an instance whose commits are on disk before they are told. */
export async function startPostgres(folder: string): Promise<PostgresServer> {
  const data = mkdtempSync(join(tmpdir(), 'uftp-postgres-'));
  const user = await unprivileged();
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const options = { cwd: data, ...user };
  const init = ['-D', join(data, 'data'), '-U', 'uftp', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  await run(join(folder, 'initdb'), init, options);
  const port = await freePort();
  const url = `postgres://uftp@127.0.0.1:${port}/postgres`;
  let ended: Promise<void> = Promise.resolve();
  let server: ChildProcess;

  const start = async (): Promise<void> => {
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${data}`, 'max_connections=200'];
    const args = ['-D', join(data, 'data'), '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
    server = spawn(join(folder, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    // All of its processes hold stderr: once that is closed none is left, and the shared memory is free for the next.
    ended = new Promise((resolve) => server.once('close', () => resolve()));
    await new Promise<void>((resolve, fail) => {
      server.once('error', fail);
      server.once('close', () => fail(new Error(`PostgreSQL does not start:\n${log}`)));
      server.stderr?.on('data', (part: Buffer) => {
        log = `${log}${part}`.slice(-10_000);
        if (log.includes('ready to accept connections')) resolve();
      });
    });
  };
  const halt = async (): Promise<void> => {
    const backends = childrenOf(server.pid);
    server.kill('SIGKILL'); // first, or it would start all others anew
    for (const pid of backends) killed(pid);
    await ended;
  };
  await start();
  return {
    url,
    start,
    halt,
    async remove() {
      server.kill('SIGQUIT'); // so that it frees its shared memory
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** By Linux, as it is the only one with Debian's package. One that was begun since ends itself: its parent is gone. */
function childrenOf(pid = 0): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended already
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {} // it has ended already
}

let schemas = 0;

/** The name of a schema that no other test of this process has. */
export function freshSchema(): string {
  schemas += 1;
  return `uftp_${schemas}`;
}

/** PostgreSQL refuses to be run by root: then Debian's own user runs it. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('there is no user postgres');
  return { uid, gid };
}

function freePort(): Promise<number> {
  return new Promise((resolve, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
