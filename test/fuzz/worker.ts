/** @module A process of the fuzzer: its share of the numbers comes in, a tally goes out for every block of documents. */

import type { Folder } from '../codec/samples.ts';
import { Session } from './session.ts';

/** The share of one process: of blocks of documents, every `step`th from `first`. */
export interface Share {
  readonly folder: Folder;
  readonly seed: string;
  readonly n: number;
  readonly block: number;
  readonly first: number;
  readonly step: number;
}

process.once('message', async ({ folder, seed, n, block, first, step }: Share) => {
  const session = await Session.open(folder, seed);
  for (let from = first * block; from < n; from += step * block) {
    const tally = session.run(from, Math.min(n, from + block));
    // One at a time, so that what waits to be read does not pile up.
    await new Promise((sent) => process.send?.(tally, sent));
  }
  process.disconnect();
});
