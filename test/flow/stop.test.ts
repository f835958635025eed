import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { Stop } from '../../runtime/flow/stop.ts';
import { accept, defer } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { type Given, gate, hour, minute, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, payload } from './drafts.ts';

const test = suite('flow: stop');

async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const store = memory();
  const service = await scene.join(agr, { store, ...given });
  const take = async (): Promise<void> => {
    await service.receive(await outsider.seal(payload('FlexRequest')));
  };
  return { scene, store, service, take };
}

test('a handler that goes on past stopMsMax is aborted, the stop ends, and another process runs it again', async () => {
  for (const how of ['heeds its signal', 'does not'] as const) {
    let signal: AbortSignal | undefined;
    const { scene, store, service, take } = await open({
      processMsMax: 10 * minute,
      stopMsMax: 20_000,
      handlers: {
        processFlexRequest: (_, context) =>
          new Promise((_resolve, fail) => {
            signal = context.signal;
            if (how === 'heeds its signal')
              context.signal.addEventListener('abort', () => fail(new Error('stopped')));
          }),
      },
    });
    await take();
    service.start();
    await until(() => signal !== undefined);
    let ended = false;
    const stopping = service.stop().then(() => {
      ended = true;
    });
    scene.clock.advance(19_999);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal([signal?.aborted, ended], [false, false]);
    scene.clock.advance(1);
    await stopping;
    assert.is(signal?.aborted, true);
    const ran: number[] = [];
    const other = await scene.join(agr, { store, handlers: { processFlexRequest: () => void ran.push(1) } });
    scene.clock.advance(minute);
    await other.drain();
    assert.is(ran.length, 1);
  }
});

test('attempts that a stop ended are not counted: however often it stops, the handler is not given up', async () => {
  let runs = 0;
  const never = {
    preProcessFlexRequest: () => accept(),
    processFlexRequest: () => new Promise<void>(() => void runs++),
  };
  const { scene, store, service, take } = await open({ handlers: never, processAttemptsMax: 2 });
  await take();
  const state = async () => (await store.list({ direction: 'in' })).messages[0]?.state;
  let one = service;
  for (let stops = 1; stops <= 5; stops++) {
    const draining = one.drain();
    await until(() => runs === stops);
    const stopping = one.stop();
    scene.clock.advance(30_000);
    await Promise.all([stopping, draining]);
    assert.is(await state(), 'waiting');
    one = await scene.join(agr, { store, handlers: never, processAttemptsMax: 2 });
    scene.clock.advance(minute);
  }
  const fails = () => {
    throw new Error('never');
  };
  const failing = await scene.join(agr, {
    store,
    handlers: { processFlexRequest: fails },
    processAttemptsMax: 2,
  });
  await failing.drain();
  assert.is(await state(), 'waiting');
  scene.clock.advance(15 * minute);
  await failing.drain();
  assert.is(await state(), 'dead');
});

test('a drain is ended likewise', async () => {
  let begun = false;
  const { scene, service, take } = await open({
    handlers: {
      processFlexRequest() {
        begun = true;
        return new Promise(() => {});
      },
    },
  });
  await take();
  const draining = service.drain();
  await until(() => begun);
  const stopping = service.stop();
  scene.clock.advance(30_000);
  await stopping;
  await draining;
});

test('a delivery that goes on past stopMsMax is cut off, and counts as one that may have arrived', async () => {
  const { scene, store, service } = await open({ deliverMsMax: 10 * minute, stopMsMax: 20_000 });
  let signal: AbortSignal | undefined;
  scene.disturb = (request) => {
    signal = request.signal;
    return new Promise(() => {});
  };
  const { messageId } = await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  service.start();
  await until(() => signal !== undefined);
  const stopping = service.stop();
  scene.clock.advance(20_000);
  await stopping;
  assert.is(signal?.aborted, true);
  const [message] = (await store.list({ messageId })).messages;
  assert.equal(message?.attempts[0]?.ambiguous, true);
  assert.is(message?.state, 'waiting');
});

