/** @module The Store contract in PostgreSQL: a connection string or a pool in, a store for any number of nodes out. */

import { UftpError } from '../../errors.ts';
import { delayMsMax } from '../../ports/clock.ts';
import type { Commit, Committed, Filter, Lease, Snapshot, Store, StoredMessage } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { UnderWay } from '../under-way.ts';
import { inTime, rowsOf } from './ask.ts';
import { openPool, type PgSql, type PgTx, withoutSchema } from './driver.ts';
import { faultOf, mayRetry } from './faults.ts';
import { commitInside } from './inside.ts';
import { cursorOf, listQuery } from './list.ts';
import {
  commitParams,
  json,
  keyJson,
  leaseJson,
  ownerText,
  type StoredRow,
  scopeText,
  stored,
} from './records.ts';
import { migrate } from './schema.ts';
import { PgWatchers } from './watch.ts';

/** How `postgres` differs from its defaults. */
export interface PostgresOptions {
  /**
   * Name of the schema that holds the tables; of lower-case letters, digits and `_`, 40 at most. Default: the parameter
   * `schema` of the connection string, else `uftp`.
   */
  readonly schema?: string;
  /** How many connections there are at most, besides one that listens; not for a pool of your own. Default 10. */
  readonly max?: number;
  /** False: a schema without the store's tables is refused, and nothing is made. Default true. */
  readonly make?: boolean;
  /**
   * How long to wait for an answer of the server, in milliseconds; of a commit in which handlers write, for all of it.
   * Then what was asked fails, and it is not known whether it was done. Default 30,000.
   */
  readonly answerMsMax?: number;
}

/** How often a commit is tried that others were in the way of. */
const triesMax = 5;
/** How long to wait for connections to end, in seconds: they may be gone. */
const endSecondsMax = 5;

/**
 * Opens the store in a database of PostgreSQL 12 or later (tested with 15), and makes its tables or brings them up to
 * date. Any number of nodes may do so at once and share it.
 *
 * A commit is on disk when it is answered, also where `synchronous_commit` is off. It takes one round trip, and two more and those of the user's statements where handlers write inside.
 *
 * @param database a connection string, which may name the schema as in `?schema=uftp`, or a pool that `postgres(…)` of the package of that name has made, which is not
 *   ended with the store
 * @throws {TypeError} where the name of the schema is not as it should be, or the connection string is no URL
 * @throws {RangeError} where `answerMsMax` is below 1 or above 24 days
 * @throws {Error} where the package `postgres` is not installed
 * @throws {UftpError} `store-unavailable` where the server is out of reach, a newer version of this package has been at
 *   the tables, or there are none and none are to be made
 *
 * @example
 * ```ts
 * import { postgres } from 'shapeshifter-uftp/postgres';
 *
 * const store = await postgres('postgres://uftp@db.example/uftp');
 * ```
 */
export async function postgres<Tx = PgTx>(
  database: string | PgSql,
  options: PostgresOptions = {},
): Promise<Store<Tx>> {
  const { max = 10, make = true, answerMsMax = 30_000 } = options;
  const own = typeof database === 'string';
  const named = own ? withoutSchema(database) : undefined;
  const schema = options.schema ?? named?.schema ?? 'uftp';
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) throw new TypeError(`schema is ${schema}`);
  if (!(answerMsMax >= 1 && answerMsMax <= delayMsMax)) throw new RangeError(`answerMsMax is ${answerMsMax}`);
  const sql = named === undefined ? (database as PgSql) : await openPool(named.url, max);
  try {
    await migrate(sql, schema, make, answerMsMax);
  } catch (error) {
    if (own) await sql.end({ timeout: endSecondsMax });
    throw faultOf(error);
  }
  return new PostgresStore<Tx>(sql, schema, own, answerMsMax);
}

class PostgresStore<Tx> implements Store<Tx> {
  readonly name = 'postgres';
  readonly durable = true;
  readonly #sql: PgSql;
  readonly #schema: string;
  readonly #own: boolean;
  readonly #answerMsMax: number;
  readonly #watchers: PgWatchers;
  readonly #underWay = new UnderWay(this.name);

  constructor(sql: PgSql, schema: string, own: boolean, answerMsMax: number) {
    this.#sql = sql;
    this.#schema = schema;
    this.#own = own;
    this.#answerMsMax = answerMsMax;
    this.#watchers = new PgWatchers(sql, schema, answerMsMax);
  }

