/** @module The conformance suite over the memory store. */

import type { Store } from '../../runtime/ports/store.ts';
import { conformance } from '../../runtime/store/conformance.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: conformance of memory');

const own = {
  put(tx: MemoryTx, value: string): void {
    tx.set('value', value);
  },
  get(tx: MemoryTx): string | undefined {
    const value = tx.get('value');
    return typeof value === 'string' ? value : undefined;
  },
};

/** Another door to the same data: a memory store has one process only, so the cases for two are tried on this. */
async function door(store: Store<MemoryTx>): Promise<Store<MemoryTx>> {
  const room = rooms.get(store) ?? store;
  let closed = false;
  const opened = new Proxy(room, {
    get(target, name) {
      if (name === 'close') {
        return async () => {
          closed = true;
        };
      }
      if (closed) return () => Promise.reject(new Error('closed'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  rooms.set(opened, room);
  return opened;
}
const rooms = new WeakMap<Store<MemoryTx>, Store<MemoryTx>>();

const alone = conformance(async () => memory(), { own });
for (const { title, run } of alone) test(title, run);

for (const { title, run } of conformance(async () => door(memory()), { own, another: door })) {
  if (!alone.some((one) => one.title === title)) test(title, run);
}

test('a store that does nothing passes only where nothing is asked', async () => {
  const deaf: Store<MemoryTx> = {
    name: 'deaf',
    durable: false,
    read: async ({ scopes }) => ({
      known: undefined,
      scopes: scopes.map((key) => ({ key, revision: 0, messages: [] })),
    }),
    commit: async ({ inside }) => {
      // Called, so that no case waits for it in vain.
      await inside?.({ get: () => undefined, set: () => {}, delete: () => {} });
      return { status: 'committed' };
    },
    claim: async () => [],
    renew: async () => undefined,
    nextDueAt: async () => undefined,
    list: async () => ({ messages: [] }),
    prune: async () => ({ bodies: 0, records: 0 }),
    watch: (wake) => {
      queueMicrotask(wake);
      return () => {};
    },
    close: async () => {},
  };
  const kept: string[] = [];
  const cases = conformance(async () => deaf, { own, another: async () => deaf });
  await Promise.all(
    cases.map(({ title, run }) =>
      run().then(
        () => kept.push(title),
        () => {},
      ),
    ),
  );
  assert.equal(kept.sort(), [
    'a commit of nothing is committed',
    'a rejection inside a commit leaves nothing behind and is thrown on',
    'a scope without messages has revision 0',
  ]);
});

test('every case has a title of its own', () => {
  const titles = conformance(async () => memory(), { own, another: door }).map(({ title }) => title);
  assert.is(new Set(titles).size, titles.length);
});

test('a case of a synchronous store asks that a promise inside is refused', async () => {
  const refused = 'a promise inside a synchronous transaction undoes the commit with a TypeError';
  const sync = conformance(async () => memory(), { insideMayWait: false });
  const one = sync.find(({ title }) => title === refused);
  assert.ok(one);
  // Memory may wait inside, so it does not refuse.
  const error = await one.run().catch((thrown: unknown) => thrown);
  assert.match(String(error), 'expected a rejection');
  assert.not.ok(sync.some(({ title }) => title.startsWith('a rejection inside')));
});
