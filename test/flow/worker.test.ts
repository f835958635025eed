import { agr } from '../../generated/3.1.0/index.ts';
import { accept } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { changed, gate, minute, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, payload } from './drafts.ts';

const test = suite('flow: worker of a store that fails');

/** A service whose store does what it is told, and a partner who holds the answers to what it gets. */
async function open() {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const inner = memory();
  const broken = { claims: 0 };
  const counts = { claims: 0, posts: 0, most: 0 };
  const store = changed(inner, {
    async claim(request) {
      counts.claims += 1;
      if (request.queue === 'outgoing' && broken.claims > 0) {
        broken.claims -= 1;
        throw new Error('the store is gone');
      }
      return inner.claim(request);
    },
  });
  const hold = gate();
  let under = 0;
  scene.disturb = async () => {
    counts.posts += 1;
    under += 1;
    counts.most = Math.max(counts.most, under);
    await hold.opened;
    under -= 1;
    return { status: 200 };
  };
  const service = await scene.join(agr, { store, handlers: { preProcessFlexRequest: () => accept() } });
  const take = async (): Promise<void> => {
    await service.receive(await outsider.seal(payload('FlexRequest')));
  };
  return { scene, service, broken, counts, hold, take };
}

test('a claim that fails forgets nothing of what is under way: no more go out to one partner, and the stop waits', async () => {
  const { scene, service, broken, counts, hold, take } = await open();
  for (let i = 0; i < 40; i++) await take();
  service.start();
  await until(() => counts.posts === 3);
  broken.claims = 3;
  for (let i = 0; i < 3; i++) {
    await take(); // wakes the worker
    scene.clock.advance(2_000);
  }
  assert.is(counts.posts, 3);
  let stopped = false;
  const stopping = service.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(stopped, false);
  hold.open();
  await stopping;
  assert.is(counts.most, 3);
  assert.is(scene.told('delivered').length, 3);
});

test('a claim that fails is told and tried again, while what is under way goes on', async () => {
  const { scene, service, broken, counts, hold, take } = await open();
  await take();
  service.start();
  await until(() => counts.posts === 1);
  broken.claims = 1;
  await take();
  await until(() => scene.told('warning').some(({ text }) => text.includes('trying again')));
  scene.clock.advance(1_000);
  await until(() => counts.posts === 2);
  hold.open();
  await service.stop();
  assert.is(scene.told('delivered').length, 2);
});

test('a worker whose slots are taken does not go on asking the store', async () => {
  const { service, counts, hold, take } = await open();
  for (let i = 0; i < 20; i++) await take();
  service.start();
  await until(() => counts.posts === 3);
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  const { claims } = counts;
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.is(counts.claims, claims);
  hold.open();
  await service.stop();
});

test('a message goes out again soon after it is due, also while handlers are behind', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  let begun = 0;
  const service = await scene.join(agr, {
    handlers: {
      preProcessFlexRequest: () => accept(),
      processFlexRequest() {
        begun += 1;
        return new Promise<void>(() => {});
      },
    },
  });
  for (let i = 0; i < 20; i++) await service.receive(await outsider.seal(payload('FlexRequest')));
  scene.disturb = ({ url }) =>
    url.hostname === 'other.example' && !works ? { status: 500 } : { status: 200 };
  let works = false;
  await scene.outsider('DSO', 'other.example');
  await service.dsoClient('other.example').sendFlexOffer(flexOffer);
  service.start();
  await until(() => begun === 16 && scene.told('retrying').length === 1);
  works = true;
  const dueAt = scene.told('retrying')[0]?.dueAt as number;
  const sentAt = () => scene.posts.find(({ to, status }) => to === 'other.example' && status === 200)?.at;
  while (sentAt() === undefined && scene.clock.now() < dueAt + minute) {
    scene.clock.advance(100);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  const lateMs = (sentAt() ?? Number.POSITIVE_INFINITY) - dueAt;
  assert.ok(lateMs >= 0 && lateMs <= 1_000, `${lateMs} ms late`);
  const stopping = service.stop();
  scene.clock.advance(30_000);
  await stopping;
});
