/** @module A store in a SQLite file that a thread of its own writes to: calls are passed on, but for what a message is decided on and for users' own writes. */

import { UftpError } from '../../errors.ts';
import type { Commit, Committed, Filter, Lease, Snapshot, Store, StoredMessage } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { UnderWay } from '../under-way.ts';
import type { Watchers } from '../watchers.ts';
import { Beside } from './beside.ts';
import { fence, type Method, sendable } from './calls.ts';
import type { SqlTx } from './driver.ts';

/** A thread that writes to the file. */
export interface Thread {
  /** True: it answers no more. */
  readonly isEnded: boolean;
  /**
   * Asks it for something.
   *
   * @throws what the store in it throws, and {@link UftpError} `store-unavailable` where it ends before it answers
   */
  ask<T>(method: Method, ...args: readonly unknown[]): Promise<T>;
  /** Ends it at once. */
  end(): Promise<void>;
}

/** What a store in a thread is made of. */
export interface ThreadedParts {
  /** The thread. */
  readonly thread: Thread;
  /** Starts another, once that has ended. */
  start(): Promise<Thread>;
  /** Those who watch; threads wake them. */
  readonly watchers: Watchers;
  /** The same file, open in this thread. */
  readonly here: Store<SqlTx>;
}

/** See the module. */
export class ThreadedStore implements Store<SqlTx> {
  readonly name = 'sqlite';
  readonly durable = true;
  readonly #parts: ThreadedParts;
  readonly #beside: Beside;
  readonly #underWay = new UnderWay(this.name);
  #thread: Promise<Thread>;
  #isWatched = false;
  /** How many there have been. */
  #removals = 0;

  constructor(parts: ThreadedParts) {
    this.#parts = parts;
    this.#thread = Promise.resolve(parts.thread);
    this.#beside = new Beside(parts.here, {
      hold: () => this.#ask('hold'),
      release: () => this.#ask('release'),
    });
  }

  read(request: Parameters<Store['read']>[0]): Promise<Snapshot> {
    // A reader waits for no writer, while the thread would answer when its transaction is on disk.
    return this.#underWay.run(() => this.#parts.here.read(request));
  }

  commit(item: Commit<SqlTx>): Promise<Committed> {
    return this.#underWay.run(() =>
      item.inside === undefined ? this.#ask('commit', sendable(item)) : this.#commitHere(item, item.inside),
    );
  }

  claim(request: Parameters<Store['claim']>[0]): Promise<readonly Lease[]> {
    return this.#underWay.run(() => this.#ask('claim', request));
  }

  async renew(lease: Lease, until: number, isUntried?: boolean): Promise<Lease | undefined> {
    const held = await this.#underWay.run(() =>
      this.#ask<Lease | undefined>('renew', fence(lease), until, isUntried),
    );
    return held && { ...lease, until, attempt: held.attempt };
  }

  nextDueAt(participants: readonly Party[]): Promise<number | undefined> {
    return this.#underWay.run(() => this.#ask('nextDueAt', participants));
  }

  list(filter: Filter): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    return this.#underWay.run(() => this.#ask('list', filter));
  }

  prune({ signal, ...before }: Parameters<Store['prune']>[0]): Promise<{ bodies: number; records: number }> {
    return this.#underWay.run(async () => {
      if (signal?.aborted) return { bodies: 0, records: 0 };
      this.#removals += 1;
      const number = this.#removals;
      const callOff = (): void => void this.#ask('callOff', number).catch(() => {});
      signal?.addEventListener('abort', callOff);
      try {
        return await this.#ask('prune', before, number);
      } finally {
        signal?.removeEventListener('abort', callOff);
      }
    });
  }

  watch(wake: () => void): () => void {
    const leave = this.#parts.watchers.add(wake);
    if (!this.#isWatched && !this.#underWay.isClosing) {
      this.#isWatched = true;
      // Where it fails, whoever asks something of the store is told what is wrong with it.
      this.#underWay.run(() => this.#ask('watch')).catch(() => {});
    }
    return leave;
  }

  close(): Promise<void> {
    return this.#underWay.close(() => this.#end());
  }

  async #commitHere(item: Commit<SqlTx>, inside: NonNullable<Commit<SqlTx>['inside']>): Promise<Committed> {
    const guarded = (tx: SqlTx): void | Promise<void> => this.#underWay.inside(() => inside(tx));
    const committed = await this.#beside.commit(Object.assign({}, item, { inside: guarded }));
    if (committed.status === 'committed') this.#parts.watchers.wake();
    return committed;
  }

  async #ask<T>(method: Method, ...args: readonly unknown[]): Promise<T> {
    const thread = await this.#running();
    return thread.ask(method, ...args);
  }

  /** The thread, or, where it has ended, another one. */
  async #running(): Promise<Thread> {
    const asked = this.#thread;
    const thread = await asked.catch(() => undefined);
    if (thread?.isEnded === false) return thread;
    if (this.#thread === asked) this.#thread = this.#restart();
    return this.#thread;
  }

  async #restart(): Promise<Thread> {
    const thread = await this.#parts.start();
    if (this.#isWatched) void thread.ask('watch').catch(() => {});
    return thread;
  }

  async #end(): Promise<void> {
    this.#parts.watchers.close();
    await this.#parts.here.close();
    const thread = await this.#thread.catch(() => undefined);
    if (thread?.isEnded !== false) return;
    await thread.ask('close').catch(() => {}); // it has ended by itself, with nothing under way
    await thread.end();
  }
}
