/** @module The store that a command works on: `--store` or UFTP_STORE goes in, an open store comes out. */

import { existsSync } from 'node:fs';
import type { Store } from '../../ports/store.ts';
import { isMissingStore } from '../../store/missing.ts';
import { UsageError } from '../command.ts';

/** What stands in the help of every command that takes `--store`. */
export const storeHelp = `  --store S       a SQLite file, or postgres://… (default: the variable UFTP_STORE); ?schema=NAME behind the latter names
                  a schema other than uftp; a service may have it open`;

/**
 * Opens a store for one command, and closes it when `work` has ended.
 *
 * @param make true: a SQLite file that is not there, and tables that are not there, are made; else that is an error
 * @throws {UsageError} where no store is named, or there is none, or what names it is no connection string
 * @throws {UftpError} `store-unavailable` where it cannot be opened, or has no tables
 */
export async function withStore<T>(
  given: string | undefined,
  make: boolean,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const name = nameOf(given);
  if (name === undefined)
    throw new UsageError('--store is required, or the variable UFTP_STORE: a SQLite file, or postgres://…');
  return closing(await open(name, make), work);
}

/** Does as `withStore` where the store is there; else, also where there are no tables, says so and goes on without one. */
export async function withStoreIfThere<T>(
  given: string | undefined,
  work: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  const name = nameOf(given);
  const store = name === undefined ? 'none was named' : await openIfThere(name);
  if (typeof store !== 'string') return closing(store, work);
  process.stderr.write(`no store was looked into: ${store}\n`);
  return work(undefined);
}

/** @returns why none is open, where there is none */
async function openIfThere(name: string): Promise<Store | string> {
  if (!isPostgres(name) && !existsSync(name)) return `there is no store ${name} yet`;
  try {
    return await open(name, false);
  } catch (error) {
    if (isMissingStore(error)) return `${error.text} yet`; // a connection string is not quoted
    throw error;
  }
}

async function closing<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function nameOf(given: string | undefined): string | undefined {
  const name = given ?? process.env.UFTP_STORE;
  return name === '' ? undefined : name;
}

function isPostgres(name: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(name);
}

async function open(name: string, make: boolean): Promise<Store> {
  if (isPostgres(name)) {
    const { postgres } = await import('../../postgres.ts');
    return (await postgres(name, { make }).catch(explain)) as Store;
  }
  if (!make && !existsSync(name)) throw new UsageError(`there is no store ${name}`);
  const { sqliteHere } = await import('../../store/sqlite/node.ts');
  return (await sqliteHere(name, { make })) as Store;
}

/** The store tells what is wrong with a connection string without quoting it, since a password may stand in it. */
function explain(error: unknown): never {
  throw error instanceof TypeError ? new UsageError(`--store or UFTP_STORE: ${error.message}`) : error;
}
