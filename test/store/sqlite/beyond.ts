/** @module What stores in SQLite promise beyond the contract, as cases for any runtime. */

import type { Store } from '../../../runtime/ports/store.ts';
import {
  commits,
  conversation,
  equal,
  listed,
  message,
  outgoing,
  rejects,
  revision,
  stored,
} from '../../../runtime/store/conformance/stage.ts';
import type { Case } from '../../../runtime/store/conformance.ts';
import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';

/**
 * Makes the cases.
 *
 * @param fresh opens an empty store
 * @param another opens the data of a store once more
 */
export function beyond(
  fresh: () => Promise<Store<SqlTx>>,
  another: (store: Store<SqlTx>) => Promise<Store<SqlTx>>,
): Case[] {
  const scenarios: Readonly<Record<string, (store: Store<SqlTx>) => Promise<void>>> = {
    'a body of 4 MiB comes back to the byte': async (store) => {
      const body = Uint8Array.from({ length: 4 * 1024 * 1024 }, (_, index) => index * 7);
      await commits(store.commit({ received: message('large', { body }) }));
      const { body: kept } = await stored(store, message('large'));
      equal(kept.length, body.length, 'length');
      equal(
        kept.every((byte, index) => byte === body[index]),
        true,
        'the bytes',
      );
      equal(await store.prune({ bodiesBefore: 1, recordsBefore: 0 }), { bodies: 1, records: 0 }, 'pruned');
      equal((await stored(store, message('large'))).body.length, 0, 'length after pruning');
    },
    'a transaction cannot be used when it has ended': async (store) => {
      let kept: SqlTx | undefined;
      await commits(
        store.commit({
          inside(tx) {
            kept = tx;
          },
        }),
      );
      for (const use of [() => kept?.run('SELECT 1'), () => kept?.all('SELECT 1')]) {
        const error = await rejects((async () => use())(), 'use of the transaction');
        equal(error instanceof TypeError, true, 'a TypeError');
      }
    },
    'a store that is called from inside its commit says so, and the commit stands': async (store) => {
      const calls: Promise<unknown>[] = [];
      await commits(
        store.commit({
          received: message('outer'),
          inside() {
            calls.push(rejects(store.commit({ received: message('inner') }), 'commit inside'));
            calls.push(rejects(store.list({}), 'list inside'));
          },
        }),
      );
      for (const call of calls) equal((await call) instanceof TypeError, true, 'a TypeError');
      equal(await listed(store), ['outer'], 'messages');
    },
    'what users write inside is undone with a commit that is unsound': async (store) => {
      await commits(store.commit({ inside: (tx) => tx.run('CREATE TABLE notes (text TEXT)') }));
      const unsound = store.commit({
        outgoing: [outgoing('m'), outgoing('m')],
        inside: (tx) => tx.run("INSERT INTO notes VALUES ('one')"),
      });
      equal((await rejects(unsound, 'the commit')) instanceof RangeError, true, 'a RangeError');
      await commits(
        store.commit({ inside: (tx) => equal(tx.all('SELECT * FROM notes'), [], 'what was noted') }),
      );
      equal(await revision(store, conversation()), 0, 'revision');
    },
    'a commit that was undone leaves no number of a party behind': async (store) => {
      const undone = message('m', { partner: { domain: 'undone.example', role: 'AGR' } });
      const fail = (): never => {
        throw new Error('no');
      };
      await rejects(store.commit({ received: undone, inside: fail }), 'the commit');
      await commits(store.commit({ received: message('n') }));
      equal(await listed(store, { partner: undone.partner }), [], 'messages of the one that was undone');
      equal(await listed(store, { partner: message('n').partner }), ['n'], 'messages of the other');
    },
    'more statements may be used than are kept': async (store) => {
      const inside = (tx: SqlTx): void => {
        for (let index = 0; index < 500; index += 1) {
          equal(tx.all(`SELECT ${index} AS value`), [{ value: index }], 'a row');
        }
      };
      await commits(store.commit({ received: message('m'), inside }));
      equal(await listed(store), ['m'], 'messages');
    },
    'thousands are pruned in steps, with other work between them': async (store) => {
      for (let index = 0; index < 1201; index += 1) {
        await commits(store.commit({ received: message(`m${index}`, { at: index }) }));
      }
      const pruning = store.prune({ bodiesBefore: 1e6, recordsBefore: 1101 });
      await commits(store.commit({ received: message('between', { at: 2e6 }) }));
      equal(await pruning, { bodies: 100, records: 1101 }, 'removed');
      equal((await listed(store)).length, 101, 'messages');
      equal(
        await revision(store, conversation()),
        (await stored(store, message('between'))).place,
        'revision',
      );
    },
    'pruning that is called off ends with the step that is under way, and goes on where it was': async (
      store,
    ) => {
      for (let index = 0; index < 1201; index += 1) {
        await commits(store.commit({ received: message(`m${index}`, { at: index }) }));
      }
      const calledOff = new AbortController();
      const before = { bodiesBefore: 0, recordsBefore: 1e6 };
      const pruning = store.prune({ ...before, signal: calledOff.signal });
      calledOff.abort();
      const { records } = await pruning;
      equal(records <= 500, true, `no more than a step: ${records}`);
      equal(await store.prune(before), { bodies: 0, records: 1201 - records }, 'removed then');
    },
    'a store that is closed while it prunes ends that first': async (store) => {
      for (let index = 0; index < 600; index += 1) {
        await commits(store.commit({ received: message(`m${index}`) }));
      }
      const pruning = store.prune({ bodiesBefore: 1, recordsBefore: 1 });
      await store.close();
      equal(await pruning, { bodies: 0, records: 600 }, 'removed');
    },
    'tables of a newer version are refused': async (store) => {
      await commits(store.commit({ inside: (tx) => tx.run('UPDATE uftp_schema SET version = 99') }));
      const error = await rejects(another(store), 'the second');
      equal(String(error).includes('update it'), true, 'what it says');
    },
  };
  return Object.entries(scenarios).map(([title, play]) => ({
    title,
    async run() {
      const store = await fresh();
      try {
        await play(store);
      } finally {
        await store.close();
      }
    },
  }));
}
