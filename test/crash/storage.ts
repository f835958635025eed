/** @module Where a participant keeps its messages and its handlers' effects: a place in, a store and its effects out. */

import type { Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import type { SqlTx } from '../../runtime/store/sqlite/driver.ts';
import { sqlite } from '../../runtime/store/sqlite/node.ts';

/** Names a durable store. */
export type Place =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** What a handler has done. */
export interface Effect {
  /** Name of the message that the handler was given. */
  readonly kind: string;
  /** What it is counted by, such as the MessageID of the request that all goes back to. */
  readonly id: string;
}

/** An open store. */
export interface Storage<Tx = unknown> {
  readonly store: Store<Tx>;
  /** Notes an effect in a handler's transaction. Nothing forbids it to stand there twice, so that this would be seen. */
  write(tx: Tx, effect: Effect): void | Promise<void>;
}

const insert = (table: string, [kind, id]: readonly [string, string]): string =>
  `INSERT INTO ${table} (kind, id) VALUES (${kind}, ${id})`;
const create = (table: string): string =>
  `CREATE TABLE IF NOT EXISTS ${table} (kind TEXT NOT NULL, id TEXT NOT NULL)`;
const select = (table: string): string => `SELECT kind, id FROM ${table}`;

/** Opens it. */
export async function openStorage(place: Place): Promise<Storage> {
  return (place.kind === 'sqlite' ? await inSqlite(place.path) : await inPostgres(place)) as Storage;
}

/** Makes the table of effects. Once, before any process opens the place. */
export function prepare(place: Place): Promise<void> {
  return inside(place, {
    sqlite: (tx) => tx.run(create('effect')),
    postgres: (tx, table) => tx.unsafe(create(table)),
  });
}

/** All effects that were kept. */
export async function effectsOf(place: Place): Promise<readonly Effect[]> {
  let found: readonly Effect[] = [];
  await inside(place, {
    sqlite: (tx) => {
      found = tx.all<Effect>(select('effect'));
    },
    postgres: async (tx, table) => {
      found = [...(await tx.unsafe<Effect>(select(table)))];
    },
  });
  return found;
}

async function inSqlite(path: string): Promise<Storage<SqlTx>> {
  return {
    store: await sqlite(path),
    write: (tx, { kind, id }) => tx.run(insert('effect', ['?', '?']), [kind, id]),
  };
}

async function inPostgres({ url, schema }: { url: string; schema: string }): Promise<Storage<PgTx>> {
  return {
    store: await postgres(url, { schema }),
    async write(tx, { kind, id }) {
      await tx.unsafe(insert(tableOf(schema), ['$1', '$2']), [kind, id]);
    },
  };
}

/** Does something once, in a commit of its own. */
async function inside(
  place: Place,
  work: { sqlite(tx: SqlTx): void; postgres(tx: PgTx, table: string): PromiseLike<unknown> },
): Promise<void> {
  if (place.kind === 'sqlite') {
    const store = await sqlite(place.path);
    await store.commit({ inside: (tx) => work.sqlite(tx) }).finally(() => store.close());
    return;
  }
  const store = await postgres(place.url, { schema: place.schema });
  const run = async (tx: PgTx): Promise<void> => {
    await work.postgres(tx, tableOf(place.schema));
  };
  await store.commit({ inside: run }).finally(() => store.close());
}

/** The schema is the store's own, so that the table stands elsewhere. */
function tableOf(schema: string): string {
  return `public.effect_${schema}`;
}
