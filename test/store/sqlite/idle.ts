/** @module The process that does something with the SQLite file that it is told and leaves it open: it ends by itself, and writes what it found. */

import '../../support/threads.ts';
import { commits, listed, message } from '../../../runtime/store/conformance/stage.ts';
import { ThreadedStore } from '../../../runtime/store/sqlite/threaded.ts';

const entry = ['bun', 'deno'].find((name) => name in process.versions) ?? 'node';
const { sqlite } = await (entry === 'bun'
  ? import('../../../runtime/store/sqlite/bun.ts')
  : import('../../../runtime/store/sqlite/node.ts'));
const store = await sqlite(process.argv[2] ?? '');
store.watch(() => {});
await commits(store.commit({ received: message('m'), inside: () => {} }));
const { length } = await listed(store);
console.log(JSON.stringify({ isThreaded: store instanceof ThreadedStore, messages: length }));
