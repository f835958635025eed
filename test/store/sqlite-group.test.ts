/** @module Group commit in SQLite files: what shares a transaction, and what of it does not share its fate. */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../runtime/ports/store.ts';
import { listed, message, outgoing, work } from '../../runtime/store/conformance/stage.ts';
import type { SqlTx } from '../../runtime/store/sqlite/driver.ts';
import { openFile, type SqlHost } from '../../runtime/store/sqlite/file.ts';
import { fileHost } from '../../runtime/store/sqlite/host-node.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite } from '../../runtime/store/sqlite/node.ts';
import { assert, suite } from '../support/suite.ts';

const openConnection = nodeSqlite() ?? (await loadLibsql());
const test = suite('store: group commit of SQLite');
const folder = mkdtempSync(join(tmpdir(), 'uftp-group-'));
let count = 0;

test.after(() => rmSync(folder, { recursive: true }));

/** A store in a new file, and how often each statement has been prepared or asked for. */
async function fresh(): Promise<{ store: Store<SqlTx>; path: string; commits(): number }> {
  count += 1;
  const path = join(folder, `${count}.sqlite`);
  let commits = 0;
  const open: SqlHost['open'] = (file) => {
    const connection = openConnection(file);
    connection.prepare('PRAGMA foreign_keys = ON').all(); // not every driver does
    return {
      prepare(sql) {
        const statement = connection.prepare(sql);
        if (sql !== 'COMMIT') return statement;
        return {
          all: (...params) => statement.all(...params),
          get: (...params) => statement.get(...params),
          run(...params) {
            commits += 1;
            return statement.run(...params);
          },
        };
      },
      close: () => connection.close(),
    };
  };
  const store = await openFile(path, { ...fileHost, open });
  return {
    store,
    path,
    commits() {
      const before = commits;
      commits = 0;
      return before;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('commits that arrive in one turn share a transaction, also from several callbacks of it', async () => {
  const { store, commits } = await fresh();
  commits();
  const later = turn().then(() => [1, 2, 3].map((each) => store.commit({ received: message(`${each}`) })));
  const results = await Promise.all(['a', 'b', 'c'].map((each) => store.commit({ received: message(each) })));
  assert.ok(results.every(({ status }) => status === 'committed'));
  await Promise.all(await later);
  assert.is(commits(), 1);
  assert.equal(await listed(store), ['a', 'b', 'c', '1', '2', '3']);
  await store.close();
});

test('a commit that comes alone is on disk when the turn is over', async () => {
  const { store, path } = await fresh();
  const other = await openFile(path, { ...fileHost, open: openConnection });
  let status = '';
  void store.commit({ received: message('m') }).then((result) => {
    status = result.status;
  });
  await turn();
  assert.is(status, 'committed');
  assert.equal(await listed(other), ['m']);
  await Promise.all([store.close(), other.close()]);
});

test('of those that share a transaction each sees the ones before it', async () => {
  const { store } = await fresh();
  const read = [{ participant: message('m').participant, key: message('m').index[0] ?? fail(), revision: 0 }];
  const results = await Promise.all([
    store.commit({ received: message('same') }),
    store.commit({ received: message('same', { content: '22' }) }),
    store.commit({ received: message('moved'), read }),
  ]);
  assert.equal(
    results.map(({ status }) => status),
    ['committed', 'duplicate', 'conflict'],
  );
  assert.equal(await listed(store), ['same']);
  await store.close();
});

test('of those that share a transaction one that throws is undone alone, with what it wrote', async () => {
  const { store, commits } = await fresh();
  await store.commit({ inside: (tx) => tx.run('CREATE TABLE notes (text TEXT)') });
  commits();
  const note = (text: string) => (tx: SqlTx) => tx.run('INSERT INTO notes VALUES (?)', [text]);
  const reason = new Error('no');
  const failing = store.commit({
    received: message('b', { partner: { domain: 'other.example', role: 'AGR' } }),
    inside(tx) {
      note('b')(tx);
      throw reason;
    },
  });
  const results = await Promise.allSettled([
    store.commit({ received: message('a'), inside: note('a') }),
    failing,
    store.commit({ outgoing: [outgoing('twice'), outgoing('twice')], inside: note('twice') }),
    store.commit({ received: message('c'), inside: note('c') }),
  ]);
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  assert.is(results[1]?.status === 'rejected' && results[1].reason, reason);
  assert.ok(results[2]?.status === 'rejected' && results[2].reason instanceof RangeError);
  assert.is(commits(), 1);
  const notes: unknown[] = [];
  await store.commit({ inside: (tx) => void notes.push(...tx.all('SELECT text FROM notes')) });
  assert.equal(JSON.parse(JSON.stringify(notes)), [{ text: 'a' }, { text: 'c' }]);
  assert.equal(await listed(store), ['a', 'c']);
  await store.close();
});

test('of those that share a transaction one that is unsound leaves the others alone, and no place is given twice', async () => {
  const { store } = await fresh();
  const results = await Promise.allSettled([
    store.commit({ received: message('a') }),
    store.commit({ outgoing: [outgoing('twice'), outgoing('twice')] }),
    store.commit({ received: message('b'), work: [work(message('nobody'))] }),
    store.commit({ received: message('c') }),
  ]);
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  await store.commit({ received: message('d') });
  assert.equal(await listed(store), ['a', 'c', 'd']);
  const { messages } = await store.list({});
  assert.is(new Set(messages.map(({ place }) => place)).size, 3);
  await store.close();
});

test('a commit that fails only when its transaction ends leaves the others of its group alone', async () => {
  const { store } = await fresh();
  const pairs = `CREATE TABLE pairs (one TEXT PRIMARY KEY,
    other TEXT NOT NULL REFERENCES pairs (one) DEFERRABLE INITIALLY DEFERRED)`;
  await store.commit({ inside: (tx) => tx.run(pairs) });
  const pair = (one: string, other: string) => (tx: SqlTx) =>
    tx.run('INSERT INTO pairs VALUES (?, ?)', [one, other]);
  const results = await Promise.allSettled([
    store.commit({ received: message('a'), inside: pair('a', 'a') }),
    store.commit({ received: message('b'), inside: pair('b', 'nobody') }),
    store.commit({ received: message('c'), inside: pair('c', 'a') }),
  ]);
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.match(String(results[1]?.status === 'rejected' && results[1].reason), /FOREIGN KEY/);
  assert.equal(await listed(store), ['a', 'c']);
  await store.close();
});

test('a commit that undoes the whole transaction leaves the others of its group alone', async () => {
  const { store } = await fresh();
  await store.commit({ inside: (tx) => tx.run('CREATE TABLE notes (text TEXT PRIMARY KEY)') });
  const note = (text: string) => (tx: SqlTx) => tx.run('INSERT OR ROLLBACK INTO notes VALUES (?)', [text]);
  const results = await Promise.allSettled(
    ['a', 'b', 'a', 'c'].map((text, index) =>
      store.commit({ received: message(`${index}`), inside: note(text) }),
    ),
  );
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(await listed(store), ['0', '1', '3']);
  await store.close();
});

test('600 commits at once take three transactions, and stand in their order', async () => {
  const { store, commits } = await fresh();
  commits();
  const identities = Array.from({ length: 600 }, (_, index) => `${index}`);
  await Promise.all(identities.map((identity) => store.commit({ received: message(identity) })));
  assert.is(commits(), 3);
  assert.equal(await listed(store), identities);
  await store.close();
});

test('what was asked for before a store is closed is written', async () => {
  const { store, path } = await fresh();
  const asked = Promise.all(['a', 'b'].map((each) => store.commit({ received: message(each) })));
  await store.close();
  assert.equal(
    (await asked).map(({ status }) => status),
    ['committed', 'committed'],
  );
  const again = await openFile(path, { ...fileHost, open: openConnection });
  assert.equal(await listed(again), ['a', 'b']);
  await again.close();
});

test('the file that is written ahead stays small, since checkpoints empty it', async () => {
  const { store, path } = await fresh();
  const body = new Uint8Array(5000);
  let written = 0;
  for (let round = 0; round < 60; round += 1) {
    const messages = Array.from({ length: 100 }, (_, index) => message(`${round} ${index}`, { body }));
    await Promise.all(messages.map((received) => store.commit({ received })));
    written += messages.length * body.length;
  }
  const ahead = statSync(`${path}-wal`).size;
  assert.ok(written === 30e6 && ahead < 20e6, `${ahead} bytes ahead of ${written}`);
  await store.close();
});

function fail(): never {
  throw new Error('a message without a key');
}
