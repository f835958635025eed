/** @module Group commit: reads and writes in, their results out; those that arrive together share a transaction and its fsync. */

import { isUftpError } from '../../errors.ts';
import type { SqlAccess, SqlDriver, SqlHooks } from './driver.ts';
import { patiently } from './faults.ts';

/** So many writes share a transaction at most, so that other work gets its turn. */
const groupMax = 256;

/** So many reads are not kept waiting for others: the writes that follow from them are to begin meanwhile. */
const readsMax = 8;
/** But so often in a turn of the loop at most: whoever reads again and again must not keep all else from its turn. */
const earlyMax = 8;

/** A read or a write that waits for its transaction. */
interface Waiting {
  /** Reads or writes. @returns what tells its caller, once the transaction has been committed */
  readonly attempt: () => () => void;
  /** Whether it is expected to throw when it has written something. */
  readonly mayFail: boolean;
  readonly fail: (error: unknown) => void;
}

/** A driver whose transactions cost an fsync each. */
export interface GatheringDriver extends SqlDriver {
  /** Calls back once what has arrived by now has had its turn, and without waiting for more. */
  gather(go: () => void): void;
}

/** See the module. */
export class Group implements SqlAccess {
  readonly #driver: GatheringDriver;
  readonly #hooks: SqlHooks;
  readonly #reads: Waiting[] = [];
  readonly #waiting: Waiting[] = [];
  /** Looks of this turn of the loop that did not wait for its end. */
  #early = 0;
  #look: Promise<void> | undefined;
  #turn: Promise<void> | undefined;

  constructor(driver: GatheringDriver, hooks: SqlHooks) {
    this.#driver = driver;
    this.#hooks = hooks;
  }

  /** With what else has arrived by then, at one moment for all; what one of them throws is its own. */
  read<T>(work: () => T): Promise<T> {
    return new Promise((resolve, fail) => {
      const attempt = (): (() => void) => {
        const result = work();
        return () => resolve(result);
      };
      this.#reads.push({ attempt, mayFail: false, fail });
      this.#look ??= this.#nextLook();
      if (this.#reads.length < readsMax || this.#early >= earlyMax) return;
      this.#early += 1;
      void this.#readAll();
    });
  }

  /** With what else has arrived by then: each sees those before it. A lone one does not wait for others to come. */
  write<T>(work: () => T, written: (result: T) => void = () => {}, mayFail = false): Promise<T> {
    return new Promise((resolve, fail) => {
      const attempt = (): (() => void) => {
        const result = work();
        return () => {
          written(result);
          resolve(result);
        };
      };
      this.#waiting.push({ attempt, mayFail, fail });
      this.#turn ??= this.#next();
    });
  }

  async #nextLook(): Promise<void> {
    await this.#gathered();
    this.#look = undefined;
    this.#early = 0;
    if (this.#reads.length > 0) await this.#readAll();
  }

  async #readAll(): Promise<void> {
    const reads = this.#reads.splice(0);
    let ends: readonly (() => void)[] = [];
    try {
      ends = await patiently(() => this.#driver.transaction('read', () => reads.map(readOne)));
    } catch (error) {
      this.#hooks.forget(); // the file may have been replaced
      for (const { fail } of reads) fail(error);
    }
    for (const end of ends) end();
  }

  #gathered(): Promise<void> {
    return new Promise((resolve) => this.#driver.gather(resolve));
  }

  async #next(): Promise<void> {
    await this.#gathered();
    await this.#together(this.#waiting.splice(0, groupMax));
    this.#turn = this.#waiting.length > 0 ? this.#next() : undefined;
  }

  #transaction<T>(work: () => T): T {
    return this.#driver.transaction('write', () => this.#hooks.during(work));
  }

  /** Writes in one transaction. Where one of them is its ruin, such as by a deferred constraint, in one for each. */
  async #together(group: readonly Waiting[]): Promise<void> {
    let ends: readonly (() => void)[] = [];
    try {
      const isLone = group.length === 1;
      ends = await patiently(() =>
        this.#transaction(() =>
          group.map((one) => (one.mayFail && !isLone ? this.#within(one) : one.attempt())),
        ),
      );
    } catch (error) {
      this.#hooks.forget();
      // What the file is to blame for would befall each of them.
      if (group.length === 1 || isUftpError(error)) for (const { fail } of group) fail(error);
      else for (const one of group) await this.#together([one]);
    }
    for (const end of ends) end();
  }

  /** Writes one of a group that may fail. @throws where the transaction of all is lost */
  #within({ attempt, fail }: Waiting): () => void {
    this.#driver.run('SAVEPOINT uftp_item');
    try {
      const end = attempt();
      this.#driver.run('RELEASE uftp_item');
      return end;
    } catch (error) {
      this.#hooks.forget();
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

/** Reads one of several. @throws what the file is to blame for, which befalls all */
function readOne({ attempt, fail }: Waiting): () => void {
  try {
    return attempt();
  } catch (error) {
    if (isUftpError(error)) throw error;
    return () => fail(error);
  }
}
