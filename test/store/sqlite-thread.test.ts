/** @module The thread of a SQLite file: what goes over to it, what stays here, and what is left when it ends. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { isUftpError, UftpError } from '../../runtime/errors.ts';
import type { Committed, Store } from '../../runtime/ports/store.ts';
import {
  claimOne,
  commits,
  finish,
  listed,
  message,
  outgoing,
  rejects,
  stored,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { fromFault, toFault } from '../../runtime/store/sqlite/calls.ts';
import type { SqlTx } from '../../runtime/store/sqlite/driver.ts';
import { sqlite } from '../../runtime/store/sqlite/node.ts';
import { flags, runScript } from '../runtimes/remote.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: the thread of SQLite');
const folder = mkdtempSync(join(tmpdir(), 'uftp-thread-'));
const root = fileURLToPath(new URL('../../', import.meta.url));
let count = 0;

/** Those that were started since the last store was opened. */
let threads: Worker[] = [];
const note = (thread: Worker): unknown => threads.push(thread);
process.on('worker', note);
test.before(async () => (await fresh()).store.close()); // to make the program run may take a thread as well
test.after(() => {
  process.off('worker', note);
  rmSync(folder, { recursive: true });
});

/** A store in a new file, and the threads that are started for it. */
async function fresh(): Promise<{ store: Store<SqlTx>; path: string; threads: readonly Worker[] }> {
  count += 1;
  const path = join(folder, `${count}.sqlite`);
  threads = [];
  return { store: await sqlite(path), path, threads };
}

