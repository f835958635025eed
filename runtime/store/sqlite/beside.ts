/** @module Commits with users' own writes: run in this thread on a connection of their own, in turns with the thread's writes. */

import type { Commit, Committed, Store } from '../../ports/store.ts';
import type { SqlTx } from './driver.ts';

/** What the other connection of this process is asked, so that neither finds the file locked by the other. */
export interface Turns {
  /** Resolves when it has written what was asked of it before, and keeps back what is asked later. */
  hold(): Promise<void>;
  /** Lets it go on. */
  release(): Promise<void>;
}

/** See the module. */
export class Beside {
  readonly #open: () => Promise<Store<SqlTx>>;
  readonly #turns: Turns;
  #waiting: {
    readonly go: (store: Store<SqlTx>) => Promise<void>;
    readonly fail: (error: unknown) => void;
  }[] = [];
  #store: Promise<Store<SqlTx>> | undefined;
  #turn: Promise<void> | undefined;

  /** @param open - opens the connection, when it is first needed */
  constructor(open: () => Promise<Store<SqlTx>>, turns: Turns) {
    this.#open = open;
    this.#turns = turns;
  }

  /** Commits, in one transaction with what else waits for the same turn. */
  commit(item: Commit<SqlTx>): Promise<Committed> {
    return new Promise((resolve, fail) => {
      this.#waiting.push({ go: (store) => store.commit(item).then(resolve, fail), fail });
      this.#turn ??= this.#next();
    });
  }

  /** To be called when nothing is under way. */
  async close(): Promise<void> {
    await this.#turn;
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
  }

  async #next(): Promise<void> {
    try {
      // The turn is asked for at once: what was asked for before is written before.
      const [store] = await Promise.all([this.#opened(), this.#turns.hold()]);
      await Promise.all(this.#waiting.splice(0).map(({ go }) => go(store)));
    } catch (error) {
      for (const { fail } of this.#waiting.splice(0)) fail(error);
    }
    this.#turns.release().catch(() => {}); // a thread that has ended holds nothing
    this.#turn = this.#waiting.length > 0 ? this.#next() : undefined;
  }

  async #opened(): Promise<Store<SqlTx>> {
    this.#store ??= this.#open();
    try {
      return await this.#store;
    } catch (error) {
      this.#store = undefined;
      throw error;
    }
  }
}