test('once a stop has begun nothing more goes out, and what waited goes out from the next process at once', async () => {
  const wait = gate();
  const { scene, store, service } = await open();
  let posts = 0;
  scene.disturb = async () => {
    posts += 1;
    await wait.opened;
    return { status: 200 };
  };
  for (let i = 0; i < 60; i++) await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  service.start();
  await until(() => posts === 3);
  const stopping = service.stop();
  wait.open();
  await stopping;
  assert.is(posts, 3);
  const other = await scene.join(agr, { store });
  await other.drain();
  assert.is(posts, 60);
  assert.is(scene.told('delivered').length, 60);
});

test('a store that never answers does not hold up the stop', async () => {
  const { scene, service, take, store } = await open({ handlers: { processFlexRequest() {} } });
  const { commit } = store;
  let finishing = false;
  await take();
  store.commit = (item) => {
    if (item.finish === undefined) return commit.call(store, item);
    finishing = true;
    return new Promise(() => {});
  };
  service.start();
  await until(() => finishing);
  const stopping = service.stop();
  scene.clock.advance(30_000);
  scene.clock.advance(5_000);
  await stopping;
});

test('notices that a stop ends are not given up, however often it stops, and then count their failures anew', async () => {
  let runs = 0;
  const never = () => new Promise<void>(() => void runs++);
  const given = {
    onExpired: never,
    onUndeliverable: never,
    onOverdue: never,
    replyWithinMs: { TestMessage: 24 * hour },
    handlers: { preProcessFlexRequest: () => defer() },
    processAttemptsMax: 2,
  };
  const { scene, store, service, take } = await open(given);
  await scene.outsider('DSO', 'gone.example');
  scene.disturb = ({ url }) => ({ status: url.hostname === 'gone.example' ? 400 : 200 });
  await take();
  await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await service.dsoClient('gone.example').sendTestMessage({});
  scene.clock.advance(hour);
  let one = service;
  for (let stops = 1; stops <= 5; stops++) {
    const draining = one.drain();
    await until(() => runs === 3 * stops);
    const stopping = one.stop();
    scene.clock.advance(30_000);
    await Promise.all([stopping, draining]);
    one = await scene.join(agr, { store, ...given });
    scene.clock.advance(minute);
  }
  assert.equal(
    scene.told('handler-failed').map(({ dead }) => dead),
    Array(15).fill(false),
  );
  const told: string[] = [];
  const failing = (name: string) => () => {
    told.push(name);
    throw new Error('never');
  };
  const names = ['onExpired', 'onOverdue', 'onUndeliverable'];
  const last = await scene.join(agr, {
    ...{ store, ...given },
    ...Object.fromEntries(names.map((name) => [name, failing(name)])),
  });
  for (let i = 0; i < 3; i++) {
    await last.drain();
    scene.clock.advance(15 * minute);
  }
  assert.equal(told.sort(), [
    'onExpired',
    'onExpired',
    'onOverdue',
    'onOverdue',
    'onUndeliverable',
    'onUndeliverable',
  ]);
  assert.is(scene.told('handler-failed').filter(({ dead }) => dead).length, 3);
});

test('whoever hears it is told once, however often it is said, and who has left is not told', () => {
  const stop = new Stop();
  const told: string[] = [];
  stop.hear(() => told.push('first'));
  const leave = stop.hear(() => told.push('gone'));
  stop.hear(() => told.push('last'));
  leave();
  assert.is(stop.isSaid, false);
  stop.say();
  stop.say();
  assert.is(stop.isSaid, true);
  assert.equal(told, ['first', 'last']);
});

test('who comes when it has been said is told at once', () => {
  const stop = new Stop();
  stop.say();
  let told = 0;
  stop.hear(() => {
    told += 1;
  });
  assert.is(told, 1);
});

test('its signal is one, and aborted when it is said, also where it is asked for later', () => {
  const [early, late] = [new Stop(), new Stop()];
  const { signal } = early;
  assert.is(signal.aborted, false);
  for (const stop of [early, late]) stop.say();
  assert.is(signal.aborted, true);
  assert.is(early.signal, signal);
  assert.is(late.signal.aborted, true);
});
