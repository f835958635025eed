/** @module Opens SQLite files in this thread and in one of their own, writes to them in every way, and closes them. */

import '../../support/threads.ts';
import { message } from '../../../runtime/store/conformance/stage.ts';
import { sqlite, sqliteHere } from '../../../runtime/store/sqlite/node.ts';

for (const open of [sqliteHere, sqlite]) {
  const store = await open(`${process.argv[2]}-${open.name}`);
  await store.commit({ received: message('m') });
  await store.commit({ inside: (tx) => tx.run('CREATE TABLE own (value TEXT)') });
  await store.close();
}
console.log(true);
