/** @module Faults of a SQLite file: what a driver threw in; an error that names the file and what to do out. */

import { UftpError } from '../errors.ts';

/** How long to wait for another process that writes, in milliseconds. */
export const busyMsMax = 5_000;

/** What happened and what to do, by SQLite's primary result code. All other codes are mistakes in a statement. */
const remedies: Readonly<Record<number, string>> = {
  3: 'this process may not use it: give it the right to read and write the file and its folder',
  5: `another process has been writing for more than ${busyMsMax / 1000} s`,
  6: 'another connection of this process has locked it',
  7: 'there is no memory left',
  8: 'it cannot be written: give this process the right to write the file and its folder',
  10: 'reading or writing failed: see what the disk says',
  11: 'it is damaged: put back a copy of it',
  13: 'the disk is full: make room',
  14: 'it cannot be opened: make the folder, and give this process the right to write there',
  15: 'other processes keep locking it',
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
  const { errcode, errno, rawCode } = Object(thrown) as Readonly<Record<string, unknown>>;
  const code = [errcode, errno, rawCode].find((one) => typeof one === 'number') ?? otherwise;
  const remedy = remedies[(code as number) & 0xff]; // the low byte is the primary code
  if (remedy === undefined) return thrown;
  return new UftpError('store-unavailable', `SQLite file ${path}: ${remedy}`, { cause: thrown });
}
