/** @module A SQLite file as a store needs it: a path and how to open it in; statements and transactions out. */

import { UftpError } from '../../errors.ts';
import type { Store } from '../../ports/store.ts';
import type { SqlRow, SqlTx, SqlValue } from './driver.ts';
import { asFault, busyMsMax, gone, missing, patiently } from './faults.ts';
import { type GatheringDriver, Group } from './group.ts';
import { hasTables, migrate } from './schema.ts';
import { sqlStore } from './store.ts';

/** A connection as node:sqlite and bun:sqlite have it. */
export interface SqlConnection {
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** A prepared statement. */
export interface SqlStatement {
  run(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown;
  /** The first row; undefined or null where there is none. */
  get(...params: SqlValue[]): unknown;
}

/** How the runtime deals with files. */
export interface SqlHost {
  /** Opens a file, or `:memory:`. */
  open(path: string): SqlConnection;
  /** Which file it is that lies there now; undefined where there is none. */
  identify(path: string): string | undefined;
  /** As in {@link GatheringDriver}. */
  gather(go: () => void): void;
}

/** Prepared statements that are kept: more than the store has of its own. */
const statementsMax = 200;
/** SQLite's code for a file that cannot be opened, which not every driver tells. */
const cannotOpen = 14;
/** A checkpoint comes after so many statements and pages of blobs: about 20 MB, or 350 messages with their answers. */
const checkpointSteps = 4_000;
const pageBytes = 4_096;

/**
 * - WAL: what is written is appended, so that it takes one fsync, and readers in other processes do not wait.
 * - FULL: it is on disk before a commit returns. On macOS that takes fullfsync: there fsync alone leaves it to the drive
 *   when it writes. Elsewhere these two say nothing.
 * - In memory: what a savepoint may have to undo; as a file it would cost as much as the commit.
 * - No checkpoint by SQLite itself: before 3.51.3 one that runs while another process commits can, rarely, damage the
 *   file (the WAL-reset bug). Ours keep others from writing meanwhile.
 */
const settings = [
  `PRAGMA busy_timeout = ${busyMsMax}`,
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA fullfsync = ON',
  'PRAGMA checkpoint_fullfsync = ON',
  'PRAGMA temp_store = MEMORY',
  'PRAGMA wal_autocheckpoint = 0',
];

/** How opening a file differs from its defaults. */
export interface SqlFileOptions {
  /** False: a file without the store's tables is refused, and nothing is made. Default true. */
  readonly make?: boolean;
}

/** Opens a file as a store. @throws {UftpError} `store-unavailable` that says why not and what to do */
export async function openFile(
  path: string,
  host: SqlHost,
  options: SqlFileOptions = {},
): Promise<Store<SqlTx>> {
  // Where two processes make one file at the same time, SQLite says at once that it is busy.
  const file = await patiently(() => new SqlFile(path, host, options));
  return sqlStore(file, (hooks) => new Group(file, hooks));
}

/**
 * One file with its tables. Where it was taken away or replaced, what is asked fails until one lies there again, which
 * is opened then.
 */
export class SqlFile implements GatheringDriver {
  readonly name = 'sqlite';
  readonly durable: boolean;
  readonly gather: SqlHost['gather'];
  readonly #path: string;
  readonly #host: SqlHost;
  readonly #make: boolean;
  readonly #statements = new Map<string, SqlStatement>();
  #connection: SqlConnection | undefined;
  #closed = false;
  /** Which file is open; undefined where that cannot be told. */
  #identity: string | undefined;
  #version: SqlValue = null;
  #steps = 0;

  /**
   * @param path - as given to SQLite; `:memory:` and the empty one are not durable
   * @throws {UftpError} `store-unavailable` that says why not and what to do
   */
  constructor(path: string, host: SqlHost, { make = true }: SqlFileOptions = {}) {
    this.durable = path !== '' && path !== ':memory:';
    this.gather = host.gather;
    this.#path = path;
    this.#host = host;
    this.#make = make;
    this.#connect();
  }

  run(sql: string, params: readonly SqlValue[] = []): void {
    this.#faulty(() => this.#prepared(sql).run(...params));
    this.#steps += 1;
    for (const param of params) if (param instanceof Uint8Array) this.#steps += param.length / pageBytes;
  }

