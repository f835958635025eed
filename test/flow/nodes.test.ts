import { type AgrHandlers, agr } from '../../generated/3.1.0/index.ts';
import { accept, reject } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { gate, openScene, said, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { payload } from './drafts.ts';

const test = suite('flow: several processes on one store');

test('of two orders for one offer at two processes at once exactly one is accepted, since the other is decided anew', async () => {
  const wait = gate();
  let asked = 0;
  const handlers: AgrHandlers = {
    preProcessFlexOrder: async (_, { history }) => {
      asked += 1;
      const taken = history.some(({ type, result }) => type === 'FlexOrder' && result === 'accepted');
      if (asked <= 2) await wait.opened; // both have looked before either is committed
      return taken ? reject('Flexibility procured') : accept();
    },
  };
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const store = memory();
  const nodes = [await scene.join(agr, { store, handlers }), await scene.join(agr, { store, handlers })];
  const receipts = nodes.map(async (node) => node.receive(await outsider.seal(payload('FlexOrder'))));
  await until(() => asked === 2);
  wait.open();
  const results = (await Promise.all(receipts)).map(({ result }) => result);
  assert.equal(results.sort(), ['accepted', 'rejected']);
  assert.is(asked, 3);
  await scene.drain();
  const reasons = scene.posts.map((one) => said(one).rejectionReason);
  assert.equal(reasons.sort(), ['Flexibility procured', undefined]);
});
