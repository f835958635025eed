import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { TransportRequest } from '../../runtime/ports/transport.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import {
  type Answer,
  begin,
  changed,
  type Given,
  hour,
  minute,
  openScene,
  until,
} from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer } from './drafts.ts';

const test = suite('flow: slow and dead partners');

/** An AGR with several DSOs, of whom each answers as the test says; who is not named takes everything. */
async function open(domains: readonly string[], given: Given<AgrKind> = {}) {
  const scene = openScene();
  for (const domain of domains) await scene.outsider('DSO', domain);
  const store = memory();
  const service = await scene.join(agr, { store, ...given });
  const answers = new Map<string, (request: TransportRequest) => Answer | Promise<Answer>>();
  const tries: { readonly to: string; readonly at: number }[] = [];
  let under = 0;
  const most = { connections: 0 };
  scene.disturb = async (request) => {
    tries.push({ to: request.url.hostname, at: scene.clock.now() - begin });
    under += 1;
    most.connections = Math.max(most.connections, under);
    try {
      await new Promise((resolve) => setImmediate(resolve)); // so that tries can meet
      return (await answers.get(request.url.hostname)?.(request)) ?? { status: 200 };
    } finally {
      under -= 1;
    }
  };
  const send = async (domain: string, count = 1): Promise<void> => {
    const draft = { ...flexOffer, expirationDateTime: '2026-04-01T00:00:00Z' };
    for (let i = 0; i < count; i++) await service.dsoClient(domain).sendFlexOffer(draft);
  };
  const triesAt = (domain: string): number[] => tries.filter(({ to }) => to === domain).map(({ at }) => at);
  /** Works on what is due, whenever something is, for a time. */
  const work = async (ms: number): Promise<void> => {
    for (const end = scene.clock.now() + ms; ; ) {
      const { nextDueAt = end } = await service.drain();
      if (nextDueAt >= end) return scene.clock.advance(end - scene.clock.now());
      scene.clock.advance(nextDueAt - scene.clock.now());
    }
  };
  return { scene, store, service, answers, tries, triesAt, most, send, work };
}

const refuse = (): never => {
  throw new Error('connect ECONNREFUSED');
};

/** The most of the moments that lie in any one minute. */
function mostInAMinute(moments: readonly number[]): number {
  return Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + minute).length));
}

test('a thousand messages to a dead partner make at most 12 connections in any minute, whatever chance says', async () => {
  for (const chance of [() => 0, Math.random]) {
    const { answers, send, triesAt, work } = await open(['dead.example'], { chance });
    answers.set('dead.example', refuse);
    await send('dead.example', 1_000);
    await work(20 * minute);
    const tries = triesAt('dead.example');
    assert.ok(tries.length >= 10, String(tries.length)); // and it is not given up
    const most = mostInAMinute(tries);
    assert.ok(most <= 12, `${most} in a minute`);
  }
});

test('when the partner is back, the rest goes out at once over at most 10 connections, each message once', async () => {
  const { answers, most, scene, send, service, triesAt, work } = await open(['dead.example']);
  answers.set('dead.example', () => ({ status: 503 }));
  await send('dead.example', 1_000);
  await work(20 * minute);
  answers.delete('dead.example');
  most.connections = 0;
  const before = triesAt('dead.example').length;
  await work(15 * minute);
  const tries = triesAt('dead.example').slice(before);
  assert.is(tries.length, 1_000);
  assert.is(new Set(tries).size, 1); // all at the moment of the first
  assert.is(most.connections, 10);
  assert.is(scene.told('delivered').length, 1_000);
  assert.is((await service.messages({ state: 'done' })).messages.length, 100); // a page, and full
});

test('what is put off is no attempt of a message: it begins to back off when it has been tried itself', async () => {
  const { answers, send, service, work } = await open(['dead.example']);
  answers.set('dead.example', refuse);
  await send('dead.example', 100);
  await work(hour);
  const { messages } = await service.messages();
  const attempts = messages.map((one) => one.attempts.length);
  assert.ok(attempts.filter((count) => count === 0).length >= 80, attempts.join(' '));
});

