/** @module What the memory store promises beyond the contract. */

import { isUftpError } from '../../runtime/errors.ts';
import type { MessageRecord, Outgoing } from '../../runtime/ports/store.ts';
import type { Party } from '../../runtime/roles.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: memory');

const us: Party = { domain: 'dso.example', role: 'DSO' };

function outgoing(identity: string, orderKey: string, changes: Partial<MessageRecord> = {}): Outgoing {
  const record: MessageRecord = {
    participant: us,
    direction: 'out',
    partner: { domain: 'agr.example', role: 'AGR' },
    identity,
    type: 'FlexRequest',
    version: '3.1.0',
    messageId: identity,
    conversationId: orderKey,
    content: '',
    body: new Uint8Array(16),
    at: 0,
    index: [{ name: 'conversation', value: orderKey }],
    ...changes,
  };
  return { record, orderKey, dueAt: 0 };
}

test('it says that it forgets', () => {
  const { name, durable } = memory();
  assert.equal({ name, durable }, { name: 'memory', durable: false });
});

test('100,000 messages of 1,000 order keys are committed and drained in order', async () => {
  const store = memory();
  for (let index = 0; index < 100_000; index += 1) {
    await store.commit({ outgoing: [outgoing(`${index}`, `key ${index % 1000}`, { at: index })] });
  }
  const last = new Map<string, number>();
  let drained = 0;
  for (;;) {
    const leases = await store.claim({ queue: 'outgoing', participants: [us], now: 0, until: 1, limit: 64 });
    if (leases.length === 0) break;
    for (const lease of leases) {
      const { identity, conversationId } = lease.message;
      assert.ok((last.get(conversationId) ?? -1) < Number(identity));
      last.set(conversationId, Number(identity));
      await store.commit({ finish: { lease, outcome: { end: 'done', attempt: { at: 0, text: '' } } } });
      drained += 1;
    }
  }
  assert.is(drained, 100_000);
  assert.is(await store.nextDueAt([us]), undefined);
  assert.equal(await store.prune({ bodiesBefore: 0, recordsBefore: 1e6 }), { bodies: 0, records: 100_000 });
});

test('messages that arrive out of time are listed in time', async () => {
  const store = memory();
  for (let index = 0; index < 2000; index += 1) {
    await store.commit({ outgoing: [outgoing(`${index}`, 'k', { at: (index * 7919) % 2000 })] });
  }
  const { messages } = await store.list({ limit: 2000 });
  assert.equal(
    messages.map(({ at }) => at),
    Array.from({ length: 2000 }, (_, at) => at),
  );
});

test('a commit is written before it returns, unless another waits inside', async () => {
  const store = memory();
  const known = async (identity: string): Promise<boolean> => {
    const { record } = outgoing(identity, 'k');
    return (await store.read({ participant: us, message: record, scopes: [] })).known !== undefined;
  };
  void store.commit({ outgoing: [outgoing('a', 'k')] });
  const first = known('a');
  void store.commit({ outgoing: [outgoing('b', 'k')] });
  const second = known('b');
  assert.equal(await Promise.all([first, second]), [true, true]);
  const slow = store.commit({ outgoing: [outgoing('c', 'k')], inside: () => Promise.resolve() });
  const behind = store.commit({ outgoing: [outgoing('d', 'k')] });
  const third = [known('c'), known('d')];
  await Promise.all([slow, behind]);
  assert.equal(await Promise.all(third), [false, false]);
  assert.equal(await Promise.all([known('c'), known('d')]), [true, true]);
});

test('50,000 commits may wait for one that waits inside', async () => {
  const store = memory();
  let release = (): void => {};
  const slow = store.commit({
    inside: () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  });
  const waiting = Array.from({ length: 50_000 }, (_, index) =>
    store.commit({ outgoing: [outgoing(`${index}`, 'k')] }),
  );
  await Promise.resolve();
  release();
  await slow;
  assert.ok((await Promise.all(waiting)).every(({ status }) => status === 'committed'));
  const { messages } = await store.list({ limit: 50_000 });
  assert.ok(messages.every(({ identity }, index) => identity === `${index}`));
});

test('what is asked of the store from inside a commit comes after it', async () => {
  const store = memory();
  let nested: Promise<unknown> | undefined;
  await store.commit({
    outgoing: [outgoing('a', 'k')],
    inside() {
      nested = store.commit({ outgoing: [outgoing('b', 'k')] });
    },
  });
  await nested;
  const { messages } = await store.list({});
  assert.equal(
    messages.map(({ identity }) => identity),
    ['a', 'b'],
  );
});

test('a body that is a Buffer is copied, not shared', async () => {
  const store = memory();
  const body = Buffer.from('signed bytes');
  await store.commit({ outgoing: [outgoing('a', 'k', { body })] });
  body.fill(0);
  const { messages } = await store.list({});
  assert.is(new TextDecoder().decode(messages[0]?.body), 'signed bytes');
});

test('values that were set or deleted inside a commit that fails are as before', async () => {
  const store = memory();
  await store.commit({
    inside(tx) {
      tx.set('a', 1);
      tx.set('b', undefined);
    },
  });
  const failing = store.commit({
    inside(tx) {
      tx.set('a', 2);
      tx.delete('a');
      assert.is(tx.get('a'), undefined);
      tx.set('c', 3);
      assert.is(tx.get('c'), 3);
      throw new Error('no');
    },
  });
  await failing.catch(() => {});
  await store.commit({
    inside(tx) {
      assert.equal([tx.get('a'), tx.get('c')], [1, undefined]);
      tx.delete('a');
    },
  });
  await store.commit({ inside: (tx) => assert.is(tx.get('a'), undefined) });
});

test('a transaction cannot be used when it has ended', async () => {
  const store = memory();
  let kept: MemoryTx | undefined;
  await store.commit({
    inside(tx) {
      kept = tx;
    },
  });
  assert.throws(() => kept?.set('a', 1), /the transaction has ended/);
  assert.throws(() => kept?.get('a'), /the transaction has ended/);
  assert.throws(() => kept?.delete('a'), /the transaction has ended/);
});

test('two that watch with one function are woken and end separately', async () => {
  const store = memory();
  let calls = 0;
  const wake = (): void => {
    calls += 1;
  };
  const end = store.watch(wake);
  store.watch(wake);
  await store.commit({ outgoing: [outgoing('a', 'k')] });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(calls, 2);
  end();
  await store.commit({ outgoing: [outgoing('b', 'k')] });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(calls, 3);
  const endOther = store.watch(wake);
  void store.commit({ outgoing: [outgoing('c', 'k')] });
  endOther();
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(calls, 4, 'the one that has ended is not woken for a commit before');
});

test('a closed store says so', async () => {
  const store = memory();
  await store.close();
  const error = await store.commit({}).catch((thrown: unknown) => thrown);
  assert.ok(isUftpError(error));
  assert.is(error.code, 'store-unavailable');
});

test('closing waits for a commit that waits inside, and for those behind it', async () => {
  const store = memory();
  const ends: string[] = [];
  const note = (end: string) => (): void => {
    ends.push(end);
  };
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const slow = store.commit({ outgoing: [outgoing('a', 'k')], inside: pause }).then(note('slow'));
  const behind = store.commit({ outgoing: [outgoing('b', 'k')] }).then(note('behind'));
  const closed = store.close().then(note('closed'));
  await Promise.all([slow, behind, closed]);
  assert.equal(ends, ['slow', 'behind', 'closed']);
});
