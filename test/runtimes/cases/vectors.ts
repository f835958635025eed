/** @module Reads the speccheck vectors from `../shared`, with libsodium's verdicts; undefined where it is absent. */

import { existsSync, readFileSync } from 'node:fs';
import type { Vector } from './speccheck.ts';

/** The twelve vectors. */
export function readSpeccheck(): readonly Vector[] | undefined {
  if (!existsSync(folder)) return undefined;
  const verdicts = readJson<Readonly<Record<string, boolean>>>('own/libsodium_expected.json');
  return readJson<readonly Entry[]>('speccheck/cases.json').map(({ pub_key, message, signature }, index) => {
    const id = `speccheck/${index}`;
    const holds = verdicts[id];
    if (holds === undefined) throw new Error(`no verdict for ${id}`);
    return { id, key: pub_key, message, signature, holds };
  });
}

const folder = new URL('../../../../shared/vectors/', import.meta.url);

/** As the file has them. */
interface Entry {
  readonly pub_key: string;
  readonly message: string;
  readonly signature: string;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as T;
}