/** How many transactions stand in the file that is written ahead: each ends with a frame that says how long the database is. */
function transactions(path: string): number {
  const ahead = readFileSync(`${path}-wal`);
  const frameBytes = 24 + ahead.readUInt32BE(8);
  let ends = 0;
  for (let at = 32; at + frameBytes <= ahead.length; at += frameBytes) {
    if (ahead.readUInt32BE(at + 4) > 0) ends += 1;
  }
  return ends;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const statuses = (all: readonly Committed[]): readonly string[] => [
  ...new Set(all.map(({ status }) => status)),
];

test('a file is worked on in a thread of its own, which ends with the store, and memory is not', async () => {
  const { store, threads } = await fresh();
  const ended = new Promise((resolve) => threads[0]?.once('exit', resolve));
  const volatile = await sqlite(':memory:');
  assert.is(threads.length, 1);
  await Promise.all([store.close(), volatile.close()]);
  await ended;
});

test('what one turn of the loop asks shares a transaction, also from several callbacks of it', async () => {
  const { store, path } = await fresh();
  const before = transactions(path);
  const later = turn().then(() => [1, 2, 3].map((each) => store.commit({ received: message(`${each}`) })));
  const first = ['a', 'b', 'c'].map((each) => store.commit({ received: message(each) }));
  assert.equal(statuses(await Promise.all([...first, ...(await later)])), ['committed']);
  assert.ok(transactions(path) - before <= 2, `${transactions(path) - before} transactions`);
  assert.equal(await listed(store), ['a', 'b', 'c', '1', '2', '3']);
  await store.close();
});

test("users' writes see the commits that were asked for before them", async () => {
  const { store } = await fresh();
  let seen: readonly unknown[] = [];
  const look = (tx: SqlTx): void => {
    seen = tx.all('SELECT identity FROM uftp_message').map(({ identity }) => identity);
  };
  const before = ['a', 'b'].map((each) => store.commit({ received: message(each) }));
  const looking = store.commit({ received: message('c'), inside: look });
  assert.equal(statuses(await Promise.all([...before, looking])), ['committed']);
  assert.equal(seen, ['a', 'b', 'c']);
  await store.close();
});

test("of 600 commits at once, every third with users' writes, each is kept, in a few transactions", async () => {
  const { store, path } = await fresh();
  await commits(store.commit({ inside: (tx) => tx.run('CREATE TABLE notes (text TEXT)') }));
  const before = transactions(path);
  const identities = Array.from({ length: 600 }, (_, index) => `${index}`);
  const results = await Promise.all(
    identities.map((identity, index) => {
      const inside = (tx: SqlTx): void => tx.run('INSERT INTO notes VALUES (?)', [identity]);
      return store.commit({ received: message(identity), ...(index % 3 === 0 && { inside }) });
    }),
  );
  assert.equal(statuses(results), ['committed']);
  assert.ok(transactions(path) - before <= 6, `${transactions(path) - before} transactions`);
  assert.equal(new Set(await listed(store)), new Set(identities));
  let notes = 0;
  await commits(
    store.commit({
      inside(tx) {
        notes = tx.all('SELECT text FROM notes').length;
      },
    }),
  );
  assert.is(notes, 200);
  await store.close();
});

test("a commit with users' writes wakes who watches before it is answered", async () => {
  const { store } = await fresh();
  let wakes = 0;
  store.watch(() => {
    wakes += 1;
  });
  const received = message('m');
  await commits(store.commit({ received, work: [work(received)], inside: () => {} }));
  await turn();
  assert.ok(wakes > 0);
  await store.close();
});

test('what was under way when the thread ended is refused, and the next request starts another', async () => {
  const { store, threads } = await fresh();
  let wakes = 0;
  store.watch(() => {
    wakes += 1;
  });
  await commits(store.commit({ received: message('before') }));
  const asked = ['a', 'b'].map((each) => store.commit({ received: message(each) }));
  await threads[0]?.terminate();
  for (const commit of asked) {
    const error = await rejects(commit, 'the commit');
    assert.ok(isUftpError(error) && error.code === 'store-unavailable', String(error));
    assert.match(error.message, 'its thread has ended');
  }
  assert.equal(await listed(store), ['before']);
  assert.is(threads.length, 2);
  await commits(store.commit({ outgoing: [outgoing('after')] }));
  await turn();
  assert.ok(wakes > 0, 'the new one wakes, too');
  await store.close();
});

test('a thread may end at any moment: what was acknowledged is there, and nothing is there by half', async () => {
  const { store, threads } = await fresh();
  const acknowledged: string[] = [];
  const ends: unknown[] = [];
  let refused = 0;
  // A thread that nobody asks anything keeps no process alive, also while it is being ended.
  const alive = setInterval(() => {}, 1_000);
  for (let round = 0; round < 10; round += 1) {
    await store.nextDueAt([]); // starts one where there is none
    const names = Array.from({ length: 20 * round + 1 }, (_, index) => `${round} ${index}`);
    const all = Promise.allSettled(
      names.map(async (name, index) => {
        for (let turns = 0; turns < index; turns += 1) await turn();
        const received = message(name);
        const inside = index % 5 === 0 ? { inside: () => {} } : {};
        await commits(store.commit({ received, work: [work(received)], ...inside }));
        acknowledged.push(name);
        if (acknowledged.length % 20 === 0) ends.push(threads.at(-1)?.terminate());
      }),
    );
    refused += (await all).filter(({ status }) => status === 'rejected').length;
    await Promise.all(ends);
  }
  assert.ok(threads.length > 3, `${threads.length} threads`);
  assert.ok(acknowledged.length > 100 && refused > 0, `${acknowledged.length} kept, ${refused} refused`);
  const { messages } = await store.list({ limit: 10_000 });
  const kept = new Set(messages.map(({ identity }) => identity));
  assert.equal(
    acknowledged.filter((identity) => !kept.has(identity)),
    [],
    'lost',
  );
  assert.equal(statesOf(messages), ['waiting'], 'each with its work');
  clearInterval(alive);
  await store.close();
});

const statesOf = (messages: readonly { readonly state: string }[]): readonly string[] => [
  ...new Set(messages.map(({ state }) => state)),
];

test('a store whose thread has ended can be closed, and a closed one starts none', async () => {
  const { store, threads } = await fresh();
  await threads[0]?.terminate();
  await store.close();
  await rejects(store.nextDueAt([]), 'what is asked of a closed store');
  store.watch(() => {})();
  assert.is(threads.length, 1);
});

test('where the file is gone when a new thread opens it, nothing is made in its place', async () => {
  const { store, path, threads } = await fresh();
  await threads[0]?.terminate();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  for (const ask of [() => store.nextDueAt([]), () => store.commit({ inside: () => {} })]) {
    const error = await rejects(ask(), 'the store');
    assert.is(String(error), `UftpError: [store-unavailable] there is no UFTP store in ${path}`);
  }
  await store.close();
});

test('what cannot be sent to the thread is refused, and what was asked with it is done', async () => {
  const { store } = await fresh();
  const odd = Object.assign(message('odd'), { verdict: () => {} }) as unknown as ReturnType<typeof message>;
  const [first, second, third] = await Promise.allSettled([
    store.commit({ received: message('a') }),
    store.commit({ received: odd }),
    store.commit({ received: message('b') }),
  ]);
  assert.equal([first?.status, second?.status, third?.status], ['fulfilled', 'rejected', 'fulfilled']);
  assert.equal(await listed(store), ['a', 'b']);
  await store.close();
});

test('a body that is a part of larger memory comes back to the byte, and stays as it was', async () => {
  const { store } = await fresh();
  const large = Uint8Array.from({ length: 10_000 }, (_, index) => index);
  const body = large.subarray(100, 200);
  await commits(
    store.commit({
      received: message('a', { body }),
      outgoing: [outgoing('b', {}, { body: Buffer.from('text') })],
    }),
  );
  assert.equal((await stored(store, message('a'))).body, large.slice(100, 200));
  assert.equal((await stored(store, outgoing('b').record)).body, new TextEncoder().encode('text'));
  assert.is(body.byteOffset, 100);
  const lease = await claimOne(store, 'outgoing', 0);
  await finish(store, lease);
  assert.is(lease.message.body.length, 4);
  await store.close();
});

test('errors come over as what they were', () => {
  const cause = Object.assign(new Error('disk I/O error'), { errcode: 10, code: 'ERR_SQLITE_ERROR' });
  const fault = structuredClone(toFault(new UftpError('store-unavailable', 'no', { cause })));
  const error = fromFault(fault) as UftpError;
  assert.ok(error instanceof UftpError && isUftpError(error));
  assert.equal(
    [error.code, error.text, error.message],
    ['store-unavailable', 'no', '[store-unavailable] no'],
  );
  const { errcode, code, message: text } = error.cause as typeof cause;
  assert.equal([errcode, code, text], [10, 'ERR_SQLITE_ERROR', 'disk I/O error']);
  for (const Class of [RangeError, TypeError, Error]) {
    const other = fromFault(structuredClone(toFault(new Class('odd'))));
    assert.equal([other.constructor, other.name, other.message], [Class, Class.name, 'odd']);
  }
  assert.is(fromFault(toFault('words')).message, 'words');
  const circle = new Error('circle');
  circle.cause = circle;
  assert.is(fromFault(structuredClone(toFault(circle))).message, 'circle');
});

test('a process with an open store ends when nothing is under way', async () => {
  const script = 'test/store/sqlite/idle.ts';
  const path = join(folder, 'idle.sqlite');
  const done = await runScript(process.execPath, flags.node ?? [], script, path);
  assert.equal(done, { isThreaded: true, messages: 1 });
});

/** Bundles the process that leaves its store open, perhaps with another program beside it. @returns what it found */
async function runBundled(...beside: readonly string[]): Promise<unknown> {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const outdir = mkdtempSync(join(root, 'node_modules/.cache/uftp-bundled-')); // from there packages are found
  try {
    await build({
      entryPoints: [join(root, 'test/store/sqlite/idle.ts'), ...beside.map((file) => join(root, file))],
      entryNames: '[name]',
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      logLevel: 'error',
      format: 'esm',
      platform: 'node',
      packages: 'external',
      alias: { 'shapeshifter-uftp/tables': join(root, 'runtime/tables.ts') },
    });
    return await runScript(process.execPath, [], join(outdir, 'idle.mjs'), join(outdir, 'store.sqlite'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test("a bundle without the thread's program works on the file in this thread", async () => {
  assert.equal(await runBundled(), { isThreaded: false, messages: 1 });
});

test("a bundle with the thread's program beside it starts the thread", async () => {
  assert.equal(await runBundled('runtime/store/sqlite/thread-node.ts'), { isThreaded: true, messages: 1 });
});

test('reads that follow one another without end keep no timer from its turn', async () => {
  const { store } = await fresh();
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, 1);
  const read = async (): Promise<void> => {
    while (!isOver) await store.read({ participant: message('a').participant, scopes: [] });
  };
  await Promise.all(Array.from({ length: 16 }, read));
  await store.close();
});

test("users' writes neither begin nor end a transaction, and who tries harms nobody", async () => {
  const { store } = await fresh();
  for (const sql of ['COMMIT', ' rollback', 'BEGIN IMMEDIATE', 'End'])
    await rejects(
      store.commit({ received: message(sql), inside: (tx) => tx.run(sql) }),
      'transactions are begun and ended by the store',
    );
  const inside = (tx: SqlTx): void => {
    for (const sql of ['SAVEPOINT mine', 'ROLLBACK TO mine', 'RELEASE mine']) tx.run(sql);
  };
  assert.equal(statuses([await store.commit({ received: message('kept'), inside })]), ['committed']);
  assert.equal(await listed(store), ['kept']);
  await store.close();
});

test('calling off one removal leaves another alone', async () => {
  const { store } = await fresh();
  const names = Array.from({ length: 1_200 }, (_, i) => `${i}`);
  await Promise.all(names.map((name) => store.commit({ received: message(name, { at: 1 }) })));
  const before = { bodiesBefore: 2, recordsBefore: 2 };
  const calledOff = new AbortController();
  const first = store.prune({ ...before, signal: calledOff.signal });
  const second = store.prune(before);
  calledOff.abort();
  assert.is((await first).records + (await second).records, 1_200);
  await store.close();
});

test('a file: name opens as SQLite takes it, in this thread', async () => {
  const { path, store } = await fresh();
  await store.close();
  threads = [];
  const named = await sqlite(`file:${path}`);
  await commits(named.commit({ received: message('m') }));
  assert.is(threads.length, 0);
  await named.close();
});

test('a bundle of CommonJS, which does not know where it lies, works on the file in this thread', async () => {
  const outdir = mkdtempSync(join(root, 'node_modules/.cache/uftp-bundled-'));
  const code = `import { sqlite } from './runtime/store/sqlite/node.ts';
    sqlite(process.argv[2]).then(async (store) => { await store.close(); console.log('"closed"'); });`;
  await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    outfile: join(outdir, 'main.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  assert.is(
    await runScript(process.execPath, [], join(outdir, 'main.cjs'), join(outdir, 'x.sqlite')),
    'closed',
  );
  rmSync(outdir, { recursive: true });
});
