/** @module The conformance cases for PostgreSQL: the address of a server in, cases out, each in a schema of its own. */

import driver from 'postgres';
import type { Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import { type Case, conformance } from '../../runtime/store/conformance.ts';
import { freshSchema } from '../support/postgres.ts';

const own = {
  async put(tx: PgTx, value: string): Promise<void> {
    await tx`INSERT INTO own VALUES (1, ${value}) ON CONFLICT (id) DO UPDATE SET value = excluded.value`;
  },
  async get(tx: PgTx): Promise<string | undefined> {
    return (await tx<{ value: string }>`SELECT value FROM own`)[0]?.value;
  },
};

/** Makes the cases, which have to be run one after another. `url` is asked when the first one is run. */
export function postgresCases(url: () => string): readonly Case[] {
  const schemas = new WeakMap<Store<PgTx>, string>();
  const openAt = async (schema: string): Promise<Store<PgTx>> => {
    const store = await postgres(url(), { schema });
    schemas.set(store, schema);
    return store;
  };
  const fresh = async (): Promise<Store<PgTx>> => {
    const sql = driver(url(), { max: 1, onnotice: () => {} });
    await sql`DROP TABLE IF EXISTS own`;
    await sql`CREATE TABLE own (id integer PRIMARY KEY, value text)`;
    await sql.end();
    return openAt(freshSchema());
  };
  const another = (store: Store<PgTx>): Promise<Store<PgTx>> => openAt(schemas.get(store) ?? '');
  return conformance(fresh, { own, another });
}
