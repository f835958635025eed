/** @module What the SQL store asks of a SQLite: statements and transactions that have ended when they return. */

/** A value as SQLite keeps it. */
export type SqlValue = string | number | null | Uint8Array;

/** One row, by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * Statements inside a commit: what `onCommit` gets from the SQLite stores. Parameters stand as `?`. Tables whose names
 * begin with `uftp_` are the store's own; transactions are not begun or ended here.
 *
 * @example
 * ```ts
 * import type { ProcessContext } from 'shapeshifter-uftp';
 * import type { SqlTx } from 'shapeshifter-uftp/worker';
 *
 * function keep(context: ProcessContext<SqlTx>, orderReference: string): void {
 *   context.onCommit((tx) => tx.run('INSERT INTO orders (reference) VALUES (?)', [orderReference]));
 * }
 * ```
 */
export interface SqlTx {
  /** Runs one statement. */
  run(sql: string, params?: readonly SqlValue[]): void;
  /**
   * Runs one statement and gives its rows, as columns by name. That they are of type `Row` is for the caller to
   * know.
   */
  all<Row = SqlRow>(sql: string, params?: readonly SqlValue[]): readonly Row[];
}

/** One open database. */
export interface SqlDriver extends SqlTx {
  /** For logs, such as `sqlite`. */
  readonly name: string;
  /** False: what is written dies with the process. */
  readonly durable: boolean;
  /** Runs one statement and gives its first row, which takes less than all of them. */
  get<Row>(sql: string, params: readonly SqlValue[]): Row | undefined;
  /**
   * Runs `work` at one moment, other processes included; where it throws, what it wrote is undone and the throw
   * goes on. In mode `read` it writes nothing. Transactions are not nested.
   */
  transaction<T>(mode: 'read' | 'write', work: () => T): T;
  /** Where given: whether another connection has written since the last call. */
  changed?(): boolean;
  /**
   * Where given: called in the same turn after every transaction that may have moved tasks, with when the next is
   * due.
   */
  schedule?(nextDueAt: number | undefined): void;
  close(): void;
}

/** How a store has its transactions run: those that write may share one. */
export interface SqlAccess {
  /** Reads at one moment. */
  read<T>(work: () => T): Promise<T>;
  /**
   * Writes all or nothing.
   *
   * @param written - is called in the turn of the transaction, once it has been committed
   * @param mayFail - true: where it throws, others that share its transaction need not be written again. Default false
   */
  write<T>(work: () => T, written?: (result: T) => void, mayFail?: boolean): Promise<T>;
}

/** What the store has to do with transactions. */
export interface SqlHooks {
  /** Does what a transaction that writes consists of. */
  during<T>(work: () => T): T;
  /** Forgets: what was written has been undone, or what was read may have been replaced. */
  forget(): void;
}

/** Makes a row of one with blobs as ArrayBuffer, as libsql and Durable Objects give them. */
export function withBytes(row: Record<string, SqlValue | ArrayBuffer>): unknown {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
  }
  return row;
}
