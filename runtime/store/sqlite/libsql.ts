/** @module SQLite by the package libsql, for a Node without `node:sqlite`: a path in, a connection out. */

import { type SqlRow, type SqlValue, withBytes } from './driver.ts';
import type { SqlHost } from './file.ts';

/** What is used of libsql. */
interface Libsql {
  prepare(sql: string): {
    run(params: readonly SqlValue[]): unknown;
    all(params: readonly SqlValue[]): SqlRow[];
    get(params: readonly SqlValue[]): Record<string, SqlValue> | undefined;
  };
  close(): void;
}

/**
 * Loads libsql.
 *
 * @throws {Error} that says how to install it, where it is not installed
 */
export async function loadLibsql(): Promise<SqlHost['open']> {
  const { default: Database } = (await libsql()) as unknown as { default: new (path: string) => Libsql };
  return (path) => {
    const database = new Database(path);
    return {
      prepare(sql) {
        const statement = database.prepare(sql);
        // A list, since libsql takes a single null or blob for a list, and ends the process.
        return {
          run: (...params) => statement.run(checked(params)),
          all: (...params) => statement.all(checked(params)).map(withBytes),
          get(...params) {
            const row = statement.get(checked(params));
            return row && withoutBuffers(row);
          },
        };
      },
      close: () => database.close(),
    };
  };
}

async function libsql(): Promise<object> {
  try {
    return await import('libsql');
  } catch (cause) {
    throw new Error('this Node has no node:sqlite, so sqlite needs the package libsql: npm install libsql', {
      cause,
    });
  }
}

/** Libsql gives one row with blobs as Buffer. */
function withoutBuffers(row: Record<string, SqlValue>): unknown {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) row[name] = new Uint8Array(value.buffer, value.byteOffset, value.length);
  }
  return row;
}

/** A boolean, which the types forbid and other drivers refuse, ends the process in libsql. */
function checked(params: readonly SqlValue[]): readonly SqlValue[] {
  if (params.some((param: unknown) => typeof param === 'boolean')) {
    throw new TypeError('a parameter of SQL is a string, a number, null or a Uint8Array, no boolean');
  }
  return params;
}
