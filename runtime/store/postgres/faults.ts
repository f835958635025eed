/** @module What may go wrong at a PostgreSQL server: its errors in; out comes what to do about them. */

import { isUftpError, UftpError } from '../../errors.ts';

/** What work on a message that is not stored is told by; see the function `add_task`. */
const strayWork = 'UF001';
/** A commit broke off because others were in its way: a serialization failure, or a circle of waiting ones. */
const inTheWay: readonly unknown[] = ['40001', '40P01'];

/** True where the same may succeed at once. */
export function mayRetry(error: unknown): boolean {
  return inTheWay.includes(codeOf(error));
}

/** True where a lock was waited for as long as may be. */
export function isLockedOut(error: unknown): boolean {
  return codeOf(error) === '55P03';
}

/** What to throw for an error of one of the store's own statements: those are right, so it is the server's. */
export function faultOf(error: unknown): Error {
  if (error instanceof RangeError || isUftpError(error)) return error;
  const { code, constraint_name: constraint, message } = error as PgFault;
  if (code === strayWork) return new RangeError(message, { cause: error });
  if (constraint === 'message_identity') {
    return new RangeError('a message stands in the commit twice', { cause: error });
  }
  return new UftpError('store-unavailable', `the PostgreSQL server failed: ${message || code}`, {
    cause: error,
  });
}

/** True where an error, whoever asked, says that the connection is gone. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  return typeof code === 'string' && /^(?:CONNECTION_|CONNECT_TIMEOUT|08|57P|25P03)/.test(code);
}

/** An error of the server, or of the connection to it. */
interface PgFault {
  readonly code?: string;
  readonly constraint_name?: string;
  readonly message?: string;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
