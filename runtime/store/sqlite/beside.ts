/** @module Commits with users' own writes: written on a connection of this thread, in turns with the writes of the other one. */

import type { Commit, Committed, Store } from '../../ports/store.ts';
import type { SqlTx } from './driver.ts';

/** What the other thread is asked, so that neither finds the file locked by the other. */
export interface Turns {
  /** Resolves when it writes nothing, and keeps back what is not written yet. */
  hold(): Promise<void>;
  /** Lets it go on. */
  release(): Promise<void>;
}

/** See the module. */
export class Beside {
  readonly #store: Store<SqlTx>;
  readonly #turns: Turns;
  readonly #waiting: { readonly go: () => Promise<void>; readonly fail: (error: unknown) => void }[] = [];
  #turn: Promise<void> | undefined;

  /** @param store - by the connection of this thread */
  constructor(store: Store<SqlTx>, turns: Turns) {
    this.#store = store;
    this.#turns = turns;
  }

  /** Commits, in one transaction with what else waits for the same turn. */
  commit(item: Commit<SqlTx>): Promise<Committed> {
    return new Promise((resolve, fail) => {
      this.#waiting.push({ go: () => this.#store.commit(item).then(resolve, fail), fail });
      this.#turn ??= this.#next();
    });
  }

  async #next(): Promise<void> {
    try {
      await this.#turns.hold();
      await Promise.all(this.#waiting.splice(0).map(({ go }) => go()));
    } catch (error) {
      for (const { fail } of this.#waiting.splice(0)) fail(error);
    }
    this.#turns.release().catch(() => {}); // a thread that has ended holds nothing
    this.#turn = this.#waiting.length > 0 ? this.#next() : undefined;
  }
}
