/** @module What is under way: work in, its outcome out; who closes or stops waits for the rest. */

/** Work that has begun and not ended. It is counted, not kept: a Set keeps what has left it in memory for a while. */
export class UnderWay {
  #count = 0;
  #idle: (() => void)[] = [];

  /** Begins at once. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Resolves when all has ended, well or not. */
  async ended(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }
}
