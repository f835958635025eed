/** @module Work that touches the same keys, one after another in the order in which it came: at each key a line. */

import type { Awaitable } from '../roles.ts';

/** Lines at keys, of one process. Keys at which nobody waits or works take no memory. */
export class Turns {
  /** By key, when the last in its line has ended. */
  readonly #lines = new Map<string, Promise<void>>();

  /**
   * Waits until all that came before at any of the keys has ended, then runs `work`; at once where nothing did. One call joins all its lines at
   * once, so that no two can wait for each other.
   *
   * @param wait how to wait for what it is given; where that rejects, `work` is not run, and the call rejects with it
   */
  async run<T>(
    keys: readonly string[],
    wait: (ahead: Promise<unknown>) => Awaitable<unknown>,
    work: () => Promise<T>,
  ): Promise<T> {
    let end = (): void => {};
    const line = new Promise<void>((resolve) => {
      end = resolve;
    });
    const before = keys.map((key) => this.#lines.get(key)).filter((one) => one !== undefined);
    const ahead = before.length > 0 ? Promise.all(before) : undefined;
    for (const key of keys) this.#lines.set(key, line);
    const leave = (): void => {
      for (const key of keys) if (this.#lines.get(key) === line) this.#lines.delete(key);
      end();
    };
    try {
      if (ahead !== undefined) await wait(ahead);
      return await work();
    } finally {
      // Who gives up leaves its lines, but lets nobody past those that are ahead of it.
      if (ahead === undefined) leave();
      else ahead.then(leave);
    }
  }

  /** How many keys somebody waits or works at. */
  get size(): number {
    return this.#lines.size;
  }
}
