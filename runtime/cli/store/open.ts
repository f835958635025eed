/** @module The store that a command works on: `--store` or UFTP_STORE goes in, an open store comes out. */

import { existsSync } from 'node:fs';
import type { Store } from '../../ports/store.ts';
import { UsageError } from '../command.ts';

/** What stands in the help of every command that takes `--store`. */
export const storeHelp = `  --store S       a SQLite file, or postgres://… (default: the variable UFTP_STORE); a service may have it open`;

/**
 * Opens a store for one command, and closes it when `work` has ended.
 *
 * @param make true: a SQLite file that is not there is made; else that is an error
 * @throws {UsageError} where no store is named, or there is none
 */
export async function withStore<T>(
  given: string | undefined,
  make: boolean,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const name = given ?? process.env.UFTP_STORE;
  if (name === undefined || name === '')
    throw new UsageError('--store is required, or the variable UFTP_STORE: a SQLite file, or postgres://…');
  const store = await open(name, make);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function open(name: string, make: boolean): Promise<Store> {
  if (/^postgres(?:ql)?:\/\//.test(name)) {
    const { postgres } = await import('../../postgres.ts');
    return (await postgres(name)) as Store;
  }
  if (!make && !existsSync(name)) throw new UsageError(`there is no store ${name}`);
  const { sqlite } = await import('../../node.ts');
  return (await sqlite(name)) as Store;
}
