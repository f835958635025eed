import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { type Given, gate, hour, openScene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer } from './drafts.ts';

const test = suite('flow: retention');
const day = 24 * hour;

async function open(given: Given<AgrKind> = {}) {
  const scene = openScene();
  await scene.outsider('DSO');
  const store = memory();
  return { scene, store, service: await scene.join(agr, { store, ...given }) };
}

test('old messages are forgotten once a day: bodies first, then records, and nothing that waits', async () => {
  const prunes: { at: number; bodiesBefore: number; recordsBefore: number }[] = [];
  const { scene, store, service } = await open({ keepBodiesMs: 30 * day, keepRecordsMs: 60 * day });
  const { prune } = store;
  store.prune = (request) => {
    const { bodiesBefore, recordsBefore } = request;
    prunes.push({ at: scene.clock.now(), bodiesBefore, recordsBefore });
    return prune.call(store, request);
  };
  const { messageId } = await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await service.drain();
  await service.drain();
  const first = scene.clock.now();
  assert.equal(prunes, [{ at: first, bodiesBefore: first - 30 * day, recordsBefore: first - 60 * day }]);
  const bodies: (number | undefined)[] = [];
  for (const days of [30, 1, 29, 1]) {
    await scene.pass(days * day);
    bodies.push((await store.list({ messageId })).messages[0]?.body.length);
  }
  assert.is(prunes.length, 5);
  assert.ok((bodies[0] ?? 0) > 0);
  assert.equal(bodies.slice(1), [0, 0, undefined]);
});

test('without settings bodies are kept for 400 days, and records twice as long', async () => {
  const { scene, store, service } = await open();
  const { messageId } = await service.dsoClient('dso.example').sendFlexOffer(flexOffer);
  await service.drain();
  const kept: string[] = [];
  for (const days of [400, 1, 399, 1]) {
    await scene.pass(days * day);
    const [message] = (await store.list({ messageId })).messages;
    kept.push(message === undefined ? 'nothing' : message.body.length > 0 ? 'all' : 'record');
  }
  assert.equal(kept, ['all', 'record', 'record', 'nothing']);
});

test('a worker forgets as well, by itself, and survives where that fails', async () => {
  const { scene, store, service } = await open();
  let prunes = 0;
  store.prune = () => {
    prunes += 1;
    return Promise.reject(new Error('locked'));
  };
  service.start();
  await until(() => prunes === 1);
  for (let passed = 0; passed < 25 && prunes < 2; passed++) {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    scene.clock.advance(hour);
  }
  await until(() => prunes === 2);
  assert.match(scene.told('warning')[1]?.text ?? '', /could not be removed/);
  await service.stop();
});

test('a stop does not wait until a large store has forgotten what is old, which is told to end', async () => {
  for (const way of ['start', 'drain'] as const) {
    const { store, service } = await open();
    let signal: AbortSignal | undefined;
    const wait = gate();
    store.prune = async (request) => {
      signal = request.signal;
      await wait.opened;
      return { bodies: 0, records: 0 };
    };
    const working = service[way]();
    await until(() => signal !== undefined);
    let stopped = false;
    void service.stop().then(() => {
      stopped = true;
    });
    await until(() => stopped); // the clock stands still: nothing is given up
    assert.is(signal?.aborted, true);
    await working;
    wait.open();
  }
});
