/**
 * @module The edge store: the storage of a Durable Object in; out comes a store in its SQLite, which sets the object's
 * alarm to when the next task is due. An adapter for Cloudflare Workers.
 *
 * The alarm stands in the same database as the tables, and what an object writes without waiting in between is kept
 * or lost together; an answer leaves the object only when both are on disk. So no task is stored without the alarm
 * that will wake the object for it.
 *
 * D1 is no store: its batch is all or nothing, but its statements are given beforehand, and `inside` decides by
 * what it reads.
 */

import type { Store } from '../../ports/store.ts';
import { alone } from './alone.ts';
import { type SqlDriver, type SqlRow, type SqlTx, type SqlValue, withBytes } from './driver.ts';
import { migrate } from './schema.ts';
import { sqlStore } from './store.ts';

/** What is used of a Durable Object's `ctx.storage`. */
export interface ObjectStorage {
  /** There only where the class is listed under `new_sqlite_classes`. */
  readonly sql: {
    /** Runs a statement. */
    exec(sql: string, ...params: readonly unknown[]): { toArray(): Record<string, SqlValue | ArrayBuffer>[] };
  };
  /** Runs all or nothing. */
  transactionSync<T>(work: () => T): T;
  /** When the object will be woken, in milliseconds since 1970; null where it will not. */
  getAlarm(): Promise<number | null>;
  /** Sets when the object is woken, in place of what was set before. */
  setAlarm(at: number): Promise<void>;
  /** Wakes the object no more. */
  deleteAlarm(): Promise<void>;
}

/**
 * Makes the store of a Durable Object. `worker` of `shapeshifter-uftp/worker` does this for you; a class of your own
 * needs an `alarm()` that drains its service.
 *
 * @throws {Error} where the class has no SQLite
 * @throws {UftpError} `store-unavailable` where a newer version of this package has been at the tables
 *
 * @example
 * ```ts
 * import { durableObject, type ObjectStorage, type SqlTx } from 'shapeshifter-uftp/worker';
 * import type { Store } from 'shapeshifter-uftp';
 *
 * class MyObject {
 *   readonly store: Store<SqlTx>;
 *   constructor(ctx: { readonly storage: ObjectStorage }) {
 *     this.store = durableObject(ctx.storage);
 *   }
 * }
 * ```
 */
export function durableObject(storage: ObjectStorage): Store<SqlTx> {
  const exec = (sql: string, params: readonly SqlValue[] = []) => storage.sql.exec(sql, ...params).toArray();
  const driver: SqlDriver = {
    name: 'durable-object',
    durable: true,
    run(sql, params) {
      exec(sql, params);
    },
    all: <Row = SqlRow>(sql: string, params?: readonly SqlValue[]) =>
      exec(sql, params).map(withBytes) as readonly Row[],
    get: <Row>(sql: string, params: readonly SqlValue[]) => driver.all<Row>(sql, params)[0],
    // Nothing else runs in the object meanwhile, so what only reads needs no transaction.
    transaction: (mode, work) => (mode === 'read' ? work() : storage.transactionSync(work)),
    schedule(nextDueAt) {
      if (nextDueAt === undefined) void storage.deleteAlarm();
      else void storage.setAlarm(Math.max(nextDueAt, Date.now()));
    },
    close() {},
  };
  migrate(driver);
  return sqlStore(driver, (hooks) => alone(driver, hooks));
}
