/** @module One service of the Python library as a child process: commands go in, the lines that it prints come out. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Party } from '../../runtime/roles.ts';
import { Journal } from './journal.ts';
import { peers } from './shared.ts';

/** What a Python service says that it did; see `common.py`. */
export interface Line {
  /** `receive`: it has answered a POST with `status`; `process`: its handler was called; `sent`: its client is done. */
  readonly stage: 'ready' | 'receive' | 'process' | 'sent' | 'queued' | 'queued-delivered' | 'command-error';
  /** Name of the class, such as `DPrognosis`. */
  readonly type?: string;
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly version?: string;
  /** The sender's domain; of `receive` role and domain, such as `AGR:aggregator.example`. */
  readonly sender?: string;
  readonly result?: string;
  readonly rejectionReason?: string;
  /** How many ISPs the message has; absent for none. */
  readonly isps?: number;
  /** Of `sent`: whether the answer was HTTP 200. */
  readonly ok?: boolean;
  readonly status?: number;
  /** Of `sent`: the beginning of the body of an answer that is not 200. */
  readonly answer?: string;
  readonly error?: string;
  /** Of `process`: the message in the library's JSON form, as text, since it may hold integers that a number cannot. */
  readonly body?: string;
}

/** How a Python service is started. */
export interface PeerOptions {
  /** The interpreter. */
  readonly python: string;
  readonly party: Party;
  /** Its private key, in base64. */
  readonly key: string;
  readonly port: number;
  /** Path of its address book. */
  readonly directory: string;
  /** `none`: it answers nothing; `response`: every request; `full`: it also offers on requests and orders on offers. */
  readonly respond: 'none' | 'response' | 'full';
  /** How much it logs; default `DEBUG`, at which it also prints the bodies of messages. */
  readonly log?: 'DEBUG' | 'WARNING';
}

/** A Python service that runs. */
export interface Peer {
  readonly party: Party;
  /** Of its process. */
  readonly pid: number | undefined;
  readonly lines: Journal<Line>;
  /** Lets its client send the payload in a file; metadata that the file has is kept, but for Version and the domains. */
  send(file: string, to: Party, version: string): void;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** Those that run. They do not end when this process does, so they are ended with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** So much of what the library logs is shown where the process ends by itself. */
const logCharsMax = 3000;

/**
 * Starts a service and waits until it listens.
 *
 * @throws {Error} with the end of its log where it ends instead
 */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { party, key, port, directory, respond, log: level = 'DEBUG' } = options;
  const name = `the Python ${party.role} ${party.domain}`;
  const lines = new Journal<Line>(name);
  const child = spawn(
    options.python,
    [`${party.role.toLowerCase()}.py`, '--domain', party.domain, '--key', key, '--port', String(port)].concat(
      ['--directory', directory, '--respond', respond, '--log', level],
    ),
    { cwd: peers, stdio: 'pipe', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  running.add(child);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-logCharsMax);
  });
  readLines(child.stdout, (text) => lines.add(parse(text)));
  child.stdin.on('error', () => {}); // it has ended: its journal tells
  const closed = new Promise<void>((resolve) => {
    const ended = (why: string): void => {
      running.delete(child);
      lines.end(new Error(`${name} has ended (${why}); the end of its log:\n${log}`));
      resolve();
    };
    child.once('error', (error) => ended(error.message));
    child.once('close', (code, signal) => ended(String(signal ?? code)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL'); // it has nothing to save
    await closed;
  };
  try {
    await lines.find('sign that it listens', ({ stage }) => stage === 'ready');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    party,
    pid: child.pid,
    lines,
    send: (file, to, version) => {
      child.stdin.write(`${JSON.stringify({ file, to: to.domain, role: to.role, version })}\n`);
    },
    stop,
  };
}

function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
}

function parse(text: string): Line {
  const { message_id, conversation_id, rejection_reason, body, ...rest } = JSON.parse(text);
  const line = {
    ...rest,
    messageId: message_id,
    conversationId: conversation_id,
    rejectionReason: rejection_reason,
    answer: typeof body === 'string' ? body : undefined,
    // The body of a message is the last member of the line.
    body: typeof body === 'object' ? /"body": (\{.*\})\}$/.exec(text)?.[1] : undefined,
  };
  return Object.fromEntries(
    Object.entries(line).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as Line;
}
