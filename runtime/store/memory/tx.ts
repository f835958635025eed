/** @module How commits of the memory store keep apart: each in its turn, and users' writes kept or undone with it. */

/** What `onCommit` gets from the memory store: values by name, shared by all participants. */
export interface MemoryTx {
  /** What was set last, in this transaction or in one that was kept; undefined where nothing was. */
  get(name: string): unknown;
  /** Keeps the value itself, not a copy: changes inside it cannot be undone. */
  set(name: string, value: unknown): void;
  /** Forgets a value. */
  delete(name: string): void;
}

/**
 * Opens a transaction on values. Nothing is written to them until it ends, and after that it can no longer be used.
 *
 * @returns what users get, and what ends it
 */
export function transaction(values: Map<string, unknown>): { tx: MemoryTx; end(how: 'keep' | 'undo'): void } {
  const writes = new Map<string, { readonly value: unknown } | undefined>();
  let ended = false;
  const checkOpen = (): void => {
    if (ended) throw new TypeError('the transaction has ended: await what is done inside it');
  };
  return {
    tx: {
      get(name) {
        checkOpen();
        return writes.has(name) ? writes.get(name)?.value : values.get(name);
      },
      set(name, value) {
        checkOpen();
        writes.set(name, { value });
      },
      delete(name) {
        checkOpen();
        writes.set(name, undefined);
      },
    },
    end(how) {
      ended = true;
      if (how === 'undo') return;
      for (const [name, write] of writes) {
        if (write === undefined) values.delete(name);
        else values.set(name, write.value);
      }
    },
  };
}

/** Lets writes happen one after another. */
export class Turns {
  /** The last write that was asked for and is under way or waits; it ends without a rejection. Undefined when idle. */
  #last: Promise<void> | undefined;

  /**
   * Runs the write when those before it have ended: at once where there are none.
   *
   * @param write - other code than the store's own may run in it only after an `await`: until then, the turn does not
   * count as taken
   */
  take<T>(write: () => T | Promise<T>): Promise<T> {
    if (this.#last !== undefined) return this.#hold(this.#last.then(write));
    try {
      const result = write();
      return result instanceof Promise ? this.#hold(result) : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Resolves when all that was asked for has ended. */
  async ended(): Promise<void> {
    await this.#last;
  }

  #hold<T>(result: Promise<T>): Promise<T> {
    const release = (): void => {
      if (this.#last === last) this.#last = undefined;
    };
    const last: Promise<void> = result.then(release, release);
    this.#last = last;
    return result;
  }
}
