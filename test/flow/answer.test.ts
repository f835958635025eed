import type { AgrKind } from '../../generated/3.1.0/index.ts';
import { accept, defer } from '../../runtime/roles.ts';
import { type Given, gate, minute, parties, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open, type Process } from './aggregator.ts';
import { flexOffer } from './drafts.ts';

const test = suite('flow: deferred answers');

/** As `open`, with every FlexRequest deferred. */
function openDeferred(processFlexRequest: Process, given: Given<AgrKind> = {}) {
  const handlers = { preProcessFlexRequest: () => defer(), processFlexRequest };
  return open(processFlexRequest, { handlers, ...given });
}

test('a deferred request is answered once, ahead of what else is sent in its conversation', async () => {
  const problems: unknown[] = [];
  const { scene, take, stored } = await openDeferred(async ({ conversationId }, context) => {
    await context.dsoClient('dso.example').sendFlexOffer({ ...flexOffer, conversationId });
    context.respond(accept());
    try {
      context.respond(accept());
    } catch (error) {
      problems.push(error);
    }
  });
  const messageId = await take();
  assert.is((await stored(messageId))?.verdict?.result, 'deferred');
  await scene.drain();
  assert.match(String(problems[0]), /\[reply-not-awaited\]/);
  assert.equal(
    scene.posts.map(({ message }) => message.$type),
    ['FlexRequestResponse', 'FlexOffer'],
  );
  assert.is((await stored(messageId))?.verdict?.result, 'accepted');
});

test('a request that was answered at once awaits no other answer', async () => {
  const { scene, take } = await open((_, context) => context.respond(accept()));
  await take();
  await scene.drain();
  assert.match(String(scene.told('handler-failed')[0]?.cause), /\[reply-not-awaited\]/);
  assert.is(scene.posts.length, 1);
});

test('what is no verdict is no answer: it fails the handler, and says what is', async () => {
  const values = [
    [undefined, /respond must be given accept/],
    [defer(), /respond must be given accept/],
    [{ decision: 'accept', fields: 'all' }, /fields must be an object/],
    [{ decision: 'reject' }, /give at least one reason/],
    [{ decision: 'reject', reasons: [5] }, /give at least one reason/],
  ] as const;
  for (const [value, words] of values) {
    const { scene, take, service, stored } = await openDeferred((_, context) =>
      context.respond(value as never),
    );
    const messageId = await take();
    await scene.drain();
    const thrown = await service
      .respond({ messageId, sender: parties.DSO }, value as never)
      .catch((error) => error);
    for (const error of [scene.told('handler-failed')[0]?.cause, thrown]) {
      assert.instance(error, TypeError);
      assert.match(String(error), words);
    }
    assert.is((await stored(messageId))?.verdict?.result, 'deferred');
  }
});

test('a handler that throws has not answered', async () => {
  const { scene, take } = await openDeferred((_, context) => {
    context.respond(accept());
    if (context.attempt === 1) throw new Error('after all');
  });
  await take();
  await scene.drain();
  assert.is(scene.posts.length, 0);
  await scene.pass(minute);
  assert.is(scene.posts.length, 1);
});

test('of two answers at the same time one counts, and the handler whose answer lost has sent nothing', async () => {
  const wait = gate();
  let called = false;
  const { scene, take, service, sent } = await openDeferred(async (_, context) => {
    if (context.attempt > 1) return;
    await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
    context.respond(accept());
    called = true;
    await wait.opened;
  });
  const messageId = await take();
  const draining = scene.drain();
  await until(() => called);
  await service.respond({ messageId, sender: parties.DSO }, accept());
  wait.open();
  await draining;
  assert.match(String(scene.told('handler-failed')[0]?.cause), /\[reply-not-awaited\].*elsewhere/);
  await scene.pass(minute);
  assert.is(scene.posts.length, 1);
  assert.is(sent().length, 0);
});

test('a deferred request that is not answered in time is told of, again where that fails, and may still be answered', async () => {
  const overdue: string[] = [];
  const { scene, take, service } = await openDeferred(() => {}, {
    deferredMsMax: 10 * minute,
    onOverdue: (request, sender) => {
      overdue.push(`${request.$type} ${sender.domain}`);
      if (overdue.length === 1) throw new Error('the pager is down');
    },
  });
  const messageId = await take();
  const answered = await take();
  await scene.drain();
  await service.respond({ messageId: answered, sender: parties.DSO }, accept());
  await scene.pass(10 * minute - 1);
  assert.equal(overdue, []);
  await scene.pass(1);
  assert.equal(overdue, ['FlexRequest dso.example']);
  await scene.pass(minute);
  assert.equal(overdue, Array(2).fill('FlexRequest dso.example'));
  await scene.pass(60 * minute);
  assert.is(overdue.length, 2);
  assert.is(scene.told('overdue')[0]?.messageId, messageId);
  await service.respond({ messageId, sender: parties.DSO }, accept());
  await scene.drain();
  assert.is(scene.posts.length, 2);
});
