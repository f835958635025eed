/** @module The counter of the SQL store: asked in a transaction, a number that is greater than all before it out. */

import type { SqlDriver } from './driver.ts';

/** See the module. What a transaction gives out is read once and written once, however many it gives. */
export class Counter {
  readonly #sql: SqlDriver;
  /** The last number given; undefined where this transaction has given none. */
  #last: number | undefined;

  constructor(sql: SqlDriver) {
    this.#sql = sql;
  }

  /** A number that is greater than all before it. To be asked {@link during} a transaction. */
  next(): number {
    this.#last = (this.#last ?? this.#read()) + 1;
    return this.#last;
  }

  /** Does what a transaction that writes consists of. Numbers of what is undone within it do not come again. */
  during<T>(work: () => T): T {
    this.#last = undefined; // others may have counted since
    const result = work();
    if (this.#last !== undefined) this.#sql.run('UPDATE uftp_counter SET value = ?', [this.#last]);
    return result;
  }

  #read(): number {
    const row = this.#sql.get<{ value: number }>('SELECT value FROM uftp_counter', []);
    if (row === undefined) throw new RangeError('the counter is gone');
    return row.value;
  }
}
