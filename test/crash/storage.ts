/** @module Where a participant keeps its messages and its handlers' effects: a place in, a store and its effects out. */

import type { Store } from '../../runtime/ports/store.ts';
import type { SqlTx } from '../../runtime/store/sqlite-driver.ts';
import { sqlite } from '../../runtime/store/sqlite-node.ts';

/** Names a durable store. */
export interface Place {
  readonly kind: 'sqlite';
  /** Of the file. */
  readonly path: string;
}

/** What a handler has done. */
export interface Effect {
  /** FlexRequests are taken by the AGR; their responses and the FlexOffers for them by the DSO. */
  readonly kind: Kind;
  /** MessageID of the FlexRequest that it goes back to. */
  readonly request: string;
}

/** What is counted: each is a queue of its own. */
export const kinds = ['FlexRequest', 'FlexRequestResponse', 'FlexOffer'] as const;
/** See {@link kinds}. */
export type Kind = (typeof kinds)[number];

/** An open store. */
export interface Storage<Tx = unknown> {
  readonly store: Store<Tx>;
  /** Notes an effect in a handler's transaction. */
  write(tx: Tx, effect: Effect): void | Promise<void>;
  /** All effects that were kept. */
  read(): Promise<readonly Effect[]>;
}

/** Opens it. Nothing forbids a second row of the same effect, so that one would be seen. */
export async function openStorage({ path }: Place): Promise<Storage> {
  const store = await sqlite(path);
  await store.commit({
    inside: (tx) => tx.run('CREATE TABLE IF NOT EXISTS effect (kind TEXT, request TEXT)'),
  });
  const storage: Storage<SqlTx> = {
    store,
    write: (tx, { kind, request }) => tx.run('INSERT INTO effect VALUES (?, ?)', [kind, request]),
    async read() {
      let rows: readonly Effect[] = [];
      await store.commit({
        inside: (tx) => {
          rows = tx.all<Effect>('SELECT kind, request FROM effect');
        },
      });
      return rows;
    },
  };
  return storage as Storage;
}
