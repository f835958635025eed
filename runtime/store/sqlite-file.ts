/** @module What drivers for SQLite files share: a connection in; cached statements and transactions out. */

import type { SqlDriver, SqlRow, SqlValue } from './sqlite-driver.ts';

/** A connection as node:sqlite, bun:sqlite and better-sqlite3 have it. */
export interface SqlConnection {
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** A prepared statement. */
export interface SqlStatement {
  run(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown;
}

/** Prepared statements that are kept: more than the store has of its own. */
const statementsMax = 200;
/** How long to wait for another process that writes. */
const busyMsMax = 5_000;

/**
 * Makes a driver of a connection to a file. It writes ahead (WAL), so that readers in other processes do not wait,
 * and every commit is on disk before it returns (synchronous FULL).
 *
 * @param path as given to SQLite; `:memory:` and the empty one are not durable
 */
export function fileDriver(name: string, path: string, connection: SqlConnection): SqlDriver {
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
    prepared(sql).run(...params);
  };
  const all = <Row = SqlRow>(sql: string, params: readonly SqlValue[] = []): readonly Row[] =>
    prepared(sql).all(...params) as readonly Row[];
  all(`PRAGMA busy_timeout = ${busyMsMax}`);
  all('PRAGMA journal_mode = WAL');
  all('PRAGMA synchronous = FULL');
  return {
    name,
    durable: path !== '' && path !== ':memory:',
    run,
    all,
    transaction(mode, work) {
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
    },
    close() {
      statements.clear();
      connection.close();
    },
  };
}
