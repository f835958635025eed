import { memory } from '../../runtime/store/memory/store.ts';
import { type Answer, begin, changed, hour, minute, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer } from './drafts.ts';
import { open } from './offering.ts';

const test = suite('flow: deliver');

test('every status has its meaning (rules 25 to 29)', async () => {
  const cases: Readonly<Record<'delivered' | 'temporary' | 'permanent', readonly number[]>> = {
    delivered: [200, 201, 202, 204],
    temporary: [
      ...[300, 301, 302, 303, 304, 305, 399],
      ...[404, 408, 419, 425, 429],
      ...[500, 501, 502, 503, 504, 511, 599, 600, 999, 0, 100],
    ],
    permanent: [
      400, 401, 402, 403, 405, 406, 409, 410, 411, 413, 414, 415, 418, 421, 422, 426, 431, 451, 499,
    ],
  };
  const states = { delivered: 'done', temporary: 'waiting', permanent: 'dead' } as const;
  for (const [meaning, statuses] of Object.entries(cases)) {
    for (const status of statuses) {
      const { scene, tries, record } = await open([{ status }]);
      await scene.drain();
      const { state, attempts } = await record();
      assert.is(state, states[meaning as keyof typeof states], String(status));
      assert.is(tries.length, 1, String(status)); // and never a GET
      assert.is(attempts[0]?.status, status);
      assert.is(attempts[0]?.text, `HTTP ${status}`);
      assert.is(scene.told('undeliverable').length, meaning === 'permanent' ? 1 : 0);
    }
  }
});

test('a POST says what it carries', async () => {
  const { scene } = await open([{ status: 200 }]);
  const seen: Readonly<Record<string, string>>[] = [];
  let length = 0;
  scene.disturb = ({ headers, body }) => {
    seen.push(headers);
    length = body.length;
    return { status: 200 };
  };
  await scene.drain();
  assert.equal(seen, [{ 'content-type': 'text/xml; charset=utf-8', 'content-length': String(length) }]);
});

test('a retry is byte-identical, and comes ever later, up to 15 minutes', async () => {
  const failed: Answer[] = Array(12).fill({ status: 503 });
  const { scene, service, tries, record } = await open([...failed, { status: 200 }]);
  for (let i = 0; i < 13; i++) {
    const { nextDueAt } = await service.drain();
    if (nextDueAt !== undefined) scene.clock.advance(nextDueAt - scene.clock.now());
  }
  const pauses = tries.map(({ at }, i) => at - (tries[i - 1]?.at ?? 0)).slice(1);
  // Half of 5 s, and twice as much each time, up to half of 15 min.
  const half = [2.5, 5, 10, 20, 40, 80, 160, 320, 450, 450, 450, 450];
  assert.equal(
    pauses,
    half.map((seconds) => seconds * 1000 + 1),
  );
  for (const { bytes } of tries) assert.equal(bytes, tries[0]?.bytes);
  assert.is((await record()).state, 'done');
  assert.is(scene.told('retrying').length, 12);
});

test('Retry-After is heeded, in seconds and as a date, where it asks for longer', async () => {
  const inAnHour = new Date(begin + hour).toUTCString();
  const cases: readonly [retryAfter: string, dueMs: number][] = [
    ['120', 120_000],
    [' 120 ', 120_000],
    [inAnHour, hour],
    ['0', 2_501], // the back-off asks for more
    ['soon', 2_501],
    ['-5', 2_501],
    [new Date(begin - hour).toUTCString(), 2_501],
    ['999999999', hour], // no partner is left alone for longer
  ];
  for (const [retryAfter, dueMs] of cases) {
    for (const status of [429, 503, 404]) {
      const { scene, service } = await open([{ status, headers: { 'retry-after': retryAfter } }]);
      const { nextDueAt } = await service.drain();
      assert.is((nextDueAt ?? 0) - begin, dueMs, retryAfter);
      assert.is(scene.told('retrying')[0]?.dueAt, begin + dueMs);
    }
  }
});

test('a transport fault is tried again, and counts as one that may have arrived', async () => {
  const reset = Object.assign(new TypeError('fetch failed'), { cause: new Error('read ECONNRESET') });
  const { scene, record } = await open([reset, { status: 200 }]);
  await scene.drain();
  const [first] = (await record()).attempts;
  assert.equal(first, { at: begin, text: 'fetch failed: read ECONNRESET', ambiguous: true });
  await scene.pass(minute);
  assert.is((await record()).state, 'done');
});

