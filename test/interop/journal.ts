/** @module Remembers what happens: entries go in one after another, out comes the first one that fits, now or within a bound. */

import { inspect } from 'node:util';

const boundMs = 20_000;
/** So many of the last entries are shown where none fits. */
const shown = 8;

/** What happened at one place, in order. */
export class Journal<T> {
  readonly entries: T[] = [];
  private readonly name: string;
  private readonly waiting: Set<{ look(): void; fail(error: Error): void }> = new Set();
  private ended: Error | undefined;

  /** @param name whose journal it is; for errors */
  constructor(name: string) {
    this.name = name;
  }

  add(entry: T): void {
    this.entries.push(entry);
    for (const { look } of [...this.waiting]) look();
  }

  /** No more entries will come: whoever waits is told `reason`. */
  end(reason: Error): void {
    this.ended ??= reason;
    for (const { fail } of [...this.waiting]) fail(reason);
  }

  /**
   * The first entry that fits, also of those that are there already.
   *
   * @param what it is, for the error
   * @throws {Error} after 20 s, with the last entries; or at once with the reason for which the journal ended
   */
  find<S extends T>(what: string, fits: (entry: T) => entry is S): Promise<S>;
  find(what: string, fits: (entry: T) => boolean): Promise<T>;
  async find(what: string, fits: (entry: T) => boolean): Promise<T> {
    const there = this.entries.find(fits);
    if (there !== undefined) return there;
    if (this.ended !== undefined) throw this.ended;
    return new Promise<T>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(waiter);
      };
      const waiter = {
        look: (): void => {
          const last = this.entries.at(-1);
          if (last === undefined || !fits(last)) return;
          done();
          resolve(last);
        },
        fail: (error: Error): void => {
          done();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.fail(this.missing(what)), boundMs);
      this.waiting.add(waiter);
    });
  }

  private missing(what: string): Error {
    const last = this.entries
      .slice(-shown)
      .map((entry) => inspect(entry, { depth: 2, breakLength: 160, maxStringLength: 300 }));
    return new Error(
      `${this.name}: no ${what} within ${boundMs / 1000} s; the last of ${this.entries.length} entries:\n${last.join('\n')}`,
    );
  }
}
