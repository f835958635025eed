/** @module Keys of the command line: the argument of `--key` goes in, what a reader of keys makes of it comes out. */

import type { Jwk } from '../seal/keys.ts';
import { UsageError } from './command.ts';
import { readValue } from './files.ts';

/**
 * Reads a key that stands in the argument, or in the file that `@file` names: text, or JSON of a JWK.
 *
 * @throws {UsageError} that says which forms of a key are understood; it never quotes the key
 */
export async function keyOf<K>(argument: string, read: (key: string | Jwk) => K | Promise<K>): Promise<K> {
  const text = await readValue(argument);
  try {
    return await read(text.trimStart().startsWith('{') ? parseJwk(text) : text);
  } catch (error) {
    throw new UsageError(`--key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJwk(text: string): Jwk {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('the text is neither a key nor JSON of a JWK'); // JSON.parse would quote the key
  }
}