test('where nothing of a message has gone out it cannot have arrived, and its endpoint fails all the same', async () => {
  const unsent = Object.assign(new Error('connect ECONNREFUSED'), { unsent: true });
  const { scene, service, record, tries, send } = await open([
    unsent,
    { status: 400, text: 'Duplicate message' },
  ]);
  await scene.drain();
  assert.equal((await record()).attempts, [{ at: begin, text: 'connect ECONNREFUSED' }]);
  await send();
  await service.drain();
  assert.is(tries.length, 1);
  await scene.pass(minute);
  assert.is((await record()).state, 'dead');
});

test('"Duplicate message" means delivered where an earlier copy may have arrived, and nowhere else', async () => {
  const duplicate = { status: 400, text: 'Duplicate message' };
  const cases: readonly [first: Answer | Error | undefined, then: Answer, state: string][] = [
    [new Error('reset'), duplicate, 'done'],
    [{ status: 502 }, duplicate, 'done'],
    [{ status: 504 }, duplicate, 'done'],
    [{ status: 500 }, duplicate, 'done'],
    [new Error('reset'), { status: 400, text: 'Invalid' }, 'dead'],
    [new Error('reset'), { status: 401, text: 'Duplicate message' }, 'dead'],
    [{ status: 429 }, duplicate, 'dead'],
    [{ status: 404 }, duplicate, 'dead'],
    [undefined, duplicate, 'dead'],
  ];
  for (const [first, then, state] of cases) {
    const { scene, record } = await open(first === undefined ? [then] : [first, then]);
    await scene.drain();
    await scene.pass(minute);
    assert.is((await record()).state, state, JSON.stringify([first, then]));
  }
});

test('an attempt whose end was never stored may have arrived', async () => {
  const unsent = Object.assign(new Error('connect ECONNREFUSED'), { unsent: true });
  const cases: readonly [second: Answer | Error, state: string, text: string][] = [
    [{ status: 400, text: 'Duplicate message' }, 'done', 'HTTP 400'],
    [unsent, 'dead', 'expired; an earlier attempt may have arrived'],
  ];
  for (const [second, state, text] of cases) {
    const store = memory();
    let isKilled = false;
    const commit: typeof store.commit = (item) =>
      isKilled || item.finish === undefined ? store.commit(item) : Promise.reject(new Error('killed here'));
    const { scene, record, tries } = await open([{ status: 200 }, second], {
      store: changed(store, { commit }),
      notAfter: () => new Date(begin + 10 * minute),
    });
    await scene.drain().catch(() => {});
    assert.is(tries.length, 1);
    isKilled = true;
    for (let i = 0; i < 10; i++) await scene.pass(minute);
    const { state: end, attempts } = await record();
    assert.is(end, state);
    assert.is(attempts.at(-1)?.text, text);
  }
});

