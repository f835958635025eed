/** @module Faults of a SQLite file: what a driver threw in; an error that says what to do, or another attempt, out. */

import { UftpError } from '../../errors.ts';
import { missingStore } from '../missing.ts';

/** How long SQLite waits for another process that writes, in milliseconds: all else stands still meanwhile. */
export const busyMsMax = 50;
/** How long to let other work go on before the next attempt, in milliseconds. */
const pauseMs = 50;
/** So many attempts, which take 5 s. */
const attemptsMax = 50;
/** Result codes that say that another connection is at it. */
const busyCodes: readonly number[] = [5, 6, 15];

/** What happened and what to do, by SQLite's primary result code. All other codes are mistakes in a statement. */
const remedies: Readonly<Record<number, string>> = {
  3: 'this process may not use it: give it the right to read and write the file and its folder',
  5: 'another process keeps writing',
  6: 'another connection of this process keeps writing',
  7: 'there is no memory left',
  8: 'it cannot be written: give this process the right to write the file and its folder',
  10: 'reading or writing failed: see what the disk says',
  11: 'it is damaged: put back a copy of it',
  13: 'the disk is full: make room',
  14: 'it cannot be opened: make the folder, and give this process the right to write there',
  15: 'other processes keep writing',
  26: 'it is no SQLite database: choose another path',
};

/**
 * Makes an error of what a driver threw.
 *
 * @param thrown by node:sqlite (`errcode`), bun:sqlite (`errno`) or libsql (`rawCode`)
 * @param otherwise the result code where the driver gives none
 * @returns {@link UftpError} `store-unavailable` where it is the file's fault, else what was thrown
 */
export function asFault(path: string, thrown: unknown, otherwise = 0): unknown {
  const code = codeOf(thrown) ?? otherwise;
  const remedy = remedies[code];
  if (remedy === undefined) return thrown;
  return new UftpError('store-unavailable', `SQLite file ${path}: ${remedy}`, { cause: thrown });
}

/** The error for a file that was there before. */
export function gone(path: string): UftpError {
  return new UftpError(
    'store-unavailable',
    `SQLite file ${path}: it was taken away or replaced: put it back`,
  );
}

/** The error for a file that is not there or has no tables, where none are to be made. */
export function missing(path: string): UftpError {
  return missingStore(path);
}

/**
 * Attempts what another process may be in the way of, again and again for 5 s. Where nobody is in the way it is done
 * before the call returns.
 */
export async function patiently<T>(attempt: () => T): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return attempt();
    } catch (error) {
      if (attempts >= attemptsMax || !isBusy(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof UftpError && busyCodes.includes(codeOf(error.cause) ?? 0);
}

/** SQLite's primary result code, where the driver gives one. */
function codeOf(thrown: unknown): number | undefined {
  const { errcode, errno, rawCode } = Object(thrown) as Readonly<Record<string, unknown>>;
  const code = [errcode, errno, rawCode].find((one) => typeof one === 'number');
  return code === undefined ? undefined : (code as number) & 0xff; // the low byte
}
