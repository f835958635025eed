/**
 * @module Who watches a PostgreSQL store: commits of this node and, by LISTEN and NOTIFY, of others in; wakes out.
 *
 * A notification is sent behind its commit, not within it: inside a transaction, NOTIFY makes all commits of the
 * database wait for one another, each until it is on disk. It is only a hint; workers look from time to time anyway.
 */

import { Watchers } from '../watchers.ts';
import { inTime } from './ask.ts';
import type { PgSql } from './driver.ts';

/** See the module. */
export class PgWatchers {
  readonly #sql: PgSql;
  readonly #channel: string;
  readonly #answerMsMax: number;
  /** Tells our own notifications from those of others. */
  readonly #node: string = crypto.randomUUID();
  readonly #watchers = new Watchers();
  #listening: PromiseLike<{ unlisten(): Promise<void> } | undefined> | undefined;
  #telling: Promise<void> | undefined;
  #tellAgain = false;

  /**
   * @param channel of the notifications, which all nodes of a store share
   * @param answerMsMax how long to wait for one to be told
   */
  constructor(sql: PgSql, channel: string, answerMsMax: number) {
    this.#sql = sql;
    this.#channel = channel;
    this.#answerMsMax = answerMsMax;
  }

  /** See `Store.watch`. The first one makes this node listen to the others. */
  add(wake: () => void): () => void {
    const leave = this.#watchers.add(wake);
    this.#listen();
    return leave;
  }

  /** Wakes those of this node, and tells the others: tasks may have come. */
  tell(): void {
    this.#watchers.wake();
    this.#listen();
    if (this.#telling !== undefined) this.#tellAgain = true;
    else this.#telling = this.#tellOthers();
  }

  /** Ends it all. */
  async close(): Promise<void> {
    this.#watchers.close();
    await this.#telling;
    const listening = await this.#listening;
    await listening?.unlisten().catch(() => {}); // the connection may be gone
  }

  /** One notification at a time: what comes meanwhile is told by the next. */
  async #tellOthers(): Promise<void> {
    do {
      this.#tellAgain = false;
      const told = this.#sql.unsafe('SELECT pg_notify($1, $2)', [this.#channel, this.#node], {
        prepare: true,
      });
      await inTime(told, this.#answerMsMax).catch(() => {}); // a hint that is lost
    } while (this.#tellAgain);
    this.#telling = undefined;
  }

  /** Listens where somebody watches and nobody listens yet: the server may have been gone when it was tried before. */
  #listen(): void {
    if (this.#watchers.size === 0) return;
    this.#listening ??= this.#sql
      .listen(
        this.#channel,
        (node) => {
          if (node !== this.#node) this.#watchers.wake();
        },
        () => this.#watchers.wake(), // also when it listens again: what was told meanwhile was not heard
      )
      .then(undefined, () => {
        this.#listening = undefined;
        return undefined;
      });
  }
}
