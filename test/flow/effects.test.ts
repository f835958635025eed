import { memory } from '../../runtime/store/memory/store.ts';
import { changed, minute } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open } from './aggregator.ts';
import { flexOffer } from './drafts.ts';

const test = suite('flow: effects');

test("the handler's own writes are kept with its end, in the order of the calls", async () => {
  const store = memory();
  const { scene, take } = await open(
    (_, context) => {
      context.onCommit((tx) => tx.set('log', [1]));
      context.onCommit(async (tx) => {
        await Promise.resolve();
        tx.set('log', [...(tx.get('log') as number[]), 2]);
      });
      context.onCommit((tx) => tx.set('log', [...(tx.get('log') as number[]), 3]));
    },
    { store },
  );
  await take();
  await scene.drain();
  let log: unknown;
  await store.commit({
    inside: (tx) => {
      log = tx.get('log');
    },
  });
  assert.equal(log, [1, 2, 3]);
});

test('an effect that throws undoes all: nothing is written, nothing is sent, and the handler runs again', async () => {
  const store = memory();
  const { scene, take, sent } = await open(
    async (_, context) => {
      await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
      context.onCommit((tx) => tx.set('runs', Number(tx.get('runs') ?? 0) + 1));
      context.onCommit(() => {
        if (context.attempt === 1) throw new Error('disk full');
      });
    },
    { store },
  );
  await take();
  await scene.drain();
  assert.is(sent().length, 0);
  await scene.pass(minute);
  assert.is(sent().length, 1);
  let runs: unknown;
  await store.commit({
    inside: (tx) => {
      runs = tx.get('runs');
    },
  });
  assert.is(runs, 1);
});

test('effects that do not wait are not waited for, since the transactions of some stores are synchronous', async () => {
  const store = memory();
  let effects = 0;
  const synchronous = changed(store, {
    commit: ({ inside, ...item }) =>
      store.commit(
        inside === undefined
          ? item
          : {
              ...item,
              inside(tx) {
                assert.is(inside(tx), undefined);
              },
            },
      ),
  });
  const { scene, take } = await open(
    (_, context) => {
      for (let i = 0; i < 2; i++)
        context.onCommit(() => {
          effects += 1;
        });
    },
    { store: synchronous },
  );
  await take();
  await scene.drain();
  assert.is(effects, 2);
  assert.is(scene.told('handler-failed').length, 0);
});
