/** @module Figures of repeated measurements: samples in, medians out; and rounds in which every case has its turn. */

import process from 'node:process';

/** The median. @throws {RangeError} of nothing */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError('nothing was measured');
  return (low + high) / 2;
}

/** The median of what each round says of one case against another: noise that lasts a round falls out of it. */
export function medianRatio(samples: readonly number[], against: readonly number[]): number {
  return median(samples.map((sample, i) => sample / (against[i] ?? Number.NaN)));
}

/**
 * Measures cases in rounds: each case once in a round, in an order that begins one further every time, so that none always
 * follows the same. Rounds that are not counted come first, up to number 0, in which compilers do their work.
 *
 * @param cases by name; each measures itself once, and is told the round
 * @returns the samples of each case, in the order of the rounds
 */
export async function inRounds<Sample>(
  cases: ReadonlyMap<string, (round: number) => Sample | Promise<Sample>>,
  rounds: number,
  {
    warmUps = 1,
    began = () => {},
  }: {
    /** How many rounds are not counted; default 1. */
    readonly warmUps?: number;
    /** Is told what comes next. */
    readonly began?: (round: number, name: string) => void;
  } = {},
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>([...cases.keys()].map((name) => [name, []]));
  const order = [...cases];
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const [name, measure] of order) {
      began(round, name);
      const sample = await measure(round);
      if (round > 0) samples.get(name)?.push(sample);
    }
    order.push(...order.splice(0, 1));
  }
  return samples;
}

/** Processor time that this process has used, in microseconds, all of its threads together. */
export function usedUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * A case that runs something so often that it takes `msMin` milliseconds of processor time, at least once.
 *
 * @returns µs of processor time for one run: what else goes on on the machine counts less than by the clock
 */
export function repeated(run: () => unknown, msMin: number): () => number {
  let times = 1;
  return () => {
    for (;;) {
      const before = usedUs();
      for (let i = 0; i < times; i += 1) run();
      const used = usedUs() - before;
      if (used >= msMin * 1000) return used / times;
      times *= 2;
    }
  };
}
