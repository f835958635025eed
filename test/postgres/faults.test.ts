/** @module What goes wrong with PostgreSQL: tables that do not fit, lost connections, a server that goes and comes. */

import { inspect } from 'node:util';
import type { Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import {
  claim,
  commits,
  conversation,
  finish,
  listed,
  message,
  outgoing,
  rejects,
  soon,
  stored,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { gate } from '../support/participants.ts';
import { freshSchema } from '../support/postgres.ts';
import { assert } from '../support/suite.ts';
import { serverSuite } from './server.ts';

const { admin, nodes, server, test } = serverSuite('postgres: faults');

async function unavailable(result: Promise<unknown>): Promise<void> {
  const error = await rejects(result, 'what was asked');
  assert.match(String(error), '[store-unavailable]');
}

/** The server process of a commit that waits for another, as soon as there is one. */
async function waiting(): Promise<number> {
  for (let looks = 0; looks < 10_000; looks += 1) {
    const [row] = await admin()<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%commit%'`;
    if (row !== undefined) return row.pid;
  }
  throw new Error('no commit waits');
}

test('tables of a newer version are refused, with what to do', async () => {
  await nodes(1, async (_, schema) => {
    await admin()`INSERT INTO ${admin()(schema)}.migration VALUES (99)`;
    const error = await rejects(postgres(server().url, { schema }), 'opening');
    assert.is(
      String(error),
      `UftpError: [store-unavailable] the tables of schema ${schema} are of version 99, this package knows 3: update it`,
    );
  });
});

test('where the tables are up to date, a node needs no right to make any', async () => {
  await nodes(1, async (_, schema) => {
    await admin()`CREATE ROLE plain LOGIN`;
    await admin()`GRANT USAGE ON SCHEMA ${admin()(schema)} TO plain`;
    await admin()`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${admin()(schema)} TO plain`;
    await admin()`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${admin()(schema)} TO plain`;
    const store = await postgres(server().url.replace('uftp@', 'plain@'), { schema });
    await commits(store.commit({ received: message('m') }));
    await store.close();
  });
});

test('the name of a schema is checked, since it stands in statements', async () => {
  for (const schema of ['', 'Uftp', 'a"b', 'a b', '1a', 'a'.repeat(41)]) {
    assert.instance(await rejects(postgres(server().url, { schema }), schema), TypeError);
  }
});

test('a schema stands in the connection string too, and an option goes before it', async () => {
  const named = `${server().url}?application_name=a%20name&schema=in_url`;
  const store = await postgres(named, { max: 1 });
  await commits(store.commit({ received: message('m') }));
  const name = async (tx: PgTx): Promise<void> => {
    const [row] = await tx<{ name: string }>`SELECT current_setting('application_name') AS name`;
    assert.is(row?.name, 'a name');
  };
  await commits(store.commit({ inside: name }));
  const other = await postgres(named, { schema: 'in_option' });
  assert.equal(await listed(other), []);
  const same = await postgres(server().url, { schema: 'in_url' });
  assert.equal(await listed(same), ['m']);
  await Promise.all([store, other, same].map((each) => each.close()));
  assert.instance(await rejects(postgres(`${server().url}?schema=In%20Url`), 'a schema'), TypeError);
});

test('where no tables are to be made, a schema without a store is refused and nothing is made', async () => {
  const schema = freshSchema();
  const open = (): Promise<Store<PgTx>> => postgres(server().url, { schema, make: false });
  assert.is(
    String(await rejects(open(), 'opening')),
    `UftpError: [store-unavailable] there is no UFTP store in schema ${schema}`,
  );
  assert.equal([...(await admin()`SELECT 1 FROM pg_namespace WHERE nspname = ${schema}`)], []);
  const made = await postgres(server().url, { schema });
  const store = await open();
  await commits(made.commit({ received: message('m') }));
  assert.equal(await listed(store), ['m']);
  await Promise.all([made.close(), store.close()]);
});

test('a connection string that is no URL is told with what to do, and is not told', async () => {
  const urls = [
    'postgres://u:se#cret@db.example/x',
    'postgres://u:12#secret@db.example/x',
    'postgres://u:secret@h:99999/x',
  ];
  for (const url of [...urls, 'postgres://u:%secret@h/x', 'uftp.secret', '%', '']) {
    const error = await rejects(postgres(url), url);
    assert.instance(error, TypeError);
    assert.is(
      (error as Error).message,
      'the connection string is no URL: write # % @ of a password as %23 %25 %40',
    );
    assert.not.match(inspect(error), 'secret');
  }
});

test('a connection that is lost inside a commit undoes it, and the store goes on', async () => {
  await nodes(1, async ([store]) => {
    await unavailable(
      store.commit({
        received: message('m'),
        async inside(tx) {
          const [row] = await tx<{ pid: number }>`SELECT pg_backend_pid() AS pid`;
          await admin()`SELECT pg_terminate_backend(${row?.pid ?? 0}, 5000)`;
          await tx`SELECT 1`;
        },
      }),
    );
    assert.equal(await listed(store), []);
    await commits(store.commit({ received: message('m') }));
  });
});

test('a commit whose connection is lost while it waits for another writes nothing', async () => {
  await nodes(2, async ([one, two]) => {
    const [entered, leave] = [gate(), gate()];
    const slow = one.commit({
      received: message('slow'),
      async inside() {
        entered.open();
        await leave.opened;
      },
    });
    await entered.opened;
    const lost = unavailable(two.commit({ received: message('lost') }));
    await admin()`SELECT pg_terminate_backend(${await waiting()})`;
    await lost;
    leave.open();
    await commits(slow);
    assert.equal(await listed(two), ['slow']);
  });
});

test('a server that is gone is told, and when it is back the same store has all that was committed', async () => {
  await nodes(2, async ([one, two]) => {
    let wake = (): void => {};
    one.watch(() => wake());
    const offer = message('offer');
    await commits(one.commit({ received: offer, work: [work(offer)] }));
    const [lease] = await claim(one, 'work', 0);
    await server().halt();
    await unavailable(one.commit({ received: message('meanwhile') }));
    await unavailable(one.commit({ received: message('meanwhile'), inside: () => {} }));
    await unavailable(two.read({ participant: us, scopes: [conversation()] }));
    await unavailable(two.nextDueAt([us]));
    await server().start();
    assert.equal(await listed(one), ['offer']);
    await finish(two, lease);
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const late = message('late');
    await commits(two.commit({ received: late, work: [work(late)] }));
    await soon(woken, 'the wake by the commit, or for it when it listens again');
    await commits(one.commit({ received: message('after') }));
  });
});

test('mistakes in a commit are told as what they are, not as faults of the server', async () => {
  await nodes(1, async ([store]) => {
    const twice = store.commit({ outgoing: [outgoing('m'), outgoing('m')] });
    assert.instance(await rejects(twice, 'one identity twice'), RangeError);
    const stray = store.commit({ work: [work(message('unknown'))] });
    assert.is(
      String(await rejects(stray, 'stray work')),
      'RangeError: work process unknown is on a message that is not stored',
    );
  });
});

test('a server that is not there is told when the store is opened', async () => {
  await unavailable(postgres('postgres://uftp@127.0.0.1:1/postgres'));
});

test('text that PostgreSQL cannot hold does not keep a task from ending', async () => {
  await nodes(1, async ([store]) => {
    await commits(store.commit({ outgoing: [outgoing('m')] }));
    const [lease] = await claim(store, 'outgoing', 0);
    await finish(store, lease, { end: 'dead', attempt: { at: 1, text: 'a\0b\ud800c 😀' } });
    const { attempts } = await stored(store, outgoing('m').record);
    assert.is(attempts[0]?.text, 'a\ufffdb\ufffdc 😀');
  });
});
