import { Stop } from '../../runtime/flow/stop.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: stop');

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
