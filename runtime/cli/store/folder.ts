/**
 * @module The folder of an earlier system: its files go in; out comes, of each that can be taken, where it is and when it
 * was written, oldest first, and how requests were judged. The messages themselves are not kept: there may be many.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatIssue } from '../../errors.ts';
import type { Party } from '../../roles.ts';
import { UsageError } from '../command.ts';
import { readInput } from '../files.ts';
import { visible } from '../terminal.ts';
import { type EarlierMessage, earlierMessage, type NotTaken, Verdicts } from './earlier.ts';

/** Whose folder it is. */
export interface Owner {
  /** Ours. */
  readonly participant: Party;
  /** Roles of partners by domain, where a message leaves them open. */
  readonly partners: readonly Party[];
}

/** What is kept of a folder. */
export interface Folder {
  /** Files that can be taken, oldest message first. */
  readonly files: readonly string[];
  /** How many of them we have sent. */
  readonly sent: number;
  /** How many files were told of, since they cannot be taken. */
  readonly refused: number;
  readonly verdicts: Verdicts;
}

/** Looks at every file of a folder. @throws {UsageError} where it cannot be read */
export async function lookThrough(folder: string, owner: Owner): Promise<Folder> {
  const found: { readonly file: string; readonly at: number }[] = [];
  const verdicts = new Verdicts();
  let sent = 0;
  const files = filesOf(folder);
  for (const [i, file] of files.entries()) {
    tellProgress('read', i, files.length);
    const message = await readEarlier(file, owner);
    if (message === undefined) continue;
    found.push({ file, at: message.at });
    verdicts.note(message);
    if (message.direction === 'out') sent += 1;
  }
  found.sort((one, other) => one.at - other.at);
  return {
    files: found.map(({ file }) => file),
    sent,
    refused: files.length - found.length,
    verdicts,
  };
}

/** The message in a file. @returns undefined where it cannot be taken, which is told */
export async function readEarlier(file: string, owner: Owner): Promise<EarlierMessage | undefined> {
  const read = await readFile(file, owner);
  if ('message' in read) return read;
  tellOf(file, read.issues.length === 0 ? [read.problem] : read.issues.map(formatIssue));
  return undefined;
}

/** A file that cannot be read, such as a folder of that name, keeps no other from being taken. */
async function readFile(file: string, { participant, partners }: Owner): Promise<EarlierMessage | NotTaken> {
  try {
    return earlierMessage(await readInput(file), participant, partners);
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message, issues: [] };
    throw error;
  }
}

/** Tells why a file is not taken. */
export function tellOf(file: string, why: readonly string[]): void {
  process.stderr.write(`${visible(file)}: not taken\n${why.map((line) => `  ${visible(line)}\n`).join('')}`);
}

/** Tells how far it is, on a terminal only: one line, written over again and wiped out at the end. */
export function tellProgress(what: string, done: number, of: number): void {
  if (!process.stderr.isTTY || (done % 100 !== 0 && done !== of)) return;
  process.stderr.write(`\r\u001b[K${done === of ? '' : `${what}: ${done} of ${of}`}`);
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.toLowerCase().endsWith('.xml'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
