/** @module The process that is killed: commits to the SQLite file that it is told, in eight lanes, and writes what was committed. */

import '../../support/threads.ts';
import { writeSync } from 'node:fs';
import { commits, conversation, message, outgoing, work } from '../../../runtime/store/conformance/stage.ts';
import { sqlite } from '../../../runtime/store/sqlite/node.ts';

const [path = '', name = ''] = process.argv.slice(2);
const store = await sqlite(path);
let count = 0;

async function lane(): Promise<never> {
  for (;;) {
    count += 1;
    const identity = `${name} ${count}`;
    const body = new Uint8Array(5_000).fill(count);
    const keys = { index: [conversation(), conversation(identity)] };
    const received = message(identity, { body, ...keys });
    const answer = outgoing(`answer to ${identity}`, { orderKey: identity }, { body, ...keys });
    await commits(
      store.commit({ received, work: [work(received, { orderKey: identity })], outgoing: [answer] }),
    );
    writeSync(1, `${identity}\n`); // at once: what is acknowledged has left the process
  }
}

await Promise.all(Array.from({ length: 8 }, lane));
