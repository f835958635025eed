/** @module When an object makes its service, and what its alarms do, on a storage that only notes alarms. */

import type { Connection } from '../../../runtime/address.ts';
import type { Servable } from '../../../runtime/host.ts';
import { type ParticipantObject, worker } from '../../../runtime/worker.ts';
import { assert, suite } from '../../support/suite.ts';

const test = suite('worker: object');
const wake = 'https://wake.invalid/';
const now = Date.parse('2026-03-02T12:00:00Z');
const realNow = Date.now;
const realError = console.error;
const realSetTimeout = globalThis.setTimeout;
let said: unknown[][] = [];

test.before(() => {
  Date.now = () => now;
  console.error = (...parts: unknown[]) => said.push(parts);
});
test.after(() => {
  Date.now = realNow;
  console.error = realError;
});

/** An object on a storage without tables, and the alarm that is set. */
function open(make: () => Servable | Promise<Servable>): {
  readonly object: ParticipantObject<Servable>;
  readonly storage: { alarm: number | null };
} {
  said = [];
  const storage = {
    alarm: null as number | null,
    sql: { exec: () => ({ toArray: () => [] }) },
    transactionSync: <T>(work: () => T): T => work(),
    getAlarm: async () => storage.alarm,
    async setAlarm(at: number) {
      storage.alarm = at;
    },
    async deleteAlarm() {
      storage.alarm = null;
    },
  };
  const { Participant } = worker(async (_env: object) => make());
  return { object: new Participant({ storage }, {}), storage };
}

function servable(drain: Servable['drain']): Servable {
  return { drain, fetch: async () => new Response('from the service') } as unknown as Servable;
}

const idle = (nextDueAt?: number) => servable(async () => ({ tasks: 0, nextDueAt }));

test('a service is made once, when it is first asked for', async () => {
  let made = 0;
  const { object } = open(() => {
    made += 1;
    return idle();
  });
  assert.is(made, 0);
  const requests = [1, 2, 3].map(() => object.fetch(new Request('https://agr.example/')));
  for (const response of await Promise.all(requests)) assert.is(await response.text(), 'from the service');
  await object.alarm();
  assert.is(made, 1);
});

test('the address of the other side is the one that Cloudflare states', async () => {
  const addresses: (string | undefined)[] = [];
  const { object } = open(
    () =>
      ({
        async fetch(_request: Request, connection: Connection) {
          addresses.push(connection.remoteAddress);
          return new Response();
        },
      }) as unknown as Servable,
  );
  await object.fetch(new Request('https://agr.example/', { headers: { 'cf-connecting-ip': '2001:db8::1' } }));
  await object.fetch(new Request('https://agr.example/'));
  assert.equal(addresses, ['2001:db8::1', undefined]);
});

test('a service that cannot be made is asked for again by the next request; until then the answer is 503', async () => {
  let fails = true;
  const { object } = open(() => {
    if (fails) throw new Error('no key');
    return idle();
  });
  const refused = await object.fetch(new Request('https://agr.example/'));
  assert.equal([refused.status, refused.headers.get('retry-after'), await refused.text()], [503, '60', '']);
  assert.match(String(said), 'no key');
  fails = false;
  assert.is((await object.fetch(new Request('https://agr.example/'))).status, 200);
});

test('an alarm drains and sets the next one, unless one is set that is sooner', async () => {
  const { object, storage } = open(() => idle(now + 5000));
  await object.alarm();
  assert.is(storage.alarm, now + 5000);
  storage.alarm = now + 10; // by a commit during the drain
  await object.alarm();
  assert.is(storage.alarm, now + 10);
});

test('an alarm sets none where nothing waits', async () => {
  const { object, storage } = open(() => idle());
  await object.alarm();
  assert.is(storage.alarm, null);
});

test('an alarm that fails does not throw and is tried again after 30 s', async () => {
  const { object, storage } = open(() => servable(() => Promise.reject(new Error('the disk is gone'))));
  await object.alarm();
  assert.is(storage.alarm, now + 30_000);
  assert.match(String(said), 'the disk is gone');
});

test('a request to wake sets the alarm and does not reach the service', async () => {
  const { object, storage } = open(() => Promise.reject(new Error('not asked')));
  assert.is((await object.fetch(new Request(wake))).status, 204);
  assert.is(storage.alarm, now);
});

test('an alarm ends after 20 s where a drain takes longer, and the next one waits for the same drain', async () => {
  let drains = 0;
  let end = (_: { tasks: number; nextDueAt: number | undefined }): void => {};
  const { object, storage } = open(() =>
    servable(() => {
      drains += 1;
      return new Promise((resolve) => {
        end = resolve;
      });
    }),
  );
  await object.service();
  const pauses: number[] = [];
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    pauses.push(ms);
    return realSetTimeout(run, 0);
  }) as typeof setTimeout;
  try {
    await object.alarm();
  } finally {
    globalThis.setTimeout = realSetTimeout;
  }
  assert.equal([pauses, drains, storage.alarm], [[20_000], 1, now]);
  storage.alarm = null; // it fires
  const second = object.alarm();
  await undefined;
  end({ tasks: 1, nextDueAt: now + 7000 });
  await second;
  assert.equal([drains, storage.alarm], [1, now + 7000]);
  const third = object.alarm();
  await new Promise((resolve) => setImmediate(resolve));
  end({ tasks: 0, nextDueAt: undefined });
  await third;
  assert.is(drains, 2);
});
