/** @module A version, a seed and a range of numbers go in; their documents are judged, and a tally comes out. */

import type { Folder } from '../codec/samples.ts';
import { documentAt, type Fuzzed, type Source, sourceOf } from './document.ts';
import { isSplit, Judge, type Verdicts } from './judge.ts';
import { explain } from './known.ts';
import { shrink } from './shrink.ts';

/** A document that the two judges, or libxml2 and the model, disagree about. */
export interface Failure {
  readonly index: number;
  readonly mutations: readonly string[];
  /** What is wrong, in one sentence. */
  readonly reason: string;
  /** The document, made as short as it can be with the same fault. */
  readonly bytes: Uint8Array;
  /** Whether libxml2 takes it; undefined where there was no verdict. */
  readonly isValid: boolean | undefined;
}

/** What became of some documents. */
export interface Tally {
  documents: number;
  /** By libxml2. */
  valid: number;
  /** How often each known difference was met. */
  readonly known: Record<string, number>;
  /** How often each point of the model was met. */
  readonly points: Record<string, number>;
  readonly failures: Failure[];
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { documents: 0, valid: 0, known: {}, points: {}, failures: [] };
}

/** Adds one tally to another. */
export function addTally(sum: Tally, part: Tally): void {
  sum.documents += part.documents;
  sum.valid += part.valid;
  for (const [name, times] of Object.entries(part.known)) count(sum.known, name, times);
  for (const [name, times] of Object.entries(part.points)) count(sum.points, name, times);
  sum.failures.push(...part.failures);
}

function count(counts: Record<string, number>, name: string, times = 1): void {
  counts[name] = (counts[name] ?? 0) + times;
}

/** Judges the documents of one version and one seed. */
export class Session {
  readonly source: Source;
  readonly judge: Judge;
  private readonly seed: string;

  private constructor(source: Source, judge: Judge, seed: string) {
    this.source = source;
    this.judge = judge;
    this.seed = seed;
  }

  /** @param judge another than that of the version, to see that what differs is found */
  static async open(folder: Folder, seed: string, judge: Judge = new Judge(folder)): Promise<Session> {
    return new Session(await sourceOf(folder), judge, seed);
  }

  /** The document of a number. */
  document(index: number): Fuzzed {
    return documentAt(this.source, this.seed, index);
  }

  /** Judges the documents from number `from` up to, not including, `to`. */
  run(from: number, to: number): Tally {
    const tally = emptyTally();
    for (let index = from; index < to; index++) this.one(index, tally);
    return tally;
  }

  private one(index: number, tally: Tally): void {
    const { bytes, mutations, point, isValid: expected } = this.document(index);
    tally.documents += 1;
    const { fault, isValid, known } = this.verdict(bytes);
    if (fault !== undefined) {
      const shortest = shrink(bytes, (shorter) => this.verdict(shorter).fault === fault);
      tally.failures.push({ index, mutations, reason: fault, bytes: shortest, isValid });
      return;
    }
    for (const name of known) count(tally.known, name);
    if (isValid) tally.valid += 1;
    if (expected !== undefined && expected !== isValid) {
      const reason = `libxml2 ${isValid ? 'takes' : 'refuses'} it, the model does not`;
      tally.failures.push({ index, mutations, reason, bytes, isValid });
    } else if (point !== undefined) count(tally.points, point);
  }

  private verdict(bytes: Uint8Array): Verdict {
    try {
      const verdicts = this.judge.judge(bytes);
      const isValid = verdicts.errors.length === 0;
      if (!isSplit(verdicts)) return { isValid, known: [] };
      const known = explain(bytes, verdicts, this.judge);
      return known === undefined ? { isValid, known: [], fault: sentence(verdicts) } : { isValid, known };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return { isValid: undefined, known: [], fault: `a judge throws: ${said}` };
    }
  }
}

/** What libxml2 says of a document, and whether we agree. */
interface Verdict {
  /** Undefined where there was no verdict. */
  readonly isValid: boolean | undefined;
  /** The known differences that explain why we do not agree. */
  readonly known: readonly string[];
  /** What is wrong, where nothing explains it. */
  readonly fault?: string;
}

/** What two verdicts differ in; of two documents with one fault it is the same sentence. */
function sentence({ issues: [issue], errors: [error = ''] }: Verdicts): string {
  return issue === undefined
    ? `we take it, libxml2 refuses it: ${error.replace(/^line \d+: /, '').replace(/'[^']*'/g, '…')}`
    : `libxml2 takes it, we refuse it: ${issue.code}, ${issue.expected}`;
}
