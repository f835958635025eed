import { Turns } from '../../runtime/flow/turns.ts';
import { gate } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: turns');

const patiently = (ahead: Promise<unknown>): Promise<unknown> => ahead;

/** Work that notes when it begins and ends, and ends when it is told to. */
function open() {
  const turns = new Turns();
  const noted: string[] = [];
  const join = (name: string, keys: readonly string[], wait = patiently) => {
    const { opened, open: end } = gate();
    const done = turns.run(keys, wait, async () => {
      noted.push(name);
      await opened;
      noted.push(`/${name}`);
    });
    return { done, end };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { turns, noted, join, settled };
}

test('work at a common key runs in the order in which it came, other work at once', async () => {
  const { turns, noted, join, settled } = open();
  const all = [join('a', ['x', 'y']), join('b', ['y', 'z']), join('c', ['z', 'x']), join('d', ['w'])];
  for (const one of all) {
    await settled();
    one.end();
    await one.done;
  }
  assert.equal(noted, ['a', 'd', '/a', 'b', '/b', 'c', '/c', '/d']);
  await settled();
  assert.is(turns.size, 0);
});

test('work that fails lets the next begin', async () => {
  const { turns, settled } = open();
  const first = turns.run(['x'], patiently, () => Promise.reject(new Error('no'))).catch(String);
  assert.is(await turns.run(['x'], patiently, async () => 'next'), 'next');
  assert.is(await first, 'Error: no');
  await settled();
  assert.is(turns.size, 0);
});

test('who gives up does not run, and lets nobody past those that are ahead', async () => {
  const { turns, noted, join, settled } = open();
  const first = join('a', ['x']);
  const impatient = join('b', ['x'], () => Promise.reject(new Error('late')));
  const last = join('c', ['x']);
  assert.is(await impatient.done.catch(String), 'Error: late');
  await settled();
  assert.equal(noted, ['a']);
  first.end();
  last.end();
  await last.done;
  assert.equal(noted, ['a', '/a', 'c', '/c']);
  await settled();
  assert.is(turns.size, 0);
});
