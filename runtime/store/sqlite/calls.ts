/** @module What passes between a store and the thread that has its file open: calls one way, answers the other, errors as what they were. */

import { type Issue, UftpError, type UftpErrorCode } from '../../errors.ts';
import type { Commit, Lease, MessageKey, MessageRecord, Store } from '../../ports/store.ts';
import type { SqlFileOptions } from './file.ts';

/** What a thread is started with. */
export interface Opening {
  readonly path: string;
  readonly options: SqlFileOptions;
  /** Whose SQLite: two of them in one process would undo each other's locks. */
  readonly by: 'node' | 'bun';
}

/**
 * What a thread is asked: to do what the method of a store does, to wake from now on who watches, or to `hold` its
 * writes until it is told to `release` them, since another connection of the process is about to write; to `callOff`
 * a removal, by the number that it was asked for with.
 */
export type Method = Exclude<keyof Store, 'name' | 'durable'> | 'hold' | 'release' | 'callOff';

/** One thing asked. */
export interface Call {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** What became of one call. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly fault?: Fault;
}

/** The call that a thread answers without being asked: it says whether the file is open. */
export const openingId = 0;

/** What a thread says at once. */
export interface Said {
  readonly answers: readonly Answer[];
  /** Whether tasks may have come. */
  readonly woken: boolean;
}

/** An error on its way between threads: a copy of it alone would be of no class of ours, and lose its code. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Of an error of ours. */
  readonly uftp?: { readonly code: UftpErrorCode; readonly text: string; readonly issues: readonly Issue[] };
  /** What else it says of itself, such as SQLite's result code. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly cause?: Fault | undefined;
}

/** So few bytes more are sent along with a body: copying it first would take longer. */
const spareBytesMax = 64;
/** Causes of causes that are told. */
const causesMax = 5;
const classes: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError, SyntaxError };

/** Makes what can be sent of what was thrown. */
export function toFault(thrown: unknown, causes: number = causesMax): Fault {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    ...(error instanceof UftpError && {
      uftp: { code: error.code, text: error.text, issues: error.issues },
    }),
    facts: Object.fromEntries(Object.entries(error).filter(([, fact]) => /string|number/.test(typeof fact))),
    cause: cause === undefined || causes === 0 ? undefined : toFault(cause, causes - 1),
  };
}

/** Makes the error again. */
export function fromFault({ name, message, stack, uftp, facts, cause }: Fault): Error {
  const options = cause && { cause: fromFault(cause) };
  if (uftp !== undefined) return new UftpError(uftp.code, uftp.text, { ...options, issues: uftp.issues });
  const error = new (classes[name] ?? Error)(message, options);
  return Object.assign(error, facts, { name }, stack !== undefined && { stack });
}

/** What is sent of a commit: nothing that cannot be, and of messages that it only names the key. */
export function sendable(item: Omit<Commit, 'inside'>): object {
  const { read, received, work, outgoing, finish, answer, resend } = item;
  return {
    read,
    received: received && whole(received),
    work: work?.map(({ id, participant, kind, message, orderKey, dueAt }) => {
      return { id, participant, kind, message: keyOf(message), orderKey, dueAt };
    }),
    outgoing: outgoing?.map(({ record, orderKey, first, dueAt, notAfter }) => {
      return { record: whole(record), orderKey, first, dueAt, notAfter };
    }),
    finish: finish && { lease: fence(finish.lease), outcome: finish.outcome },
    answer: answer && { message: keyOf(answer.message), verdict: answer.verdict },
    resend: resend && {
      message: keyOf(resend.message),
      dueAt: resend.dueAt,
      unlessTriedSince: resend.unlessTriedSince,
    },
  };
}

/** By these a lease is known; its message stays here. */
export function fence({ queue, task, token }: Lease): Lease {
  return { queue, task, token } as Lease;
}

function keyOf({ participant, direction, partner, identity }: MessageKey): MessageKey {
  return { participant, direction, partner, identity };
}

/** A body that is a part of a larger piece of memory would take all of it along. */
function whole(record: MessageRecord): MessageRecord {
  const { body } = record;
  return body.buffer.byteLength - body.byteLength < spareBytesMax
    ? record
    : { ...record, body: new Uint8Array(body) };
}
