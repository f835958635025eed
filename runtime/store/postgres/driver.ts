/** @module What the PostgreSQL store asks of the package `postgres`: a connection string in, a pool of connections out. */

/** One row, by the names of its columns. */
export type PgRow = Readonly<Record<string, unknown>>;

/**
 * Statements inside a commit: what `onCommit` gets from the PostgreSQL store, which is the transaction of the package
 * `postgres`. The schema of the store is its own; transactions are not begun or ended here.
 *
 * @example
 * ```ts
 * import type { ProcessContext } from 'shapeshifter-uftp';
 * import type { PgTx } from 'shapeshifter-uftp/postgres';
 *
 * function keep(context: ProcessContext<PgTx>, orderReference: string): void {
 *   context.onCommit(async (tx) => {
 *     await tx`INSERT INTO orders (reference) VALUES (${orderReference})`;
 *   });
 * }
 * ```
 */
export interface PgTx {
  /**
   * Runs one statement; values stand in it as `${value}` and are passed as parameters. That rows are of type `Row` is
   * for the caller to know.
   */
  <Row extends object = PgRow>(
    text: TemplateStringsArray,
    // biome-ignore lint/suspicious/noExplicitAny: what may stand there is known to the types of the package
    ...values: readonly any[]
  ): PromiseLike<readonly Row[]>;
  /** Runs a statement that is given as text, with parameters as `$1`; without them it may be several statements. */
  unsafe<Row extends object = PgRow>(
    text: string,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    values?: any[],
    options?: { readonly prepare?: boolean },
  ): PromiseLike<readonly Row[]>;
}

/** What is used of a pool, as `postgres(…)` of the package `postgres` makes one. */
export interface PgSql extends PgTx {
  /** Runs `work` in a transaction. */
  begin<T>(options: string, work: (tx: PgTx) => Promise<T>): Promise<unknown>;
  /** Listens on a connection of its own, which is made again where it is lost. */
  listen(
    channel: string,
    notified: (payload: string) => void,
    listening: () => void,
  ): PromiseLike<{ unlisten(): Promise<void> }>;
  /** Waits for what has begun, and closes all connections. */
  end(options: { readonly timeout: number }): Promise<void>;
}

/** How long to wait for a connection, in seconds. */
const connectSecondsMax = 5;
/** How long to wait at most before a lost connection is made again, in seconds. */
const reconnectSecondsMax = 1;
/** How long a transaction may stand idle, in milliseconds: then its node is gone, and what it had locked is freed. */
const idleMsMax = 60_000;

/** Takes the parameter `schema` out of a connection string: the server would take it for one of its settings. */
export function withoutSchema(url: string): { readonly url: string; readonly schema?: string } {
  const [server = '', query = ''] = url.split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  const schema = params.get('schema');
  if (schema === null) return { url };
  params.delete('schema');
  return { url: `${server}?${params}`, schema };
}

/**
 * Makes a pool. No connection is made before one is needed.
 *
 * @throws {Error} where the package `postgres` is not installed
 * @throws {TypeError} where the connection string is no URL
 */
export async function openPool(url: string, max: number): Promise<PgSql> {
  const postgres = await driver();
  // Without a string the package would ask the environment; what it takes for a fragment is of a password.
  if (url === '' || url.includes('#')) throw noUrl();
  try {
    return postgres(url, {
      max,
      connect_timeout: connectSecondsMax,
      backoff: (attempt) => Math.min(0.05 * 2 ** attempt, reconnectSecondsMax),
      onnotice: () => {},
      fetch_types: false, // asked for on each new connection, and rejects unhandled where that is lost meanwhile
      connection: {
        application_name: 'shapeshifter-uftp',
        default_transaction_isolation: 'read committed',
        idle_in_transaction_session_timeout: idleMsMax,
      },
    });
  } catch (error) {
    throw error instanceof TypeError || error instanceof URIError ? noUrl() : error;
  }
}

/** Quotes nothing, and has no cause: errors of URLs carry all of the string, with its password. */
function noUrl(): TypeError {
  return new TypeError('the connection string is no URL: write # % @ of a password as %23 %25 %40');
}

async function driver(): Promise<typeof import('postgres')> {
  try {
    return (await import('postgres')).default;
  } catch (cause) {
    throw new Error('the PostgreSQL store needs the package postgres: npm install postgres', { cause });
  }
}
