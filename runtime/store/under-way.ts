/** @module What is under way in a store: work in, its outcome out; a store that is closed waits for the rest. */

/** The asks of a store that have not been answered yet. */
export class UnderWay {
  readonly #begun = new Set<Promise<unknown>>();

  /** Begins at once. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#begun.add(running);
    try {
      return await running;
    } finally {
      this.#begun.delete(running);
    }
  }

  /** Resolves when all that has begun by now has ended, well or not. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#begun);
  }
}