test('a partner that hangs costs no one else anything, however many messages wait for it', async () => {
  const { answers, scene, send, service, triesAt } = await open(['slow.example', 'other.example']);
  answers.set('slow.example', () => new Promise(() => {}));
  await send('slow.example', 500);
  await send('other.example', 20); // behind all of them
  const draining = service.drain();
  await until(() => scene.told('delivered').length === 20);
  assert.equal(triesAt('other.example'), Array(20).fill(0)); // not a millisecond has passed
  assert.is(triesAt('slow.example').length, 3); // as long as nothing has got through
  scene.clock.advance(30_000);
  await draining;
});

test('40 partners that hang leave room for one that does not', async () => {
  const slow = Array.from({ length: 40 }, (_, i) => `slow-${i}.example`);
  const { answers, scene, send, service } = await open([...slow, 'other.example']);
  for (const domain of slow) {
    answers.set(domain, () => new Promise(() => {}));
    await send(domain, 25);
  }
  await send('other.example', 5);
  const draining = service.drain();
  await until(() => scene.told('delivered').length === 5);
  scene.clock.advance(30_000);
  await draining;
});

test('a look-up that hangs costs no other partner anything', async () => {
  const scene = openScene();
  await scene.outsider('DSO', 'other.example');
  const lookup = {
    keys: scene.lookup.keys,
    endpoint: (party: Parameters<typeof scene.lookup.endpoint>[0]) =>
      party.domain === 'slow.example' ? new Promise<never>(() => {}) : scene.lookup.endpoint(party),
  };
  const service = await scene.join(agr, { lookup });
  for (let i = 0; i < 300; i++) await service.dsoClient('slow.example').sendFlexOffer(flexOffer);
  await service.dsoClient('other.example').sendFlexOffer(flexOffer);
  const draining = service.drain();
  await until(() => scene.told('delivered').length === 1);
  scene.clock.advance(10_000);
  await draining;
});

test('partners whose look-ups hang cost nobody else anything, however many of them there are', async () => {
  for (const count of [2, 5]) {
    const scene = openScene();
    await scene.outsider('DSO', 'other.example');
    const lookup = {
      keys: scene.lookup.keys,
      endpoint: (party: Parameters<typeof scene.lookup.endpoint>[0]) =>
        party.domain.startsWith('slow') ? new Promise<never>(() => {}) : scene.lookup.endpoint(party),
    };
    const service = await scene.join(agr, { lookup });
    for (let i = 0; i < count; i++)
      for (let sent = 0; sent < 200; sent++)
        await service.dsoClient(`slow-${i}.example`).sendFlexOffer(flexOffer);
    for (let sent = 0; sent < 20; sent++) await service.dsoClient('other.example').sendFlexOffer(flexOffer);
    const draining = service.drain();
    await until(() => scene.told('delivered').length === 20);
    scene.clock.advance(10_000);
    await draining;
  }
});

test('of a backlog to a partner that answers each message is claimed few times, however many wait', async () => {
  const inner = memory();
  const counts = { claimed: 0, renewed: 0 };
  const store = changed(inner, {
    async claim(request) {
      const leases = await inner.claim(request);
      counts.claimed += leases.length;
      return leases;
    },
    renew(lease, until, isUntried) {
      counts.renewed += 1;
      return inner.renew(lease, until, isUntried);
    },
  });
  const { scene, send, service } = await open(['other.example'], { store });
  await send('other.example', 1_000);
  await service.drain();
  assert.is(scene.told('delivered').length, 1_000);
  assert.ok(counts.claimed <= 3_000, `${counts.claimed} claims of 1,000 messages`);
  assert.ok(counts.renewed <= 3_000, `${counts.renewed} renewals`); // as it is put off, and as it is called back
});

