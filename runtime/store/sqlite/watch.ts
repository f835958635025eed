/** @module Who watches an SQL store: told of this process's commits at once, and of another's where the driver can tell. */

import { Watchers } from '../watchers.ts';
import type { SqlDriver } from './driver.ts';

/** How often another process's commits are looked for, in milliseconds; a look takes microseconds. */
const lookMs = 200;

/** See the module. */
export class SqlWatchers {
  readonly #driver: SqlDriver;
  readonly #all = new Watchers();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  /** As `Store.watch`. */
  watch(wake: () => void): () => void {
    const leave = this.#all.add(wake);
    if (this.#all.size > 0 && this.#driver.changed !== undefined) this.#timer ??= this.#look();
    return () => {
      leave();
      if (this.#all.size === 0) this.#stop();
    };
  }

  /** Wakes those of this process. */
  wake(): void {
    this.#all.wake();
  }

  /** Wakes nobody any more. */
  end(): void {
    this.#all.close();
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
