/** @module Group commit: writes in, their results out; those that arrive together share a transaction and its fsync. */

import { isUftpError } from '../../errors.ts';
import type { SqlDriver } from './driver.ts';
import { patiently } from './faults.ts';

/** So many writes share a transaction at most, so that other work gets its turn. */
const groupMax = 256;

/** One write that waits for its transaction. */
interface Waiting {
  /** Writes. @returns what tells its caller, once the transaction has been committed */
  readonly attempt: () => () => void;
  readonly fail: (error: unknown) => void;
}

/** See the module. */
export class Group {
  readonly #driver: SqlDriver;
  readonly #undone: () => void;
  readonly #waiting: Waiting[] = [];
  #turn: Promise<void> | undefined;

  /** @param undone - is told whenever something that was written has been undone */
  constructor(driver: SqlDriver, undone: () => void) {
    this.#driver = driver;
    this.#undone = undone;
  }

  /**
   * Writes all or nothing. Where the driver gathers, with what else has arrived by then: each sees those before it,
   * and a throw of one leaves the others alone. A lone one does not wait for others to come.
   *
   * @param written - is called in the turn of the transaction, once it has been committed
   */
  write<T>(work: () => T, written: (result: T) => void = () => {}): Promise<T> {
    return new Promise((resolve, fail) => {
      const attempt = (): (() => void) => {
        const result = work();
        return () => {
          written(result);
          resolve(result);
        };
      };
      if (this.#driver.gather === undefined) this.#alone(attempt);
      else {
        this.#waiting.push({ attempt, fail });
        this.#turn ??= this.#next();
      }
    });
  }

  #alone(attempt: Waiting['attempt']): void {
    try {
      this.#driver.transaction('write', attempt)();
    } catch (error) {
      this.#undone();
      throw error;
    }
  }

  async #next(): Promise<void> {
    await new Promise<void>((resolve) => this.#driver.gather?.(resolve));
    await this.#together(this.#waiting.splice(0, groupMax));
    this.#turn = this.#waiting.length > 0 ? this.#next() : undefined;
  }

  /** Writes in one transaction. Where one of them is its ruin, such as by a deferred constraint, in one for each. */
  async #together(group: readonly Waiting[]): Promise<void> {
    let ends: readonly (() => void)[] = [];
    try {
      ends = await patiently(() =>
        this.#driver.transaction('write', () => group.map((one) => this.#within(one))),
      );
    } catch (error) {
      this.#undone();
      // What the file is to blame for would befall each of them.
      if (group.length === 1 || isUftpError(error)) for (const { fail } of group) fail(error);
      else for (const one of group) await this.#together([one]);
    }
    for (const end of ends) end();
  }

  /** Writes one of a group. @throws where the transaction of all is lost */
  #within({ attempt, fail }: Waiting): () => void {
    this.#driver.run('SAVEPOINT uftp_item');
    try {
      const end = attempt();
      this.#driver.run('RELEASE uftp_item');
      return end;
    } catch (error) {
      this.#undone();
      try {
        this.#driver.run('ROLLBACK TO uftp_item');
        this.#driver.run('RELEASE uftp_item');
      } catch {
        throw error; // such as a full disk, upon which SQLite has undone the transaction
      }
      return () => fail(error);
    }
  }
}
