/** @module Asking a PostgreSQL server: a statement of the store's own in; its rows out, or in time a fault. */

import { UftpError } from '../../errors.ts';
import type { PgTx } from './driver.ts';
import { faultOf } from './faults.ts';

/**
 * Runs a statement whose rows are JSON texts: so no setting of a user's pool changes them.
 *
 * @param prepare false: it is planned each time, for tables as they are then, not as they were once
 * @throws {UftpError} `store-unavailable` where the server fails, or does not answer within `answerMsMax` milliseconds
 */
export async function rowsOf(
  sql: PgTx,
  statement: string,
  params: readonly (string | number)[],
  answerMsMax: number,
  prepare = true,
): Promise<unknown[]> {
  try {
    const asked = sql.unsafe<{ json: string }>(statement, [...params], { prepare });
    const rows = await inTime(asked, answerMsMax);
    return rows.map((row) => JSON.parse(row.json));
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * Waits for an answer: of a connection that carries nothing any more and does not break, neither it nor an error comes.
 *
 * @throws {UftpError} `store-unavailable` after `answerMsMax` milliseconds; what was asked may still be done
 */
export async function inTime<T>(answer: PromiseLike<T>, answerMsMax: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    const text = `no answer of the PostgreSQL server in ${answerMsMax} ms`;
    timer = setTimeout(() => fail(new UftpError('store-unavailable', text)), answerMsMax);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
