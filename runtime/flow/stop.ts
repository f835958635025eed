/** @module Says that something has to end, once: to whoever hears it, however many, and as a signal where one is asked for. */

/**
 * What an `AbortController` is, without its price: on Node 20 a signal costs 10 µs, and one that more than ten listen to
 * warns of it.
 */
export class Stop {
  #isSaid = false;
  #controller: AbortController | undefined;
  readonly #hearers = new Set<() => void>();

  /** True once it has been said. */
  get isSaid(): boolean {
    return this.#isSaid;
  }

  /** Aborted when it is said; made when it is asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isSaid) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Says it. */
  say(): void {
    if (this.#isSaid) return;
    this.#isSaid = true;
    this.#controller?.abort();
    for (const told of this.#hearers) told();
  }

  /** Calls `told` when it is said; at once where it has been. @returns how to hear no more */
  hear(told: () => void): () => void {
    if (this.#isSaid) told();
    this.#hearers.add(told);
    return () => void this.#hearers.delete(told);
  }
}
