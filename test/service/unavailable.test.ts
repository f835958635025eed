/** @module A service over HTTP whose store fails, of whichever kind: nothing is taken by half, and it goes on by itself. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr } from '../../generated/3.1.0/index.ts';
import { serve } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite } from '../../runtime/store/sqlite/node.ts';
import { payload } from '../flow/drafts.ts';
import { smallDisk } from '../support/disk.ts';
import { openScene, path } from '../support/participants.ts';
import { onStores } from '../support/stores.ts';
import { assert } from '../support/suite.ts';

/** What happens to a store while a service runs. */
interface Fault {
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

/**
 * A service takes messages until one is refused, and that one as well when the fault is over.
 *
 * @param room more messages than may be taken before one is refused
 */
async function play(store: Store<MemoryTx>, fault: Fault, room = 0): Promise<void> {
  const scene = openScene();
  const grid = await scene.outsider('DSO');
  const ran: string[] = [];
  const service = await scene.join(agr, {
    store,
    handlers: { processFlexRequest: ({ messageId }) => void ran.push(messageId) },
  });
  // What is due is worked on by hand, so that nothing depends on when.
  const server = await serve({ ...service, start() {} }, { port: 0 });
  const send = (body: Uint8Array): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: body as Uint8Array<ArrayBuffer>,
    });
  const taken: string[] = [];
  const next = async (): Promise<{ messageId: string; envelope: Uint8Array; response: Response }> => {
    const messageId = crypto.randomUUID();
    const envelope = await grid.seal(payload('FlexRequest', { messageId }));
    const response = await send(envelope);
    if (response.status === 200) taken.push(messageId);
    return { messageId, envelope, response };
  };
  assert.is((await next()).response.status, 200);
  await fault.begin();
  let refused = await next();
  for (let more = 0; more < room && refused.response.status === 200; more++) refused = await next();
  const again = await Promise.all([1, 2, 3].map(() => send(refused.envelope)));
  for (const { status, headers } of [refused.response, ...again]) {
    assert.is(status, 503);
    assert.ok(Number(headers.get('retry-after')) > 0, 'Retry-After');
  }
  await fault.end();
  for (let copy = 0; copy < 3; copy++) assert.is((await send(refused.envelope)).status, 200);
  taken.push(refused.messageId);
  assert.is((await next()).response.status, 200);
  await scene.drain();
  assert.equal(ran.sort(), taken.sort());
  const stored = await service.messages({ direction: 'in' });
  assert.equal(stored.messages.map(({ messageId }) => messageId).sort(), taken);
  assert.is(scene.posts.length, taken.length); // an answer each
  await server.stop();
}

onStores('service: a store that fails', ['SQLite'], (test, stores) => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-unavailable-'));
  const disk = smallDisk(join(folder, 'disk'));
  test.after(() => {
    if (typeof disk !== 'string') disk.unmount();
    rmSync(folder, { recursive: true });
  });

  const title = 'while the disk is full a message is answered 503, and 200 once there is room';
  if (typeof disk === 'string') test.skip(title, disk);
  else
    test(title, async () => {
      const store = await stores.open(join(disk.path, 'store.sqlite'));
      const room = 1_000; // a file has some left in itself, also on a full disk
      await play(store, { begin: disk.fill, end: disk.empty }, room);
    });

  test('while another process keeps writing a message is answered 503, and 200 once it has ended', async () => {
    const open = nodeSqlite() ?? (await loadLibsql());
    const file = stores.place();
    const store = await stores.open(file);
    const other = open(file);
    await play(store, {
      begin: () => void other.prepare('BEGIN IMMEDIATE').run(),
      end: () => void other.prepare('ROLLBACK').run(),
    });
    other.close();
  });
});

onStores('service: a store that fails', ['PostgreSQL'], (test, stores) => {
  test('while the server is gone a message is answered 503, and 200 once it is back', async () => {
    const store = await stores.open(stores.place());
    const server = stores.server();
    await play(store, { begin: () => server.halt(), end: () => server.start() });
  });
});
