/** @module Who watches a store: callbacks in; woken when tasks may have come, until they leave or the store is closed. */

/** The watchers of one store. */
export class Watchers {
  readonly #all = new Set<{ readonly wake: () => void }>();
  #closed = false;

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds one. Of a store that has been closed nothing is watched. @returns how it leaves */
  add(wake: () => void): () => void {
    if (this.#closed) return () => {};
    const watcher = { wake };
    this.#all.add(watcher);
    return () => {
      this.#all.delete(watcher);
    };
  }

  /** Wakes later, so that a watcher that throws does not make a commit look failed that was written. */
  wake(): void {
    for (const watcher of this.#all) {
      queueMicrotask(() => {
        if (this.#all.has(watcher)) watcher.wake();
      });
    }
  }

  /** Wakes nobody any more. */
  close(): void {
    this.#closed = true;
    this.#all.clear();
  }
}
