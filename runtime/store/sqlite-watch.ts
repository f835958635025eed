/** @module Who watches an SQL store: told of this process's commits at once, and of another's where the driver can tell. */

import type { SqlDriver } from './sqlite-driver.ts';

/** How often another process's commits are looked for, in milliseconds; a look takes microseconds. */
const lookMs = 200;

/** See the module. */
export class Watchers {
  readonly #driver: SqlDriver;
  readonly #all = new Set<{ readonly wake: () => void }>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  /** As `Store.watch`. Of a store that has been closed nothing is watched. */
  watch(wake: () => void): () => void {
    if (this.#ended) return () => {};
    const watcher = { wake };
    this.#all.add(watcher);
    if (this.#driver.changed !== undefined) this.#timer ??= this.#look();
    return () => {
      this.#all.delete(watcher);
      if (this.#all.size === 0) this.#stop();
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
  end(): void {
    this.#ended = true;
    this.#all.clear();
    this.#stop();
  }

  #look(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => {
      try {
        if (this.#driver.changed?.()) this.wake();
      } catch {
        // Whoever asks something of the store is told what is wrong with it.
      }
    }, lookMs);
    // To watch keeps no process alive; where timers are numbers, none has to be kept from that.
    if (typeof timer === 'object') (timer as { unref?(): void }).unref?.();
    return timer;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