test('a delivery that gets no answer in time is given up, tried again, and does not wait for its transport', async () => {
  const { scene, service, record } = await open([{ status: 200 }], { deliverMsMax: 10_000 });
  const signals: AbortSignal[] = [];
  scene.disturb = ({ signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const draining = service.drain();
  await until(() => signals.length === 1);
  assert.is(signals[0]?.aborted, false);
  scene.clock.advance(10_000);
  await draining;
  assert.is(signals[0]?.aborted, true);
  const { attempts } = await record();
  assert.equal(attempts, [{ at: begin + 10_000, text: 'no answer within 10000 ms', ambiguous: true }]);
});

test('a look-up that fails, finds nothing or never answers is temporary, and nothing has arrived', async () => {
  const cases: readonly [endpoint: () => unknown, text: RegExp][] = [
    [
      () => {
        throw new Error('SERVFAIL');
      },
      /^SERVFAIL$/,
    ],
    [() => undefined, /^no endpoint of DSO dso\.example is known$/],
    [() => 'nonsense', /Invalid URL/],
    [() => new Promise(() => {}), /^no endpoint of DSO dso\.example within 10000 ms$/],
  ];
  for (const [endpoint, text] of cases) {
    let asked = 0;
    const lookup = {
      keys: () => undefined,
      endpoint: () => {
        asked += 1;
        return endpoint() as string;
      },
    };
    const { scene, service, tries, record } = await open([{ status: 200 }], { lookup });
    const draining = service.drain();
    await until(() => asked === 1);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    scene.clock.advance(30_000);
    await draining;
    const { attempts, state } = await record();
    assert.is(state, 'waiting');
    assert.match(attempts[0]?.text ?? '', text);
    assert.is(attempts[0]?.ambiguous, undefined);
    assert.is(tries.length, 0);
  }
});

test('a message that cannot be delivered within 72 h becomes a dead letter, and says whether it may have arrived', async () => {
  for (const [answer, text] of [
    [{ status: 503 }, 'HTTP 503'],
    [new Error('connection refused'), 'connection refused'],
  ] as const) {
    const { scene, tries, record } = await open([answer]);
    for (let passed = 0; passed < 73 * hour; passed += 10 * minute) await scene.pass(10 * minute);
    const { state, attempts } = await record();
    assert.is(state, 'dead');
    assert.is(attempts.at(-1)?.text, text);
    assert.ok((tries.at(-1)?.at ?? 0) >= 72 * hour);
    assert.is(scene.told('undeliverable').length, 1);
    const tried = tries.length;
    await scene.pass(100 * hour);
    assert.is(tries.length, tried);
  }
});

test('a message that expires behind one that fails is told of then, not when that is given up', async () => {
  const { scene, service, tries } = await open([{ status: 404 }]);
  await scene.drain();
  const conversationId = crypto.randomUUID();
  const client = service.dsoClient('dso.example');
  const send = (notAfter: number) =>
    client.sendFlexOffer({ ...flexOffer, conversationId }, { notAfter: new Date(begin + notAfter) });
  const ids: string[] = [];
  for (const notAfter of [50 * hour, 2 * minute, minute, 50 * hour])
    ids.push((await send(notAfter)).messageId);
  const told = (): readonly unknown[] =>
    scene
      .told('undeliverable')
      .map(({ messageId, attempt: { text, ambiguous } }) => [ids.indexOf(messageId), text, ambiguous]);
  assert.equal(told(), []);
  await scene.pass(minute);
  assert.equal(told(), [[2, 'expired', undefined]]);
  await scene.pass(minute);
  assert.equal(told().slice(1), [[1, 'expired', undefined]]);
  scene.disturb = () => undefined;
  tries.length = 0;
  for (let i = 0; i < 20; i++) await scene.pass(minute);
  const delivered = scene.told('delivered').filter(({ type }) => type === 'FlexOffer');
  assert.equal(
    delivered.map(({ messageId }) => ids.indexOf(messageId)).filter((nth) => nth >= 0),
    [0, 3],
  );
});

test('a message that expires while it waits is not sent again, and does not hold up what follows', async () => {
  const { scene, service, tries } = await open([{ status: 200 }]);
  await scene.drain();
  const conversationId = crypto.randomUUID();
  const client = service.dsoClient('dso.example');
  const notAfter = new Date(begin + minute);
  let first = true;
  tries.length = 0;
  scene.disturb = () => {
    if (!first) return undefined;
    first = false;
    return { status: 500, headers: { 'retry-after': '3600' } };
  };
  const { messageId } = await client.sendFlexOffer({ ...flexOffer, conversationId }, { notAfter });
  await client.sendFlexOffer({ ...flexOffer, conversationId });
  const { nextDueAt } = await service.drain();
  assert.is((nextDueAt ?? 0) - begin, minute);
  await scene.pass(minute);
  const told = scene.told('undeliverable');
  assert.equal(
    told.map((one) => [one.messageId, one.attempt.text]),
    [[messageId, 'expired; an earlier attempt may have arrived']],
  );
  assert.is(scene.told('delivered').length, 2);
});

test('messages of a conversation are delivered in order, and those of others do not wait for them', async () => {
  const { scene, service, send } = await open([{ status: 200 }]);
  await scene.drain();
  scene.posts.length = 0;
  const conversationId = crypto.randomUUID();
  const client = service.dsoClient('dso.example');
  let failing = true;
  scene.disturb = ({ body }) => {
    const stuck = failing && scene.posts.length === 0;
    assert.ok(body.length > 0);
    return stuck ? { status: 500 } : undefined;
  };
  const first = await client.sendFlexOffer({ ...flexOffer, conversationId });
  await scene.drain();
  const second = await client.sendFlexOffer({ ...flexOffer, conversationId });
  const other = await send();
  await scene.drain();
  assert.equal(
    scene.posts.map((one) => [one.message.messageId, one.status]),
    [
      [first.messageId, 500],
      [other.messageId, 200],
    ],
  );
  failing = false;
  await scene.pass(minute);
  assert.equal(
    scene.posts.slice(2).map((one) => one.message.messageId),
    [first.messageId, second.messageId],
  );
});

test('a message that is sent again, and that the partner calls a duplicate, stays delivered', async () => {
  const { scene, store, record } = await open([{ status: 200 }, { status: 400, text: 'Duplicate message' }]);
  await scene.drain();
  scene.clock.advance(hour);
  const now = scene.clock.now();
  await store.commit({ resend: { message: await record(), dueAt: now, unlessTriedSince: now - minute } });
  await scene.drain();
  const { state, attempts } = await record();
  assert.equal(
    attempts.map(({ status }) => status),
    [200, 400],
  );
  assert.is(state, 'done');
});