  all<Row = SqlRow>(sql: string, params: readonly SqlValue[] = []): readonly Row[] {
    return this.#faulty(() => this.#prepared(sql).all(...params)) as readonly Row[];
  }

  get<Row>(sql: string, params: readonly SqlValue[]): Row | undefined {
    return (this.#faulty(() => this.#prepared(sql).get(...params)) ?? undefined) as Row | undefined;
  }

  transaction<T>(mode: 'read' | 'write', work: () => T): T {
    this.#check();
    const steps = this.#steps;
    // Without IMMEDIATE, what reads first could find at its first write that another process was faster.
    this.run(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    let result: T;
    try {
      result = work();
      // A BEGIN IMMEDIATE that found the file locked is still in progress for libsql until it is tried again: to end
      // what only reads, COMMIT would wait for that.
      this.run(mode === 'write' ? 'COMMIT' : 'ROLLBACK');
    } catch (error) {
      try {
        this.run('ROLLBACK');
      } catch {
        // After some faults, such as a full disk, SQLite has rolled back by itself.
      }
      throw error;
    }
    if (mode === 'write') {
      this.#check(); // what was written to a file that nobody finds again is not written
      if (this.#steps >= checkpointSteps) this.#checkpoint('FULL');
    } else this.#steps = steps; // nothing was appended
    return result;
  }

  changed(): boolean {
    const version = this.all('PRAGMA data_version')[0]?.data_version ?? null;
    const changed = version !== this.#version;
    this.#version = version;
    return changed;
  }

  close(): void {
    // SQLite does it for the last one that closes, but libsql closes only when its statements are collected.
    this.#checkpoint('TRUNCATE');
    this.#disconnect();
    this.#closed = true;
  }

  #disconnect(): void {
    this.#statements.clear();
    this.#connection?.close();
    this.#connection = undefined;
  }

  #connect(): void {
    if (!this.#make && this.#host.identify(this.#path) === undefined) throw missing(this.#path);
    this.#connection = this.#faulty(() => this.#host.open(this.#path), cannotOpen);
    try {
      if (!this.#make && !hasTables(this)) throw missing(this.#path); // before the settings, which change the file
      for (const setting of settings) this.all(setting);
      this.#identity = this.#host.identify(this.#path);
      migrate(this);
      this.changed();
    } catch (error) {
      this.#disconnect();
      throw error;
    }
  }

  /** Sees to it that the file that is open is the one that lies there. */
  #check(): void {
    if (this.#closed)
      throw new UftpError('store-unavailable', `SQLite file ${this.#path}: it has been closed`);
    if (this.#identity === undefined) return;
    const identity = this.#identify();
    if (identity === this.#identity && this.#connection !== undefined) return;
    const wasOpen = this.#connection !== undefined;
    this.#disconnect();
    // The first one to notice fails in any case: what was read before was read in another file.
    if (identity === undefined || wasOpen) throw gone(this.#path);
    this.#connect();
  }

  /** Which file lies there. @throws {UftpError} where that cannot be told: what was asked is not to be tried again */
  #identify(): string | undefined {
    try {
      return this.#host.identify(this.#path);
    } catch (cause) {
      const text = `SQLite file ${this.#path}: it cannot be looked at: see its folder`;
      throw new UftpError('store-unavailable', text, { cause });
    }
  }

  /** Moves what was appended to its place, while no other process can write. */
  #checkpoint(mode: 'FULL' | 'TRUNCATE'): void {
    this.#steps = 0;
    try {
      this.all(`PRAGMA wal_checkpoint(${mode})`);
    } catch {
      // What was appended is safe where it is, and the next checkpoint moves it.
    }
  }

  #prepared(sql: string): SqlStatement {
    if (this.#connection === undefined) throw gone(this.#path);
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      if (this.#statements.size >= statementsMax) this.#statements.clear(); // the store's own soon stand there again
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Throws what says which file it is, and what to do. */
  #faulty<T>(ask: () => T, otherwise?: number): T {
    try {
      return ask();
    } catch (error) {
      throw asFault(this.#path, error, otherwise);
    }
  }
}
