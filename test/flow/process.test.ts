import { agr } from '../../generated/3.1.0/index.ts';
import { accept } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { begin, changed, gate, minute, parties, said, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open } from './aggregator.ts';
import { dPrognosis, flexOffer } from './drafts.ts';

const test = suite('flow: process');

test('a handler runs once for a message that was accepted, and is told all about it', async () => {
  const told: unknown[] = [];
  const { scene, take, stored } = await open(
    (message, { sender, original, now, attempt, history, signal }) => {
      const types = history.map(({ direction, type }) => `${direction} ${type}`);
      told.push({ same: message === original, sender, now, attempt, types, aborted: signal.aborted });
    },
  );
  const messageId = await take();
  assert.equal(told, []);
  await scene.drain();
  await scene.pass(minute);
  const types = ['in FlexRequest', 'out FlexRequestResponse'];
  assert.equal(told, [
    { same: true, sender: parties.DSO, now: new Date(begin), attempt: 1, types, aborted: false },
  ]);
  const { state, attempts } = (await stored(messageId)) ?? {};
  assert.is(state, 'done');
  assert.equal(attempts, [{ at: begin, text: 'done' }]);
});

test('a handler that throws runs again, ever later, until it ends', async () => {
  const runs: [at: number, attempt: number][] = [];
  const { scene, take, stored } = await open((_, { now, attempt }) => {
    runs.push([now.getTime() - begin, attempt]);
    if (attempt < 5) throw new Error('not yet');
  });
  const messageId = await take();
  await scene.drain();
  while (runs.length < 5) await scene.pass(1);
  // Half of 5 s, of 10 s, of 20 s and of 40 s, and 1 ms.
  assert.equal(runs, [
    [0, 1],
    [2501, 2],
    [7502, 3],
    [17503, 4],
    [37504, 5],
  ]);
  const { state, attempts } = (await stored(messageId)) ?? {};
  assert.is(state, 'done');
  assert.equal(
    attempts?.map(({ text }) => text),
    [...Array(4).fill('Error: not yet'), 'done'],
  );
  assert.equal(
    scene.told('handler-failed').map(({ dead }) => dead),
    Array(4).fill(false),
  );
});

test('a handler that throws ten times is given up: a dead letter, which does not block what follows', async () => {
  const runs: string[] = [];
  const { scene, take, stored } = await open(({ messageId }) => {
    runs.push(messageId);
    if (messageId === first) throw new Error('never');
  });
  const conversationId = crypto.randomUUID();
  const first = await take({ conversationId });
  const second = await take({ conversationId });
  for (let i = 0; i < 12; i++) await scene.pass(15 * minute);
  assert.equal(runs, [...Array(10).fill(first), second]);
  assert.is((await stored(first))?.state, 'dead');
  assert.is((await stored(second))?.state, 'done');
  const told = scene.told('handler-failed');
  assert.equal(
    told.map(({ dead }) => dead),
    [...Array(9).fill(false), true],
  );
  assert.equal(told[0]?.messageId, first);
});

test('messages of a conversation are processed in the order in which they came, those of others at once', async () => {
  const runs: string[] = [];
  const { scene, take } = await open(({ revision }, { attempt }) => {
    runs.push(String(revision));
    if (revision === 1n && attempt === 1) throw new Error('not yet');
  });
  const conversationId = crypto.randomUUID();
  await take({ conversationId, revision: 1n });
  await take({ conversationId, revision: 2n });
  await take({ revision: 3n });
  await scene.drain();
  assert.equal(runs, ['1', '3']);
  await scene.pass(minute);
  assert.equal(runs, ['1', '3', '1', '2']);
});

test('what a handler sends goes out when it ends, in the order of its calls, awaited or not', async () => {
  const wait = gate();
  let called = false;
  const { scene, take, sent, service } = await open(async (_, context) => {
    const dso = context.dsoClient('dso.example');
    const conversationId = crypto.randomUUID();
    void dso.sendFlexOffer({ ...flexOffer, conversationId, contractId: '1' });
    await dso.sendFlexOffer({ ...flexOffer, conversationId, contractId: '2' });
    void dso.sendFlexOffer({ ...flexOffer, conversationId, contractId: '3' });
    void dso.sendFlexOffer({ ...flexOffer, conversationId, contractId: '4' });
    called = true;
    await wait.opened;
  });
  await take();
  const draining = scene.drain();
  await until(() => called);
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 0);
  wait.open();
  await draining;
  assert.equal(
    sent().map((one) => said(one).contractId),
    ['1', '2', '3', '4'],
  );
});

test('a handler that throws has sent nothing', async () => {
  const { scene, take, sent, service } = await open(async (_, context) => {
    await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
    if (context.attempt === 1) throw new Error('after all');
  });
  await take();
  await scene.drain();
  assert.is(sent().length, 0);
  assert.is((await service.messages({ type: 'FlexOffer' })).messages.length, 0);
  await scene.pass(minute);
  assert.is(sent().length, 1);
});

test('a handler is told at once what is wrong with a message; it fails in its end, and nothing of it goes out', async () => {
  let problem: unknown;
  const { scene, take, sent } = await open(async (_, context) => {
    const dso = context.dsoClient('dso.example');
    const currency = context.attempt === 1 ? 'euro' : 'EUR';
    await dso.sendFlexOffer({ ...flexOffer, currency }).catch((error) => {
      problem = error;
    });
    await dso.sendDPrognosis(dPrognosis);
  });
  await take();
  await scene.drain();
  assert.match(String(problem), /message-invalid/);
  assert.is(scene.told('handler-failed')[0]?.cause, problem);
  assert.is(sent().length, 0);
  await scene.pass(minute);
  const types = sent().map(({ message }) => message.$type);
  assert.equal(types, ['FlexOffer', 'D-Prognosis']);
});

