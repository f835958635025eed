/**
 * @module A program: what is measured within one process, on any runtime. Its only argument says how; it prints the rows as
 * JSON.
 */

import process from 'node:process';
import { measureIsps } from './isps.ts';
import type { IspRow, SignatureRow, StageRow } from './report.ts';
import { measureSignatures } from './signatures.ts';
import { measureStages } from './stages.ts';

/** How long to measure. */
export interface InProcessOptions {
  /** Rounds that are counted. */
  readonly rounds: number;
  /** How long a sample takes at least, in milliseconds. */
  readonly sampleMs: number;
  /** Numbers of ISPs for which to measure what one costs; may be empty. */
  readonly isps: readonly number[];
}

/** What is printed; the runtime is for the caller to add. */
export interface InProcessRows {
  readonly stages: readonly Omit<StageRow, 'runtime'>[];
  readonly signatures: readonly Omit<SignatureRow, 'runtime'>[];
  readonly isps: readonly IspRow[];
}

const options = JSON.parse(process.argv.at(-1) ?? '') as InProcessOptions;
const rows: InProcessRows = {
  stages: await measureStages(options),
  signatures: await measureSignatures(options),
  isps: await measureIsps(options),
};
console.log(JSON.stringify(rows));
process.exit(0);