test('what waited behind others at a busy partner, and then at a dead one, has not been tried', async () => {
  const { answers, scene, send, service, triesAt } = await open(['busy.example'], {
    notAfter: () => new Date(begin + 10 * minute),
  });
  let isHanging = true;
  const unsent = Object.assign(new Error('connect ECONNREFUSED'), { unsent: true });
  answers.set('busy.example', () => (isHanging ? new Promise<never>(() => {}) : Promise.reject(unsent)));
  await send('busy.example', 300);
  const draining = service.drain();
  await until(() => triesAt('busy.example').length === 3);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  isHanging = false;
  for (let i = 0; i < 12; i++) {
    scene.clock.advance(minute);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await draining;
  await service.drain();
  const texts = scene.told('undeliverable').map(({ attempt: { text } }) => text);
  assert.is(texts.length, 300);
  assert.is(texts.filter((text) => text === 'expired').length, 297);
});

test('a look-up may take longer than a delivery and its lease', async () => {
  const scene = openScene();
  await scene.outsider('DSO', 'a.example');
  let asked = 0;
  const endpoint = (party: Parameters<typeof scene.lookup.endpoint>[0]): Promise<string | undefined> =>
    new Promise((resolve) => {
      asked += 1;
      scene.clock.after(9_000, () => resolve(scene.endpoints.get(`${party.role} ${party.domain}`)));
    });
  const times = { deliverMsMax: 2_000, leaseMs: 1_000 };
  const service = await scene.join(agr, { lookup: { keys: scene.lookup.keys, endpoint }, ...times });
  await service.dsoClient('a.example').sendFlexOffer(flexOffer);
  service.start();
  await until(() => asked === 1); // the worker is loaded on demand
  for (let second = 0; second < 20; second++) {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    scene.clock.advance(1_000);
  }
  await until(() => scene.told('delivered').length === 1);
  assert.is(asked, 1);
  await service.stop();
});

test('a look-up says nothing of an endpoint that fails, whenever the pause of that ends', async () => {
  for (let early = 1; early <= 12; early++) {
    const scene = openScene();
    await scene.outsider('DSO', 'a.example');
    let ticks = 0;
    let isTicking = false;
    const now = (): number => {
      if (isTicking) ticks += 1; // so that the pause ends between two looks at the clock
      return scene.clock.now() + ticks;
    };
    const service = await scene.join(agr, { clock: { now, after: scene.clock.after } });
    scene.disturb = () => ({ status: 429, headers: { 'retry-after': '7' } });
    const client = service.dsoClient('a.example');
    await client.sendFlexOffer(flexOffer);
    await service.drain();
    scene.disturb = refuse;
    await client.sendFlexOffer(flexOffer);
    scene.clock.advance(7_000 - early);
    isTicking = true;
    for (let drained = 0; drained < 2; drained++) await service.drain();
    scene.clock.advance(early);
    await service.drain();
    const pauses = scene.told('retrying').map(({ dueAt, attempt }) => dueAt - attempt.at);
    assert.ok((pauses[1] ?? 0) > 3_400, `${early} ms early: ${pauses}`); // half of the 7 s, not of the first 5 s
  }
});

test('a broker is one endpoint, whoever is behind it; of partners with endpoints of their own each has its own', async () => {
  for (const [endpoint, tries] of [
    ['https://broker.example/uftp', 1],
    [undefined, 2],
  ] as const) {
    const { answers, scene, send, service, tries: all } = await open(['a.example', 'b.example']);
    for (const domain of ['a.example', 'b.example'])
      if (endpoint !== undefined) scene.endpoints.set(`DSO ${domain}`, endpoint);
    for (const host of ['broker.example', 'a.example', 'b.example'])
      answers.set(host, () => ({ status: 429, headers: { 'retry-after': '600' } }));
    await send('a.example');
    await service.drain();
    await send('b.example');
    await service.drain();
    assert.is(all.length, tries);
  }
});

test('an answer that is about one message backs off its conversation, not its partner', async () => {
  for (const status of [404, 408, 419, 425, 500, 502, 301]) {
    const { answers, send, service, tries } = await open(['a.example']);
    answers.set('a.example', () => ({ status }));
    await send('a.example', 3);
    await service.drain();
    assert.is(tries.length, 3, String(status));
  }
});

test('what fails at the same time is one failure: ten connections that are reset do not wait for a quarter of an hour', async () => {
  const { answers, scene, send, service, tries } = await open(['a.example']);
  await send('a.example', 13);
  let answered = 0;
  answers.set('a.example', () => (++answered <= 3 ? { status: 200 } : refuse()));
  await service.drain();
  assert.is(tries.length, 13); // three, and the rest once these have got through
  assert.equal(
    scene.told('retrying').map(({ dueAt }) => dueAt - begin),
    Array(10).fill(2_501),
  );
});

test('a partner that restarts while ten messages are under way gets all that waits within 5 s, or 10 s after 10 s', async () => {
  for (const downMs of [1_000, 3_000, 10_000])
    for (const drawn of [0.4, 0.75, 0.999]) {
      const { answers, scene, send, most, work } = await open(['a.example'], { chance: () => drawn });
      await send('a.example', 103);
      let answered = 0;
      answers.set('a.example', () => {
        answered += 1;
        return answered <= 3 || scene.clock.now() - begin >= downMs ? { status: 200 } : refuse();
      });
      await work(downMs);
      assert.equal([scene.told('delivered').length, most.connections], [3, 10]);
      await work(Math.max(5_000, downMs));
      assert.is(scene.told('delivered').length, 103, `${downMs} ms, chance ${drawn}`);
    }
});

test('to a partner that has just been reached and then dies, at most 9 more tries begin within a minute', async () => {
  for (const chance of [() => 0, Math.random]) {
    const { answers, send, triesAt, work } = await open(['dead.example'], { chance });
    await send('dead.example', 1_003);
    let answered = 0;
    answers.set('dead.example', () => (++answered <= 3 ? { status: 200 } : refuse()));
    await work(20 * minute);
    const tries = triesAt('dead.example').slice(3 + 10);
    const most = mostInAMinute(tries);
    assert.ok(tries.length > 4 && most <= 10, `${tries.length}, ${most} in a minute`);
    assert.ok(tries.filter((at) => at < minute).length <= 9);
  }
});

test('a backlog that waits for a dead partner comes back spread out, not all of it each minute', async () => {
  const inner = memory();
  const claims: number[] = [];
  const store = changed(inner, {
    async claim(request) {
      const leases = await inner.claim(request);
      claims.push(...leases.map(() => request.now - begin));
      return leases;
    },
  });
  let drawn = 0;
  const chance = (): number => {
    drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31;
    return drawn / 2 ** 31;
  };
  const { answers, scene, send, work } = await open(['dead.example'], { store, chance });
  answers.set('dead.example', refuse);
  await send('dead.example', 1_000);
  await work(40 * minute);
  const seconds = new Map<number, number>();
  for (const at of claims.filter((at) => at >= 5 * minute))
    seconds.set(Math.floor(at / 1_000), (seconds.get(Math.floor(at / 1_000)) ?? 0) + 1);
  const most = Math.max(...seconds.values());
  assert.ok(most <= 50, `${most} claims in a second`);
  answers.delete('dead.example');
  await work(15 * minute);
  assert.is(scene.told('delivered').length, 1_000);
});

test('who takes over from a process that died waits no longer than the partner was dead', async () => {
  const store = memory();
  const { answers, scene, send, work } = await open(['dead.example'], { store });
  answers.set('dead.example', refuse);
  await send('dead.example', 300);
  await work(2 * minute);
  answers.delete('dead.example');
  const other = await scene.join(agr, { store });
  scene.clock.advance(3 * minute); // what the first one holds runs out
  await other.drain();
  assert.is(scene.told('delivered').length, 300);
});

test('who takes over from a process that died waits no longer than 5 minutes, however long the partner was dead', async () => {
  for (const answer of [refuse, () => ({ status: 503, headers: { 'retry-after': '3600' } })]) {
    const store = memory();
    const { answers, scene, send, work } = await open(['dead.example'], { store, chance: () => 0.99 });
    answers.set('dead.example', answer);
    await send('dead.example', 3_000);
    await work(3 * hour);
    answers.delete('dead.example');
    const other = await scene.join(agr, { store });
    scene.clock.advance(5 * minute);
    await other.drain();
    assert.ok(scene.told('delivered').length >= 2_999); // the one that was tried last waits as it was told to
  }
});

test('a partner that fails 12 times in a row is suspended and told of, tried on, and told of when it is back (rule 44)', async () => {
  const { answers, scene, send, triesAt, work } = await open(['dead.example']);
  answers.set('dead.example', refuse);
  await send('dead.example');
  await work(6 * hour);
  const suspended = {
    event: 'suspended',
    endpoint: 'https://dead.example/shapeshifter/api/v3/message',
    recipient: { domain: 'dead.example', role: 'DSO' },
    text: 'connect ECONNREFUSED',
  };
  assert.equal(scene.told('suspended'), [suspended]);
  const tried = triesAt('dead.example').length;
  assert.ok(tried > 40); // 15 min at most, half of that on average
  answers.delete('dead.example');
  await work(15 * minute);
  assert.equal(scene.told('resumed'), [{ ...suspended, event: 'resumed' }]);
  assert.is(scene.told('delivered').length, 1);
});

test('messages that wait for a dead partner become dead letters at the end of their window, without a try each', async () => {
  const { answers, scene, send, service, triesAt, work } = await open(['dead.example'], {
    retryWindowMs: hour,
  });
  answers.set('dead.example', refuse);
  await send('dead.example', 200);
  await work(2 * hour);
  assert.is(scene.told('undeliverable').length, 200);
  assert.ok(mostInAMinute(triesAt('dead.example')) <= 12);
  const { messages } = await service.messages({ state: 'dead', limit: 200 });
  const texts = new Set(messages.map((one) => one.attempts.at(-1)?.text));
  assert.ok(texts.has('not delivered in time: connect ECONNREFUSED'));
});

test('a clock that jumps loses nothing, doubles nothing, and keeps no partner shut', async () => {
  for (const jump of [-24 * hour, -hour, hour, 24 * hour]) {
    const { answers, scene, send, triesAt, work } = await open(['a.example', 'b.example']);
    answers.set('a.example', refuse);
    await send('a.example', 50);
    await work(10 * minute);
    scene.clock.advance(jump);
    const soFar = triesAt('a.example').length;
    await send('a.example', 1); // not put off by what was due before the jump
    await work(30 * minute);
    assert.ok(triesAt('a.example').length - soFar >= 2);
    answers.delete('a.example');
    const before = triesAt('a.example').length;
    await send('a.example', 1);
    await work(3 * hour);
    assert.is(scene.told('delivered').length, 52);
    assert.is(triesAt('a.example').length - before, 52);
    assert.is(scene.told('undeliverable').length, 0);
  }
});

test('401 is final, unless a time is settled for which it is not', async () => {
  for (const [unauthorizedRetryMs, tries] of [
    [undefined, 1],
    [15 * minute, 10],
  ] as const) {
    const settings = unauthorizedRetryMs === undefined ? {} : { unauthorizedRetryMs };
    const { answers, scene, send, triesAt, work } = await open(['a.example'], { partner: () => settings });
    answers.set('a.example', () => ({ status: 401 }));
    await send('a.example');
    await work(hour);
    assert.is(scene.told('undeliverable').length, 1);
    assert.is(triesAt('a.example').length, tries);
  }
});

test('a thousand dead letters are sent again with the same MessageID and the same bytes', async () => {
  const { answers, scene, send, service, store, work } = await open(['a.example']);
  answers.set('a.example', () => ({ status: 400 }));
  await send('a.example', 1_000);
  await work(minute);
  assert.is(scene.told('undeliverable').length, 1_000);
  answers.delete('a.example');
  const sent = scene.posts.splice(0);
  for (let after: string | undefined, more = true; more; ) {
    const page = await service.messages({ state: 'dead', ...(after === undefined ? {} : { after }) });
    const dueAt = scene.clock.now();
    for (const message of page.messages)
      await store.commit({ resend: { message, dueAt, unlessTriedSince: dueAt } });
    after = page.next;
    more = after !== undefined;
  }
  await work(minute);
  assert.is(scene.told('delivered').length, 1_000);
  const bytes = (posts: typeof sent): Map<string, string> =>
    new Map(posts.map((one) => [one.message.messageId, new TextDecoder().decode(one.bytes)]));
  assert.equal(bytes(scene.posts), bytes(sent));
});

test('a try that ends with its message, before a partner can be called slow, says nothing of the partner', async () => {
  for (const lifeMs of [5_000, 25_000]) {
    const { answers, scene, service, work } = await open(['a.example']);
    let isOut = false;
    answers.set('a.example', () => {
      isOut = true;
      return new Promise(() => {});
    });
    const expirationDateTime = new Date(scene.clock.now() + lifeMs).toISOString();
    await service.dsoClient('a.example').sendFlexOffer({ ...flexOffer, expirationDateTime });
    const draining = service.drain();
    await until(() => isOut);
    scene.clock.advance(lifeMs);
    await draining;
    assert.is(scene.told('undeliverable').length, 1);
    assert.equal(scene.told('resumed'), []);
    // What was out for longer counts against the partner: the next message waits for its pause.
    answers.delete('a.example');
    const next = { ...flexOffer, expirationDateTime: '2026-04-01T00:00:00Z' };
    await service.dsoClient('a.example').sendFlexOffer(next);
    await service.drain();
    assert.is(scene.told('delivered').length, lifeMs === 5_000 ? 1 : 0, `${lifeMs} ms`);
    await work(minute);
    assert.is(scene.told('delivered').length, 1);
  }
});
