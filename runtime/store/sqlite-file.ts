/** @module A SQLite file as a store needs it: a path and how to open it in; statements and transactions out. */

import type { Store } from '../ports/store.ts';
import { sqlStore } from './sqlite.ts';
import type { SqlDriver, SqlRow, SqlTx, SqlValue } from './sqlite-driver.ts';
import { asFault, busyMsMax } from './sqlite-faults.ts';

/** A connection as node:sqlite and bun:sqlite have it. */
export interface SqlConnection {
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** A prepared statement. */
export interface SqlStatement {
  run(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown;
}

/** Opens files, or `:memory:`. */
export type OpenConnection = (path: string) => SqlConnection;

/** Prepared statements that are kept: more than the store has of its own. */
const statementsMax = 200;
/** SQLite's code for a file that cannot be opened, which not every driver tells. */
const cannotOpen = 14;

/** Opens a file as a store. @throws {UftpError} `store-unavailable` that says why not and what to do */
export function openFile(path: string, open: OpenConnection): Store<SqlTx> {
  const driver = fileDriver(path, open);
  try {
    return sqlStore(driver);
  } catch (error) {
    driver.close();
    throw error;
  }
}

/**
 * Opens a file as a driver. It writes ahead (WAL), so that readers in other processes do not wait, and every commit is
 * on disk before it returns (synchronous FULL).
 *
 * @param path as given to SQLite; `:memory:` and the empty one are not durable
 * @throws {UftpError} `store-unavailable` that says why not and what to do
 */
export function fileDriver(path: string, open: OpenConnection): SqlDriver {
  const connection = faulty(path, () => open(path), cannotOpen);
  const statements = new Map<string, SqlStatement>();
  const prepared = (sql: string): SqlStatement => {
    const statement = statements.get(sql) ?? connection.prepare(sql);
    statements.delete(sql); // the one used last stands last
    statements.set(sql, statement);
    const oldest = statements.size > statementsMax ? statements.keys().next().value : undefined;
    if (oldest !== undefined) statements.delete(oldest);
    return statement;
  };
  const run = (sql: string, params: readonly SqlValue[] = []): void => {
    faulty(path, () => prepared(sql).run(...params));
  };
  const all = <Row = SqlRow>(sql: string, params: readonly SqlValue[] = []): readonly Row[] =>
    faulty(path, () => prepared(sql).all(...params)) as readonly Row[];
  const close = (): void => {
    statements.clear();
    connection.close();
  };
  try {
    all(`PRAGMA busy_timeout = ${busyMsMax}`);
    all('PRAGMA journal_mode = WAL');
    all('PRAGMA synchronous = FULL');
  } catch (error) {
    close();
    throw error;
  }
  return {
    name: 'sqlite',
    durable: path !== '' && path !== ':memory:',
    run,
    all,
    transaction: (mode, work) => transaction(run, mode, work),
    close,
  };
}

function transaction<T>(run: (sql: string) => void, mode: 'read' | 'write', work: () => T): T {
  // Without IMMEDIATE, what reads first could find at its first write that another process was faster.
  run(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
  try {
    const result = work();
    run('COMMIT');
    return result;
  } catch (error) {
    try {
      run('ROLLBACK');
    } catch {
      // After some faults, such as a full disk, SQLite has rolled back by itself.
    }
    throw error;
  }
}

/** Throws what says which file it is, and what to do. */
function faulty<T>(path: string, ask: () => T, otherwise?: number): T {
  try {
    return ask();
  } catch (error) {
    throw asFault(path, error, otherwise);
  }
}
