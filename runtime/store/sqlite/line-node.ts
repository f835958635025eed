/** @module The line to a thread on Node, Bun and Deno: calls in, their answers out; what is asked in one go of microtasks goes over together. */

import { Worker } from 'node:worker_threads';
import { UftpError } from '../../errors.ts';
import { type Call, fromFault, type Method, type Opening, openingId, type Said } from './calls.ts';
import type { Thread } from './threaded.ts';

/** A call that has not been answered. */
interface Waiting {
  readonly resolve: (result: never) => void;
  readonly fail: (error: unknown) => void;
}

/** See the module. It keeps the process alive while something is asked of it. */
export class Line implements Thread {
  /** Resolves when the file is open. @throws what is wrong with it, or as {@link ask} */
  readonly opened: Promise<void>;
  readonly #path: string;
  readonly #worker: Worker;
  readonly #wake: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #calls: Call[] = [];
  #count = openingId;
  #hasSpoken = false;
  #isEnded = false;

  /**
   * Starts the thread.
   *
   * @param wake - is called when tasks may have come
   * @throws {Error} where it may not be started
   */
  constructor(program: URL, opening: Opening, wake: () => void) {
    this.#path = opening.path;
    this.#wake = wake;
    this.opened = new Promise((resolve, fail) => this.#waiting.set(openingId, { resolve, fail }));
    this.#worker = new Worker(program, { workerData: opening });
    this.#worker.on('message', (said: Said) => this.#hear(said));
    this.#worker.on('error', (cause) => this.#lost(cause));
    this.#worker.on('messageerror', (cause) => {
      this.#lost(cause); // there was no memory for what it said
      void this.end();
    });
    this.#worker.on('exit', () => this.#lost());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** False: it has not even begun. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  ask<T>(method: Method, ...args: readonly unknown[]): Promise<T> {
    return new Promise((resolve, fail) => {
      if (this.#isEnded) return fail(this.#ended());
      this.#count += 1;
      this.#waiting.set(this.#count, { resolve, fail });
      if (this.#waiting.size === 1) this.#worker.ref();
      this.#calls.push({ id: this.#count, method, args });
      // Not when the turn of the loop is over: the thread is to begin while this one goes on with the next message.
      if (this.#calls.length === 1) queueMicrotask(() => this.#post(this.#calls.splice(0)));
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(calls: readonly Call[]): void {
    try {
      this.#worker.postMessage(calls);
    } catch (error) {
      // One holds what cannot be sent; the others are not to suffer for it.
      const [first, ...others] = calls;
      if (others.length > 0) for (const call of calls) this.#post([call]);
      else if (first !== undefined) this.#take(first.id)?.fail(error);
    }
  }

  #hear({ answers, woken }: Said): void {
    this.#hasSpoken = true;
    for (const { id, result, fault } of answers) {
      const waiting = this.#take(id);
      if (fault === undefined) waiting?.resolve(result as never);
      else waiting?.fail(fromFault(fault));
    }
    if (woken) this.#wake();
  }

  /** The one that waits for this answer. Where no other does, the process may end. */
  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #lost(cause?: unknown): void {
    this.#isEnded = true;
    for (const { fail } of this.#waiting.values()) fail(this.#ended(cause));
    this.#waiting.clear();
  }

  #ended(cause?: unknown): UftpError {
    const text = `SQLite file ${this.#path}: its thread has ended; the next request starts another`;
    return new UftpError('store-unavailable', text, { cause });
  }
}
