/** @module The documents that the fuzzer has found: files of the folder corpus/ go in, cases come out; and a new one is written. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../codec/samples.ts';

/** Whether a document is taken. */
type Verdict = 'valid' | 'refused';

/** A document that was found, with what is right about it. */
export interface Case {
  readonly name: string;
  readonly version: Folder;
  /** What it is about, in one sentence. */
  readonly reason: string;
  /** The known differences that explain it, where the two verdicts differ. */
  readonly known?: readonly string[];
  readonly ours: Verdict;
  readonly libxml2: Verdict;
  readonly bytes: Uint8Array;
}

const folder = new URL('corpus/', import.meta.url);

/** Every case, by name. */
export function readCorpus(): Case[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const { text, base64, ...rest } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Written;
    const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
    return { name: file.slice(0, -'.json'.length), ...rest, bytes: new Uint8Array(bytes) };
  });
}

/** A case as a file: a text where it is one, else its bytes. */
interface Written extends Omit<Case, 'name' | 'bytes'> {
  readonly text?: string;
  readonly base64?: string;
}

/** Writes a case. @returns the path of the file */
export function writeCase({ name, bytes, ...rest }: Case): string {
  const text = Buffer.from(bytes).toString();
  const content = Buffer.from(text).equals(bytes)
    ? { text }
    : { base64: Buffer.from(bytes).toString('base64') };
  const file = fileURLToPath(new URL(`${name}.json`, folder));
  writeFileSync(file, `${JSON.stringify({ ...rest, ...content }, null, 2)}\n`);
  return file;
}