test('a message that cannot be made fails the handler that has not awaited it', async () => {
  const wrong = [
    [{ ...flexOffer, currency: 'euro' }, {}, /message-invalid/],
    [undefined, {}, /TypeError: a FlexOffer needs a draft/],
    [flexOffer, { reply: true }, /TypeError: a handler cannot wait/],
  ] as const;
  for (const [draft, options, cause] of wrong) {
    const { scene, take, sent } = await open((_, context) => {
      const client = context.dsoClient('dso.example');
      void client.sendFlexOffer(draft as typeof flexOffer, options as object);
      void client.sendFlexOffer(flexOffer);
    });
    await take();
    await scene.drain();
    assert.match(String(scene.told('handler-failed')[0]?.cause), cause);
    assert.is(sent().length, 0);
  }
});

test('an observer that fails, at once or later, does no harm', async () => {
  for (const observe of [
    () => {
      throw new Error('at once');
    },
    () => Promise.reject(new Error('later')),
  ]) {
    const { scene, take, stored } = await open(() => {}, { observe });
    const messageId = await take();
    await scene.drain();
    assert.is((await stored(messageId))?.state, 'done');
  }
});

test('what a handler does after its end is refused, since it would be lost', async () => {
  const problems: string[] = [];
  const later = gate();
  const { scene, take, sent } = await open((_, context) => {
    void later.opened.then(async () => {
      for (const act of [
        () => context.dsoClient('dso.example').sendFlexOffer(flexOffer),
        async () => context.onCommit(() => {}),
        async () => context.respond(accept()),
      ])
        await act().catch((error) => problems.push(String(error)));
    });
  });
  await take();
  await scene.drain();
  later.open();
  await until(() => problems.length === 3);
  for (const problem of problems) assert.match(problem, /\[stopped\] processFlexRequest has ended/);
  await scene.drain();
  assert.is(sent().length, 0);
});

test('what a handler does while its end is being committed is refused, too', async () => {
  const store = memory();
  const committing = gate();
  const go = gate();
  let problem = '';
  const slow = changed(store, {
    commit: async (item) => {
      if (item.finish?.lease.queue === 'work') {
        committing.open();
        await go.opened;
      }
      return store.commit(item);
    },
  });
  const { scene, take, sent } = await open(
    (_, context) => {
      void committing.opened
        .then(() => context.dsoClient('dso.example').sendFlexOffer(flexOffer))
        .catch((error) => {
          problem = String(error);
        })
        .finally(() => go.open());
    },
    { store: slow },
  );
  await take();
  await scene.drain();
  assert.match(problem, /\[stopped\] processFlexRequest has ended/);
  assert.is(sent().length, 0);
});

test('a client in a handler cannot wait for a response', async () => {
  let problem: unknown;
  const { scene, take, sent } = await open(async (_, context) => {
    const { sendFlexOffer } = context.dsoClient('dso.example') as unknown as {
      sendFlexOffer(draft: object, options: object): Promise<unknown>;
    };
    await sendFlexOffer(flexOffer, { reply: true }).catch((error) => {
      problem = error;
    });
  });
  await take();
  await scene.drain();
  assert.instance(problem, TypeError);
  assert.is(sent().length, 0);
});

test('a MessageID that has been used before fails the handler, with a reason', async () => {
  const messageId = crypto.randomUUID();
  const { scene, take, service } = await open(async (_, context) => {
    await context.dsoClient('dso.example').sendFlexOffer({ ...flexOffer, messageId });
  });
  await service.dsoClient('dso.example').sendFlexOffer({ ...flexOffer, messageId });
  await take();
  await scene.drain();
  assert.match(String(scene.told('handler-failed')[0]?.cause), /\[conflict\].*MessageID/);
});

test('a message whose handler another process has waits for that one, and so does its conversation', async () => {
  const runs: string[] = [];
  const store = memory();
  const { scene, service, take, stored } = await open(({ messageId }) => void runs.push(messageId), {
    store,
  });
  const older = await scene.join(agr, { store, handlers: { preProcessFlexRequest: () => accept() } });
  const conversationId = crypto.randomUUID();
  const first = await take({ conversationId });
  const second = await take({ conversationId });
  await older.drain();
  assert.is((await stored(first))?.state, 'waiting');
  assert.match(String(scene.told('handler-failed')[0]?.cause), /no processFlexRequest here/);
  await service.drain();
  assert.equal(runs, []);
  scene.clock.advance(minute);
  await service.drain();
  assert.equal(runs, [first, second]);
});

test('a message whose handler nobody has becomes a dead letter', async () => {
  const store = memory();
  const { scene, service, take, stored } = await open(() => assert.unreachable(), { store });
  const messageId = await take();
  await service.stop();
  const older = await scene.join(agr, { store, processAttemptsMax: 3 });
  for (let i = 0; i < 3; i++) {
    assert.is((await stored(messageId))?.state, 'waiting');
    await older.drain();
    scene.clock.advance(15 * minute);
  }
  assert.is((await stored(messageId))?.state, 'dead');
});
