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

/** The HTTP status of a refusal. */
export function statusOf(code: RefusalCode): 400 | 401 | 405 | 408 | 411 | 413 | 419 | 429 | 500 | 503 {
  switch (code) {
    case 'length-required':
      return 411; // rule 32
    case 'content-type': // rule 33
    case 'envelope-invalid': // rule 35
    case 'message-invalid': // rule 38
      return 400;
    case 'too-many-requests':
    case 'rate-exceeded':
      return 429; // rule 34
    case 'key-unknown':
      return 419; // rule 36
    case 'signature-invalid':
      return 401; // rule 37
    case 'method-not-allowed':
      return 405;
    case 'body-too-large':
      return 413;
    case 'body-too-slow':
      return 408;
    case 'decision-timeout':
    case 'store-unavailable':
    case 'conflict':
    case 'stopping':
      return 503; // temporary for the sender (rule 27)
    case 'handler-failed':
    case 'internal':
      return 500;
  }
}

/** What the body of the HTTP error says: fixed, without inner detail. */
export function titleOf(code: RefusalCode): string {
  switch (code) {
    case 'method-not-allowed':
      return 'This endpoint takes POST only.';
    case 'length-required':
      return 'A Content-Length header is required.';
    case 'body-too-large':
      return 'The body is larger than this endpoint takes.';
    case 'body-too-slow':
      return 'The body did not arrive in time.';
    case 'content-type':
      return 'The content type must be text/xml or application/xml in UTF-8.';
    case 'envelope-invalid':
      return 'The body is not a valid SignedMessage.';
    case 'key-unknown':
      return 'No key of the sender could be found.';
    case 'signature-invalid':
      return 'The signature does not hold.';
    case 'message-invalid':
      return 'The signed message is not valid.';
    case 'too-many-requests':
      return 'Too many requests are in progress.';
    case 'rate-exceeded':
      return 'Too many requests came within a minute.';
    case 'handler-failed':
    case 'internal':
      return 'The message could not be processed.';
    case 'decision-timeout':
    case 'store-unavailable':
    case 'conflict':
    case 'stopping':
      return 'The message cannot be taken now; send it again later.';
  }
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
    ...(sender === undefined ? {} : { sender }),
    ...(cause === undefined ? {} : { cause }),
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