  read({ participant, scopes, message }: Parameters<Store['read']>[0]): Promise<Snapshot> {
    return this.#underWay.run(async () => {
      const request = {
        message: message && keyJson(message),
        scopes: scopes.map((key) => scopeText(participant, key)),
      };
      const [head, ...rows] = await this.#ask('read', request);
      const { known, scopes: found } = head as ReadHead;
      const at = new Map((rows as StoredRow[]).map((row) => [row.place, row]));
      const messageAt = (place: number): StoredMessage[] => {
        const row = at.get(place);
        return row === undefined ? [] : [stored(row)];
      };
      return {
        known: known === null ? undefined : messageAt(known)[0],
        scopes: scopes.map(({ name, value }, index) => ({
          key: { name, value },
          revision: found[index]?.revision ?? 0,
          messages: (found[index]?.places ?? []).flatMap(messageAt),
        })),
      };
    });
  }

  commit(item: Commit<Tx>): Promise<Committed> {
    return this.#underWay.run(async () => {
      const { finish, outgoing, work, resend } = item;
      const result = await this.#commit(item);
      if (result.status === 'committed' && (finish ?? outgoing ?? work ?? resend)) this.#watchers.tell();
      return result;
    });
  }

  claim({ participants, ...request }: Parameters<Store['claim']>[0]): Promise<readonly Lease[]> {
    return this.#underWay.run(async () => {
      const owners = participants.map((party) => ownerText(request.queue, party));
      const rows = await this.#ask('claim', { ...request, owners });
      return (rows as LeaseRow[]).map((row) => ({
        queue: request.queue,
        task: String(row.task),
        token: String(row.token),
        until: request.until,
        message: stored(row.message),
        attempt: row.attempt,
        firstDueAt: row.firstDueAt,
        ...(row.kind !== null && { kind: row.kind }),
        ...(row.notAfter !== null && { notAfter: row.notAfter }),
        ...(row.behind && { behind: true }),
      }));
    });
  }

  renew(lease: Lease, until: number, isUntried?: boolean): Promise<Lease | undefined> {
    return this.#underWay.run(async () => {
      const [attempt] = await this.#ask('renew', { ...leaseJson(lease), until, isUntried });
      return typeof attempt === 'number' ? { ...lease, until, attempt } : undefined;
    });
  }

  nextDueAt(participants: readonly Party[]): Promise<number | undefined> {
    return this.#underWay.run(async () => {
      const owners = participants.flatMap((party) => [
        ownerText('work', party),
        ownerText('outgoing', party),
      ]);
      const [dueAt] = await this.#ask('next_due', owners);
      return typeof dueAt === 'number' ? dueAt : undefined;
    });
  }

  list(filter: Filter): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    return this.#underWay.run(async () => {
      const { statement, params, limit } = listQuery(this.#schema, filter);
      const rows = (await rowsOf(this.#sql, statement, params, this.#answerMsMax, false)) as StoredRow[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        messages: page.map(stored),
        ...(rows.length > limit && last !== undefined && { next: cursorOf(last) }),
      };
    });
  }

  prune({ bodiesBefore, recordsBefore, signal }: Parameters<Store['prune']>[0]): Promise<{
    bodies: number;
    records: number;
  }> {
    return this.#underWay.run(async () => {
      const records = await this.#prune('prune_records', recordsBefore, signal);
      return { bodies: await this.#prune('prune_bodies', bodiesBefore, signal), records };
    });
  }

  watch(wake: () => void): () => void {
    return this.#watchers.add(wake);
  }

  close(): Promise<void> {
    return this.#underWay.close(() => this.#end());
  }

  async #end(): Promise<void> {
    // What is left are hints for others.
    await inTime(this.#watchers.close(), endSecondsMax * 1000).catch(() => {});
    if (this.#own) await this.#sql.end({ timeout: endSecondsMax });
  }

  /** Calls a function of the schema, in a transaction of its own. */
  #ask(name: string, request: unknown): Promise<readonly unknown[]> {
    const statement = `SELECT r::text AS json FROM "${this.#schema}".${name}($1::text::jsonb) r`;
    return rowsOf(this.#sql, statement, [json(request)], this.#answerMsMax);
  }

  async #commit(item: Commit<Tx>): Promise<Committed> {
    const params = commitParams(item);
    for (let tries = 1; ; tries += 1) {
      const attempt =
        item.inside === undefined
          ? this.#decide(this.#sql, params)
          : commitInside(this.#sql, (tx) => this.#decide(tx, params), item.inside, this.#answerMsMax);
      try {
        return await attempt;
      } catch (error) {
        if (!(error instanceof UftpError) || !mayRetry(error.cause) || tries === triesMax) throw error;
      }
    }
  }

  /** Checks the conditions, and writes all but what users write. */
  async #decide(sql: PgTx, params: readonly string[]): Promise<Committed> {
    const statement = `SELECT r::text AS json
      FROM "${this.#schema}".commit($1::text::jsonb, string_to_array($2::text, ',')) r`;
    const [result] = (await rowsOf(sql, statement, params, this.#answerMsMax)) as CommitRow[];
    if (result?.status !== 'duplicate') return result as Committed;
    return { status: 'duplicate', record: stored(result.record) };
  }

  /** Removes step by step, each in a transaction of its own. */
  async #prune(
    name: 'prune_records' | 'prune_bodies',
    before: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    let removed = 0;
    let from: PruneRow['next'] = { at: Number.MIN_SAFE_INTEGER, place: 0 };
    while (from !== null && !signal?.aborted) {
      const [step] = (await this.#ask(name, { before, ...from })) as PruneRow[];
      removed += step?.removed ?? 0;
      from = step?.next ?? null;
    }
    return removed;
  }
}

/** What `read` gives first. */
interface ReadHead {
  readonly known: number | null;
  readonly scopes: readonly { readonly revision: number; readonly places: readonly number[] }[];
}

/** What `claim` gives for each task. */
interface LeaseRow extends Pick<Lease, 'attempt' | 'firstDueAt'> {
  readonly task: number;
  readonly token: number;
  readonly kind: NonNullable<Lease['kind']> | null;
  readonly notAfter: number | null;
  readonly behind: boolean;
  readonly message: StoredRow;
}

/** What `commit` gives. */
type CommitRow =
  | Exclude<Committed, { status: 'duplicate' }>
  | { readonly status: 'duplicate'; readonly record: StoredRow };

/** What a step of a removal gives. */
interface PruneRow {
  readonly removed: number;
  readonly next: { readonly at: number; readonly place: number } | null;
}
