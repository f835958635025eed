/** @module The cases for the store of a Durable Object: how one is opened in; conformance and more out. */

import type { Store } from '../../../runtime/ports/store.ts';
import { type Case, conformance } from '../../../runtime/store/conformance.ts';
import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';
import { beyond } from '../../store/sqlite/beyond.ts';
import { own } from '../../store/sqlite/own.ts';

/** Makes the cases. */
export function edgeCases(
  fresh: () => Promise<Store<SqlTx>>,
  another: (store: Store<SqlTx>) => Promise<Store<SqlTx>>,
): readonly Case[] {
  return [...conformance(fresh, { insideMayWait: false, own, another }), ...beyond(fresh, another)];
}
