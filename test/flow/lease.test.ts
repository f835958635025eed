import { type AgrHandlers, type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { changed, type Given, gate, minute, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, payload } from './drafts.ts';

const test = suite('flow: leases');

type Process = NonNullable<AgrHandlers<MemoryTx>['processFlexRequest']>;

async function open(processFlexRequest: Process, given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const store = memory();
  const service = await scene.join(agr, { store, handlers: { processFlexRequest }, ...given });
  const messageId = crypto.randomUUID();
  await service.receive(await outsider.seal(payload('FlexRequest', { messageId })));
  const stored = async () => (await service.messages({ messageId, direction: 'in' })).messages[0];
  /** Moves the clock in steps, so that what hangs on each can happen. */
  const pass = async (ms: number, step = 5_000): Promise<void> => {
    for (let left = ms; left > 0; left -= step) {
      scene.clock.advance(Math.min(step, left));
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { scene, outsider, service, store, stored, pass };
}

test('a long handler keeps its lease: nobody else takes its message up', async () => {
  const wait = gate();
  let runs = 0;
  const { scene, service, store, stored, pass } = await open(async () => {
    runs += 1;
    await wait.opened;
  });
  const other = await scene.join(agr, {
    store,
    handlers: { processFlexRequest: () => assert.unreachable() },
  });
  const draining = service.drain();
  await until(() => runs === 1);
  for (let i = 0; i < 18; i++) {
    await pass(30_000);
    await other.drain();
  }
  wait.open();
  await draining;
  assert.is((await stored())?.state, 'done');
  assert.is(runs, 1);
});

test('a handler that has died with its process is run by another when its lease has ended', async () => {
  let runs = 0;
  const { scene, store, service, stored } = await open(() => assert.unreachable());
  // What a process does that dies: it claims, and is never heard of again.
  const participants = [service.party];
  const now = scene.clock.now();
  await store.claim({ queue: 'work', participants, now, until: now + 30_000, limit: 1 });
  const other = await scene.join(agr, {
    store,
    handlers: {
      processFlexRequest(_, { attempt }) {
        runs += 1;
        assert.is(attempt, 2);
      },
    },
  });
  await other.drain();
  assert.is(runs, 0);
  scene.clock.advance(30_000);
  await other.drain();
  assert.is(runs, 1);
  assert.is((await stored())?.state, 'done');
});

test('a handler that dies with its process each time is given up like one that throws', async () => {
  const { scene, store, service, stored } = await open(() => assert.unreachable(), {
    processAttemptsMax: 3,
  });
  const participants = [service.party];
  for (let attempt = 1; attempt <= 3; attempt++) {
    const now = scene.clock.now();
    await store.claim({ queue: 'work', participants, now, until: now + minute, limit: 1 });
    scene.clock.advance(minute);
  }
  await service.drain();
  assert.is((await stored())?.state, 'dead');
  const told = scene.told('handler-failed').map(({ dead, cause }) => `${dead} ${cause}`);
  assert.equal(told, ['true UftpError: [stopped] attempt 3 was the last, and has not ended']);
});

test('a handler that takes longer than processMsMax is aborted, runs again, and is given up at last', async () => {
  const signals: AbortSignal[] = [];
  const { scene, service, stored, pass } = await open(
    (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
    { processMsMax: minute, processAttemptsMax: 3 },
  );
  for (let attempt = 1; attempt <= 3; attempt++) {
    const draining = service.drain();
    await until(() => signals.length === attempt);
    await pass(minute - 1);
    assert.is(signals.at(-1)?.aborted, false);
    await pass(1);
    assert.is(signals.at(-1)?.aborted, true);
    await draining;
    scene.clock.advance(15 * minute);
  }
  assert.is((await stored())?.state, 'dead');
  assert.match(String(scene.told('handler-failed')[0]?.cause), /\[stopped\] not done within 60000 ms/);
});

test('a handler that was given up can send nothing more', async () => {
  const later = gate();
  let problem = '';
  let begun = false;
  const { service, pass } = await open(
    async (_, context) => {
      begun = true;
      await later.opened;
      await context
        .dsoClient('dso.example')
        .sendFlexOffer(flexOffer)
        .catch((error) => {
          problem = String(error);
        });
    },
    { processMsMax: minute },
  );
  const draining = service.drain();
  await until(() => begun);
  await pass(minute);
  await draining;
  later.open();
  await until(() => problem !== '');
  assert.match(problem, /\[stopped\]/);
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 0);
});

test('handlers that never end do not keep others from running', async () => {
  let begun = 0;
  let ran = 0;
  const { scene, outsider, service, pass } = await open(
    ({ revision }) => {
      begun += 1;
      if (revision === 99n) {
        ran += 1;
        return;
      }
      return new Promise(() => {});
    },
    { processMsMax: minute },
  );
  for (let i = 0; i < 40; i++) await service.receive(await outsider.seal(payload('FlexRequest')));
  await service.receive(await outsider.seal(payload('FlexRequest', { revision: 99n })));
  const draining = scene.drain();
  // What a drain works with is loaded first, which takes real time: the clock must not run ahead of it.
  for (const places of [16, 32]) {
    await until(() => begun >= places);
    await pass(minute);
  }
  await until(() => ran === 1);
  void draining;
});

test('a handler that has lost its lease is aborted, and nothing of it is written', async () => {
  const signals: AbortSignal[] = [];
  const store = memory();
  let lost = false;
  const { scene, service, stored, pass } = await open(
    async (_, context) => {
      signals.push(context.signal);
      await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
      await new Promise(() => {});
    },
    { store: changed(store, { renew: async (lease, at) => (lost ? undefined : store.renew(lease, at)) }) },
  );
  const draining = service.drain();
  await until(() => signals.length === 1);
  await pass(minute);
  assert.is(signals[0]?.aborted, false);
  lost = true;
  await pass(15_000);
  assert.is(signals[0]?.aborted, true);
  await draining;
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 0);
  assert.ok((await stored())?.state !== 'done');
  assert.match(String(scene.told('handler-failed')[0]?.cause), /lease/);
});

test('a store that fails to renew is asked again for as long as the lease lasts', async () => {
  for (const [failures, aborted] of [
    [3, false],
    [Number.POSITIVE_INFINITY, true],
  ] as const) {
    let asked = 0;
    let signal: AbortSignal | undefined;
    const wait = gate();
    const store = memory();
    const renew: typeof store.renew = async (lease, at) => {
      asked += 1;
      if (asked <= failures) throw new Error('no connection');
      return store.renew(lease, at);
    };
    const { scene, service, pass } = await open(
      async (_, context) => {
        signal = context.signal;
        await wait.opened;
      },
      { store: changed(store, { renew }), leaseMs: minute },
    );
    const draining = service.drain();
    await until(() => signal !== undefined);
    await pass(minute - 1, 1_000);
    assert.is(signal?.aborted, false);
    await pass(1);
    assert.is(signal?.aborted, aborted);
    wait.open();
    await draining;
    const told = scene.told('handler-failed').map(({ cause }) => String(cause));
    assert.equal(told, aborted ? ['UftpError: [stopped] the store failed to renew the lease'] : []);
  }
});

test('a handler whose lease another has taken cannot finish, and its failure is not told', async () => {
  for (const failure of [undefined, new Error('too late')]) await loseLease(failure);
});

async function loseLease(failure: Error | undefined): Promise<void> {
  const wait = gate();
  let started = false;
  const { scene, service, store, outsider } = await open(async (_, context) => {
    await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
    started = true;
    await wait.opened;
    if (failure !== undefined) throw failure;
  });
  const draining = service.drain();
  await until(() => started);
  // Renewal comes too late: the other claims first.
  const participants = [service.party];
  const now = scene.clock.now() + minute;
  const [lease] = await store.claim({ queue: 'work', participants, now, until: now + minute, limit: 1 });
  assert.ok(lease);
  wait.open();
  await draining;
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 0);
  assert.is(scene.told('handler-failed').length, 0);
  assert.ok(outsider);
}

test('a delivery that takes as long as it may is not begun by another meanwhile', async () => {
  const wait = gate();
  const { scene, service, store, pass } = await open(() => {}, { deliverMsMax: 5 * minute, leaseMs: 1_000 });
  let posts = 0;
  scene.disturb = async () => {
    posts += 1;
    await wait.opened;
    return { status: 200 };
  };
  const other = await scene.join(agr, { store, handlers: { processFlexRequest() {} } });
  const draining = service.drain();
  await until(() => posts === 1);
  for (let i = 0; i < 9; i++) {
    await pass(30_000);
    await other.drain();
  }
  wait.open();
  await draining;
  assert.is(posts, 1);
});
