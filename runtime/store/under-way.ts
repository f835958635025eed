/** @module What is under way in a store: work in, its outcome out; a store that is closed takes no more, and waits for the rest. */

import { UftpError } from '../errors.ts';

/** The asks of a store that have not been answered yet. */
export class UnderWay {
  readonly #store: string;
  readonly #begun = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  #isInside = false;

  /** @param store its name */
  constructor(store: string) {
    this.#store = store;
  }

  /** True from {@link close} on. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Begins at once.
   *
   * @throws {UftpError} `store-unavailable` once the store is being closed
   * @throws {TypeError} where it is asked from inside a commit, which would wait for itself
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosing) throw new UftpError('store-unavailable', `the ${this.#store} store has been closed`);
    if (this.#isInside) throw new TypeError('a commit must not call its store from inside');
    const running = work();
    this.#begun.add(running);
    try {
      return await running;
    } finally {
      this.#begun.delete(running);
    }
  }

  /** Runs what stands inside a commit: until it returns, nothing is taken. */
  inside<T>(work: () => T): T {
    this.#isInside = true;
    try {
      return work();
    } finally {
      this.#isInside = false;
    }
  }

  /** Takes no more, waits for what has begun to end, well or not, and then ends the rest: once, however often it is asked. */
  close(end: () => void | Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#begun).then(end);
    return this.#closing;
  }
}
