/** @module A file of corrections goes in, the checked corrections come out, by the simple type that each one widens. */

import { isObject, readJson } from './json.ts';
import { locate } from './locate.ts';
import { PatternError, translatePattern } from './pattern.ts';
import type { Problems } from './problems.ts';

/** A deliberate widening of a simple type. */
export interface Correction {
  /** Names it in warnings. */
  readonly id: string;
  readonly type: string;
  /** XSD patterns, alternatives, that hold instead of the type's own. */
  readonly patterns: readonly string[];
}

const keys = ['type', 'patterns', 'reason', 'source'];

/** Reads a file of corrections; what is wrong with it goes to `problems`. */
export async function readCorrections(
  file: string | undefined,
  problems: Problems,
): Promise<ReadonlyMap<string, Correction>> {
  const corrections = new Map<string, Correction>();
  const json = file === undefined ? undefined : await readJson(locate(file), problems);
  for (const [id, entry] of Object.entries(json?.value ?? {})) {
    const refuse = (problem: string, remedy: string, path: readonly string[] = []): void => {
      problems.report(json?.place([id, ...path]) ?? { file: '', line: 1 }, `"${id}"`, problem, remedy);
    };
    if (!isObject(entry) || Object.keys(entry).sort().join() !== [...keys].sort().join()) {
      refuse(`does not have exactly the keys ${keys.join(', ')}`, 'add or remove keys');
      continue;
    }
    const { type, patterns } = entry;
    if (typeof type !== 'string' || !Array.isArray(patterns) || patterns.length === 0) {
      refuse('"type" is no string or "patterns" no list', 'correct them');
      continue;
    }
    if (corrections.has(type)) refuse(`${type} is corrected already`, 'merge the two', ['type']);
    try {
      for (const pattern of patterns) translatePattern(String(pattern));
      corrections.set(type, { id, type, patterns: patterns.map(String) });
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      refuse(`a pattern cannot be read: ${error.message}`, 'correct the pattern', ['patterns']);
    }
  }
  return corrections;
}
