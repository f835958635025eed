/** @module Data from `../shared` for the tests of the codec: XML conformance cases and attacks; undefined where it is absent. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Why a test is skipped that needs the data. */
export const absent = '../shared is absent';

/** One case of the W3C's XML conformance suite, with the verdict that a UFTP parser must give. */
export interface Conformance {
  readonly id: string;
  readonly accept: boolean;
  readonly bytes: Uint8Array;
}

/** One hostile or odd document. */
export interface Attack {
  readonly id: string;
  readonly kind: 'payload' | 'envelope';
  readonly policy: 'accept' | 'refuse' | 'either';
  readonly bytes: Uint8Array;
}

/** A path in `../shared`; undefined where it is absent. */
export function sharedPath(path: string): string | undefined {
  const file = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  return existsSync(file) ? file : undefined;
}

/** The conformance cases. */
export function readConformance(): Conformance[] | undefined {
  const file = sharedPath('xml/xmlconf.jsonl');
  if (file === undefined) return undefined;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { id, profile, b64 } = JSON.parse(line) as { id: string; profile: string; b64: string };
    return { id, accept: profile === 'accept', bytes: fromBase64(b64) };
  });
}

/** The attacks. */
export function readAttacks(): Attack[] | undefined {
  const file = sharedPath('xml/attacks.json');
  if (file === undefined) return undefined;
  const cases = JSON.parse(readFileSync(file, 'utf8')) as (Attack & Content)[];
  return cases.map(({ id, kind, policy, text, b64, parts }) => {
    const written = text ?? parts?.map(expanded).join('');
    return {
      id,
      kind,
      policy,
      bytes: written === undefined ? fromBase64(b64 ?? '') : new TextEncoder().encode(written),
    };
  });
}

interface Content {
  readonly text?: string;
  readonly b64?: string;
  readonly parts?: readonly Part[];
}

/** Text, or a text that stands there a number of times, `{i}` in it counting from 0. */
type Part = string | { readonly repeat: string; readonly count: number };

function expanded(part: Part): string {
  if (typeof part === 'string') return part;
  return Array.from({ length: part.count }, (_, i) => part.repeat.replaceAll('{i}', String(i))).join('');
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
