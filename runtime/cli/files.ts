/** @module Files that commands read: `-` is standard input, and an argument that begins with @ names a file with the value. */

import { readFile } from 'node:fs/promises';
import { UsageError } from './command.ts';

/** The bytes of a file, or of standard input for `-`. @throws {UsageError} where it cannot be read */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    if (file !== '-') return await readFile(file);
    const parts: Uint8Array[] = [];
    for await (const part of process.stdin) parts.push(part as Uint8Array);
    return Buffer.concat(parts);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A value, or the text of the file that `@file` names, without white space around it. */
export async function readValue(value: string): Promise<string> {
  return value.startsWith('@') ? new TextDecoder().decode(await readInput(value.slice(1))).trim() : value;
}

/** Writes all bytes to standard output before it returns. */
export function writeOutput(bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, fail) => {
    process.stdout.write(bytes, (error) => (error == null ? resolve() : fail(error)));
  });
}
