/** @module How SQLite stores are opened and closed: what is made, what is still under way, and what is left behind. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, commits, listed, outgoing, rejects } from '../../runtime/store/conformance/stage.ts';
import { openFile, type SqlConnection, SqlFile, type SqlHost } from '../../runtime/store/sqlite/file.ts';
import { fileHost } from '../../runtime/store/sqlite/host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite, sqlite } from '../../runtime/store/sqlite/node.ts';
import { assert, suite } from '../support/suite.ts';

const openConnection = nodeSqlite() ?? (await loadLibsql());
const test = suite('store: opening and closing SQLite');
const folder = mkdtempSync(join(tmpdir(), 'uftp-close-'));
let count = 0;

test.after(() => rmSync(folder, { recursive: true }));

/** Where no file lies yet. */
function freshPath(): string {
  count += 1;
  return join(folder, `${count}.sqlite`);
}

/** A host that counts how many connections are open. */
function counting(): { host: SqlHost; connections(): number } {
  let connections = 0;
  const open: SqlHost['open'] = (path) => {
    const connection = openConnection(path);
    connections += 1;
    return {
      prepare: (sql) => connection.prepare(sql),
      close() {
        connections -= 1;
        connection.close();
      },
    };
  };
  return { host: { ...fileHost, open }, connections: () => connections };
}

test('what is under way when a store is closed is answered first, and nothing opens the file again', async () => {
  const { host, connections } = counting();
  const store = await openFile(freshPath(), host);
  await commits(store.commit({ outgoing: [outgoing('m')] }));
  let leased: number | undefined;
  const asked = claim(store, 'outgoing', 0).then((leases) => {
    leased = leases.length;
  });
  await store.close();
  assert.is(leased, 1);
  await asked;
  assert.is(connections(), 0);
});

test('a file that has been closed is not opened again', () => {
  const { host, connections } = counting();
  const file = new SqlFile(freshPath(), host);
  file.close();
  assert.throws(() => file.transaction('read', () => file.all('SELECT 1')), /has been closed/);
  assert.is(connections(), 0);
});

test('a file is opened although another process begins to write as soon as it has its tables', async () => {
  const path = freshPath();
  let lock: SqlConnection | undefined;
  const open: SqlHost['open'] = (file) => {
    const connection = openConnection(file);
    return {
      prepare(sql) {
        const statement = connection.prepare(sql);
        if (sql !== 'COMMIT') return statement;
        return {
          all: (...params) => statement.all(...params),
          get: (...params) => statement.get(...params),
          run(...params) {
            statement.run(...params);
            lock = openConnection(path);
            lock.prepare('BEGIN IMMEDIATE').run();
          },
        };
      },
      close: () => connection.close(),
    };
  };
  const store = await openFile(path, { ...fileHost, open });
  lock?.close();
  await store.close();
});

test('who watches a store that has been closed starts no timer', async () => {
  const store = await openFile(freshPath(), { ...fileHost, open: openConnection });
  await store.close();
  const { setInterval } = globalThis;
  let timers = 0;
  globalThis.setInterval = ((...given: Parameters<typeof setInterval>) => {
    timers += 1;
    return setInterval(...given);
  }) as typeof setInterval;
  try {
    store.watch(() => {})();
  } finally {
    globalThis.setInterval = setInterval;
  }
  assert.is(timers, 0);
});

test('where no tables are to be made, a path without a store is refused and nothing of it is changed', async () => {
  const { host, connections } = counting();
  const [nothing, empty, other] = [freshPath(), freshPath(), freshPath()];
  writeFileSync(empty, '');
  const connection = openConnection(other);
  connection.prepare('CREATE TABLE orders (reference TEXT)').run();
  connection.close();
  const before = readFileSync(other);
  for (const path of [nothing, empty, other, ':memory:']) {
    const error = await rejects(openFile(path, host, { make: false }), path);
    assert.is(String(error), `UftpError: [store-unavailable] there is no UFTP store in ${path}`);
  }
  assert.is(existsSync(nothing), false);
  assert.is(readFileSync(empty).length, 0);
  assert.ok(readFileSync(other).equals(before));
  assert.is(connections(), 0);
});

test('where no tables are to be made, a store that is there is opened, also while another has it open', async () => {
  const path = freshPath();
  const first = await sqlite(path);
  const second = await sqlite(path, { make: false });
  await commits(first.commit({ outgoing: [outgoing('m')] }));
  assert.equal(await listed(second), ['m']);
  await Promise.all([first.close(), second.close()]);
  const third = await sqlite(path, { make: false });
  assert.equal(await listed(third), ['m']);
  await third.close();
});
