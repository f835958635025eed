import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { begin, changed, type Given, gate, minute, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, payload } from './drafts.ts';

const test = suite('flow: drain and worker');

async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const store = memory();
  const ran: string[] = [];
  const handlers: Given<AgrKind>['handlers'] = {
    processFlexRequest: ({ messageId }) => void ran.push(messageId),
  };
  const service = await scene.join(agr, { store, handlers, ...given });
  const take = async (): Promise<void> => {
    const timeStamp = new Date(given.clock === undefined ? begin : Date.now()).toISOString();
    await service.receive(await outsider.seal(payload('FlexRequest', { timeStamp })));
  };
  return { scene, store, service, take, ran };
}

test('a drain works until nothing is due, and says how much it was and when there is more', async () => {
  const { scene, service, take, ran } = await open();
  assert.equal(await service.drain(), { tasks: 0, nextDueAt: undefined });
  await take();
  await take();
  assert.equal(await service.drain(), { tasks: 4, nextDueAt: undefined }); // two handlers, two replies
  assert.is(ran.length, 2);
  scene.disturb = () => ({ status: 503 });
  await take();
  assert.equal(await service.drain(), { tasks: 2, nextDueAt: begin + 2501 });
  scene.clock.advance(2500);
  assert.equal(await service.drain(), { tasks: 0, nextDueAt: begin + 2501 });
});

test('a drain takes up what comes in while it works', async () => {
  const wait = gate();
  const { scene, service, take, ran } = await open();
  let posts = 0;
  scene.disturb = async () => {
    posts += 1;
    if (posts === 1) await wait.opened;
    return { status: 200 };
  };
  await take();
  const draining = service.drain();
  await until(() => posts === 1);
  await take();
  await until(() => ran.length === 2 && posts === 2);
  wait.open();
  assert.is((await draining).tasks, 4);
});

test('no more than 16 tasks of a queue are worked on at the same time', async () => {
  const wait = gate();
  let running = 0;
  let most = 0;
  const { service, take } = await open({
    handlers: {
      async processFlexRequest() {
        running += 1;
        most = Math.max(most, running);
        await wait.opened;
        running -= 1;
      },
    },
  });
  for (let i = 0; i < 40; i++) await take();
  const draining = service.drain();
  await until(() => running === 16);
  wait.open();
  await draining;
  assert.is(most, 16);
});

test('two drains of one store at once do each task once', async () => {
  const { scene, store, service, take, ran } = await open();
  const other = await scene.join(agr, {
    store,
    handlers: { processFlexRequest: ({ messageId }) => void ran.push(messageId) },
  });
  for (let i = 0; i < 30; i++) await take();
  const counts = await Promise.all([service.drain(), other.drain(), service.drain()]);
  assert.is(
    counts.reduce((sum, { tasks }) => sum + tasks, 0),
    60,
  );
  assert.is(new Set(ran).size, 30);
  assert.is(ran.length, 30);
  assert.is(scene.posts.length, 30);
});

test('a drain whose store fails says so, and the next one goes on', async () => {
  const store = memory();
  let broken = false;
  const { scene, service, take, ran } = await open({
    store: changed(store, {
      commit: (item) =>
        broken && item.finish !== undefined ? Promise.reject(new Error('disk full')) : store.commit(item),
    }),
  });
  await take();
  broken = true;
  assert.match(await service.drain().then(() => '', String), /disk full/);
  broken = false;
  await scene.pass(2 * minute);
  assert.ok(ran.length >= 2); // at least once
  assert.is((await service.drain()).nextDueAt, undefined);
});

// ---- the worker, on real time ----

test('a worker does what comes in, and what is put off, until it is stopped', async () => {
  const { scene, service, take, ran } = await open({ clock: systemClock, chance: () => 0 });
  let posts = 0;
  scene.disturb = () => {
    posts += 1;
    return { status: posts === 1 ? 503 : 200 };
  };
  service.start();
  service.start();
  await take();
  await until(() => scene.told('delivered').length === 1);
  await service.dsoClient('dso.example').sendFlexOffer(offer());
  await until(() => scene.told('delivered').length === 2);
  assert.is(posts, 3);
  assert.is(ran.length, 1);
  await service.stop();
  await service.dsoClient('dso.example').sendFlexOffer(offer());
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.is(posts, 3);
  assert.throws(() => service.start(), /\[stopped\]/);
});

function offer(): typeof flexOffer {
  return { ...flexOffer, expirationDateTime: new Date(Date.now() + 3_600_000).toISOString() };
}

test('a worker survives a store that fails, and tells of it', async () => {
  const store = memory();
  let failures = 0;
  const { scene, service } = await open({
    clock: { now: () => Date.now(), after: (delayMs, run) => systemClock.after(Math.min(delayMs, 5), run) },
    store: changed(store, {
      claim: (request) => {
        failures += 1;
        return failures < 5 ? Promise.reject(new Error('gone')) : store.claim(request);
      },
    }),
  });
  service.start();
  await service.dsoClient('dso.example').sendFlexOffer(offer());
  await until(() => scene.told('delivered').length === 1);
  const warnings = scene.told('warning').filter(({ text }) => text.includes('store failed'));
  assert.is(warnings.length, 4);
  await service.stop();
});

test('stopping a service that was never started, or twice, is nothing', async () => {
  const { service } = await open();
  await service.stop();
  await service.stop();
});
