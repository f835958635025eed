/** @module Faults under the SQLite store: nothing is acknowledged or written by half, and it goes on when they end. */

import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr } from '../../generated/3.1.0/index.ts';
import { isUftpError } from '../../runtime/errors.ts';
import { createService } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { accept } from '../../runtime/roles.ts';
import { commits, listed, message, rejects } from '../../runtime/store/conformance/stage.ts';
import type { SqlTx } from '../../runtime/store/sqlite/driver.ts';
import { openFile, type SqlConnection } from '../../runtime/store/sqlite/file.ts';
import { fileHost } from '../../runtime/store/sqlite/host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite, sqlite } from '../../runtime/store/sqlite/node.ts';
import { payload } from '../flow/drafts.ts';
import { smallDisk } from '../support/disk.ts';
import { openScene, post } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const open = nodeSqlite() ?? (await loadLibsql());
const test = suite('store: faults of SQLite');

const folder = mkdtempSync(join(tmpdir(), 'uftp-faults-'));
const disk = smallDisk(join(folder, 'disk'));
test.after(() => {
  if (typeof disk !== 'string') disk.unmount();
  rmSync(folder, { recursive: true });
});

/** Expects `store-unavailable` that says so. */
async function unavailable(result: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await rejects(result, 'the store');
  assert.ok(isUftpError(error) && error.code === 'store-unavailable', String(error));
  assert.match(error.text, words);
}

/** Fills a disk, makes room, and sees what was kept. */
async function fill(store: Store<SqlTx>, makeRoom: () => void): Promise<void> {
  const body = new Uint8Array(20_000);
  const kept: string[] = [];
  let full: unknown;
  for (let round = 0; round < 200 && full === undefined; round += 1) {
    const names = [`${round} a`, `${round} b`, `${round} c`];
    const results = await Promise.allSettled(
      names.map((name) => store.commit({ received: message(name, { body }) })),
    );
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') kept.push(names[index] ?? '');
      else full = result.reason;
    }
  }
  await unavailable(Promise.reject(full), /the disk is full: make room$/);
  assert.ok(kept.length > 3);
  assert.equal(await listed(store), kept, 'what was acknowledged, while the disk is full');
  makeRoom();
  await commits(store.commit({ received: message('afterwards', { body }) }));
  assert.equal(await listed(store), [...kept, 'afterwards']);
  await commits(
    store.commit({ inside: (tx) => assert.is(tx.all('PRAGMA integrity_check')[0]?.integrity_check, 'ok') }),
  );
}

test('a file that may not grow takes nothing by half, and goes on once it may', async () => {
  let connection: SqlConnection | undefined;
  const store = await openFile(join(folder, 'grow.sqlite'), {
    ...fileHost,
    open(path) {
      connection = open(path);
      return connection;
    },
  });
  const pagesMax = (count: number): unknown => connection?.prepare(`PRAGMA max_page_count = ${count}`).all();
  pagesMax(150);
  await fill(store, () => pagesMax(10_000));
  await store.close();
});

const fullTitle = 'a full disk takes nothing by half, and the store goes on once there is room';
if (typeof disk === 'string') test.skip(fullTitle, disk);
else {
  test(fullTitle, async () => {
    writeFileSync(join(disk.path, 'other'), new Uint8Array(2e6));
    const store = await sqlite(join(disk.path, 'store.sqlite'));
    await fill(store, disk.empty);
    await store.close();
  });
}

test('while the file is gone a message is answered 503 with Retry-After, and 200 once it is back', async () => {
  const path = join(folder, 'served.sqlite');
  const scene = openScene();
  const dso = await scene.outsider('DSO');
  const store = await sqlite(path);
  const handlers = { preProcessFlexRequest: () => accept() };
  const service = await createService(agr, { ...(await scene.options(agr)), handlers, store });
  const envelope = await dso.seal(payload('FlexRequest'));
  renameSync(path, `${path}.away`);
  const refused = await post(service, envelope);
  assert.is(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  renameSync(`${path}.away`, path);
  assert.is((await post(service, envelope)).status, 200);
  assert.equal(
    (await store.list({})).messages.map(({ type }) => type),
    ['FlexRequest', 'FlexRequestResponse'],
  );
  await service.stop();
  await store.close();
});

/** Another connection that writes until it is let go. */
function locked(path: string): { release(): void } {
  const connection = open(path);
  connection.prepare('BEGIN IMMEDIATE').run();
  return {
    release() {
      connection.prepare('ROLLBACK').run();
      connection.close();
    },
  };
}

test('while another process writes commits wait, other work goes on, and what was read can be read', async () => {
  const path = join(folder, 'waits.sqlite');
  const store = await sqlite(path);
  await commits(store.commit({ received: message('before') }));
  const lock = locked(path);
  const waiting = ['a', 'b'].map((name) => store.commit({ received: message(name) }));
  assert.equal(await listed(store), ['before']);
  lock.release();
  assert.equal(
    (await Promise.all(waiting)).map(({ status }) => status),
    ['committed', 'committed'],
  );
  assert.equal(await listed(store), ['before', 'a', 'b']);
  await store.close();
});

test('after 5 s of another process that writes a commit is refused, and the next one stands', async () => {
  const path = join(folder, 'locked.sqlite');
  const store = await sqlite(path);
  const lock = locked(path);
  await unavailable(store.commit({ received: message('late') }), /another process keeps writing$/);
  lock.release();
  await commits(store.commit({ received: message('next') }));
  assert.equal(await listed(store), ['next']);
  await store.close();
});

test('while the file is gone nothing is acknowledged, and once it is back the store goes on', async () => {
  const path = join(folder, 'gone.sqlite');
  const store = await sqlite(path);
  await commits(store.commit({ received: message('before') }));
  for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}${suffix}`, `${path}.away${suffix}`);
  const words = /it was taken away or replaced: put it back$/;
  await unavailable(store.commit({ received: message('lost') }), words);
  await unavailable(listed(store), words);
  await unavailable(store.nextDueAt([]), words);
  for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}.away${suffix}`, `${path}${suffix}`);
  await commits(store.commit({ received: message('after') }));
  assert.equal(await listed(store), ['before', 'after']);
  await store.close();
});

test('a copy that is put in the place of the file is opened without a restart', async () => {
  const path = join(folder, 'copied.sqlite');
  const first = await sqlite(path);
  await commits(first.commit({ received: message('in the copy') }));
  await first.close();
  copyFileSync(path, `${path}.copy`);
  const store = await sqlite(path);
  const other = message('not in the copy', { partner: { domain: 'other.example', role: 'AGR' } });
  await commits(store.commit({ received: other }));
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(`${path}.copy`, path);
  await unavailable(store.commit({ received: message('lost') }), /replaced/);
  assert.equal(await listed(store), ['in the copy']);
  await commits(store.commit({ received: other }));
  assert.equal(await listed(store, { partner: other.partner }), ['not in the copy']);
  await store.close();
});
