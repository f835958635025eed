/** @module Why a request is answered with an HTTP error, and with which. */

import { UftpError } from '../errors.ts';
import type { Party } from '../roles.ts';
import { type Engine, tell } from './engine.ts';

/** Why a request was refused, as a closed list; it stands in the body of the HTTP error. */
export type RefusalCode =
  | 'method-not-allowed'
  | 'length-required'
  | 'body-too-large'
  | 'body-too-slow'
  | 'content-type'
  | 'envelope-invalid'
  | 'key-unknown'
  | 'signature-invalid'
  | 'message-invalid'
  | 'too-many-requests'
  | 'rate-exceeded'
  | 'handler-failed'
  | 'decision-timeout'
  | 'store-unavailable'
  | 'conflict'
  | 'stopping'
  | 'internal';

/** An HTTP status that is answered to a refusal. */
export type RefusalStatus = 400 | 401 | 405 | 408 | 411 | 413 | 419 | 429 | 500 | 503;

const failed = 'The message could not be processed.';
const later = 'The message cannot be taken now; send it again later.';

/** What is answered to each: the status, and a fixed text without inner detail. */
const answers: Readonly<Record<RefusalCode, readonly [status: RefusalStatus, title: string]>> = {
  'method-not-allowed': [405, 'This endpoint takes POST only.'],
  'length-required': [411, 'A Content-Length header is required.'], // rule 32
  'body-too-large': [413, 'The body is larger than this endpoint takes.'],
  'body-too-slow': [408, 'The body did not arrive in time.'],
  'content-type': [400, 'The content type must be text/xml or application/xml in UTF-8.'], // rule 33
  'envelope-invalid': [400, 'The body is not a valid SignedMessage.'], // rule 35
  'key-unknown': [419, 'No key of the sender could be found.'], // rule 36
  'signature-invalid': [401, 'The signature does not hold.'], // rule 37
  'message-invalid': [400, 'The signed message is not valid.'], // rule 38
  'too-many-requests': [429, 'Too many requests are in progress.'], // rule 34
  'rate-exceeded': [429, 'Too many requests came within a minute.'], // rule 34
  'handler-failed': [500, failed],
  // 503 is temporary for the sender (rule 27).
  'decision-timeout': [503, later],
  'store-unavailable': [503, later],
  conflict: [503, later],
  stopping: [503, later],
  internal: [500, failed],
};

/** The HTTP status of a refusal. */
export function statusOf(code: RefusalCode): RefusalStatus {
  return answers[code][0];
}

/** What the body of the HTTP error says. */
export function titleOf(code: RefusalCode): string {
  return answers[code][1];
}

/** After how many seconds the sender may come back; undefined where that would not help. */
export function retryAfterSeconds(code: RefusalCode): number | undefined {
  if (code === 'rate-exceeded') return 60; // by when all that a minute allows has grown back
  const status = statusOf(code);
  return status === 429 || status === 503 ? 5 : undefined;
}

/** Thrown within the flow: nothing was stored, and the request is answered with an HTTP error. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Whom the envelope names. */
  readonly sender: Party | undefined;

  constructor(code: RefusalCode, options: { sender?: Party; cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.sender = options.sender;
  }
}

/** Tells the observer of a refusal. */
export function tellRefusal(engine: Engine, { code, sender, cause }: Refusal): void {
  tell(engine, {
    event: 'refused',
    status: statusOf(code),
    code,
    ...(sender !== undefined && { sender }),
    ...(cause !== undefined && { cause }),
  });
}

/** Makes a refusal of anything that was thrown. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof UftpError && (error.code === 'store-unavailable' || error.code === 'conflict')) {
    return new Refusal(error.code, { cause: error });
  }
  return new Refusal('internal', { cause: error });
}
