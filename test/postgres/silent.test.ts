/** @module A PostgreSQL that does not answer: what is asked fails in time, what comes late is undone, and stores close. */

import { createServer, connect as dial, type Socket } from 'node:net';
import { isUftpError } from '../../runtime/errors.ts';
import { postgres } from '../../runtime/postgres.ts';
import {
  claim,
  commits,
  listed,
  message,
  outgoing,
  rejects,
  us,
} from '../../runtime/store/conformance/stage.ts';
import { gate } from '../support/participants.ts';
import { freshSchema } from '../support/postgres.ts';
import { assert } from '../support/suite.ts';
import { serverSuite } from './server.ts';

const { admin, server, test } = serverSuite('postgres: silence');

/** Long enough for what is answered here. */
const answerMsMax = 1000;

async function unanswered(result: Promise<unknown>, what: string): Promise<void> {
  const error = await rejects(result, what);
  assert.ok(isUftpError(error) && error.code === 'store-unavailable', `${what}: ${error}`);
  assert.match(error.text, 'no answer of the PostgreSQL server in 1000 ms');
}

/** Stands between: it passes on what comes, until it is silenced and does so no more, without closing anything. */
async function proxy(to: string): Promise<{ url: string; silence(): void; end(): void }> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let silent = false;
  const listener = createServer((near) => {
    const far = dial(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => {
        if (!silent) other.write(bytes);
      });
      one.on('close', () => {
        if (!silent) other.destroy();
      });
      one.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: to.replace(`:${port}`, `:${own}`),
    silence() {
      silent = true;
    },
    end() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('what a server does not answer fails in time, whatever it is, and the store can be closed', async () => {
  const between = await proxy(server().url);
  const store = await postgres(between.url, { schema: freshSchema(), answerMsMax });
  store.watch(() => {});
  await commits(store.commit({ outgoing: [outgoing('m')] }));
  const [lease] = await claim(store, 'outgoing', 0);
  assert.ok(lease !== undefined);
  between.silence();
  const asked: Readonly<Record<string, Promise<unknown>>> = {
    commit: store.commit({ received: message('n') }),
    inside: store.commit({ received: message('o'), inside: () => {} }),
    claim: claim(store, 'outgoing', 0),
    renew: store.renew(lease, 1),
    read: store.read({ participant: us, scopes: [] }),
    nextDueAt: store.nextDueAt([us]),
    list: store.list({}),
    prune: store.prune({ bodiesBefore: 1, recordsBefore: 1 }),
  };
  await Promise.all(Object.entries(asked).map(([what, result]) => unanswered(result, what)));
  const late = unanswered(store.read({ participant: us, scopes: [] }), 'read');
  await store.close();
  await late;
  between.end();
});

test('a handler whose writes take too long is told so, and they are undone', async () => {
  await admin()`CREATE TABLE late (text text)`;
  const store = await postgres(server().url, { schema: freshSchema(), answerMsMax, max: 1 });
  const told = gate();
  let thrown: unknown;
  const late = store.commit({
    received: message('m'),
    async inside(tx) {
      await tx`INSERT INTO late VALUES ('first')`;
      await told.opened;
      try {
        await tx`INSERT INTO late VALUES ('second')`;
      } catch (error) {
        thrown = error;
      }
    },
  });
  await unanswered(late, 'the commit');
  told.open();
  assert.equal(await listed(store), []); // by the same connection, when its transaction has ended
  assert.match(String(thrown), 'TypeError: the transaction has ended');
  assert.equal([...(await admin()`SELECT text FROM late`)], []);
  await commits(store.commit({ received: message('m') }));
  await store.close();
});

test('a limit that no clock can keep is refused', async () => {
  for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    assert.instance(await rejects(postgres(server().url, { answerMsMax: wrong }), `${wrong}`), RangeError);
  }
});
