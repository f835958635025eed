/** @module Reproducible chance: a text goes in, the same sequence of choices comes out of it on every machine. */

/** A sequence of choices that its seed decides. It is not for secrets. */
export class Random {
  private state: number;

  /** @param seed any text; texts that differ in one character give unrelated sequences */
  constructor(seed: string) {
    let hash = 0x811c9dc5; // FNV-1a, then the finish of MurmurHash3
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    this.state = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  }

  /** An integer from 0 to `below - 1`. */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0; // mulberry32
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the list. @throws {RangeError} where it is empty */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[this.below(list.length)] as T;
  }
}
