import { Quota } from '../../runtime/flow/quota.ts';
import { manualClock } from '../../runtime/testing.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: quota');

const minute = 60_000;

/** How often something can be taken at once. */
function taken(quota: Quota, key: string): number {
  let times = 0;
  while (times < 10_000 && quota.take(key)) times += 1;
  return times;
}

test('whatever the amount, exactly so much can be taken at once', () => {
  for (const amount of [1, 2, 3, 7, 60, 997, 6_000]) {
    const quota = new Quota(manualClock(0), amount);
    assert.is(taken(quota, 'a'), amount);
    assert.is(taken(quota, 'b'), amount);
    assert.is(quota.has('a'), false);
    assert.is(quota.has('c'), true);
  }
});

test('it grows back with time, and never to more than a minute gives', () => {
  const clock = manualClock(Date.parse('2026-03-02T12:00:00Z'));
  const quota = new Quota(clock, 6);
  assert.is(taken(quota, 'a'), 6);
  for (const [ms, times] of [
    [9_999, 0],
    [1, 1],
    [30_000, 3],
    [minute, 6],
    [1000 * minute, 6],
  ] as const) {
    clock.advance(ms);
    assert.is(taken(quota, 'a'), times, String(ms));
  }
});

test('a clock that is set back or ahead locks nobody out', () => {
  for (const jump of [-24 * 60 * minute, -60 * minute, 60 * minute]) {
    let now = 10 ** 12;
    const quota = new Quota({ now: () => now, after: () => () => {} }, 2);
    assert.is(taken(quota, 'a'), 2);
    now += jump;
    assert.is(taken(quota, 'a'), 2, String(jump));
  }
});

test('what was given back can be taken again, and no more than that', () => {
  const quota = new Quota(manualClock(0), 1);
  assert.is(quota.take('a'), true);
  quota.giveBack('a');
  assert.is(taken(quota, 'a'), 1);
});

test('nobody in particular is not counted, and Infinity counts nobody', () => {
  const quota = new Quota(manualClock(0), 1);
  for (let i = 0; i < 3; i++) assert.is(quota.take(undefined), true);
  assert.is(taken(new Quota(manualClock(0), Number.POSITIVE_INFINITY), 'a'), 10_000);
});

test('10,000 keys are remembered, and those that were seen last', () => {
  const quota = new Quota(manualClock(0), 2);
  assert.is(taken(quota, 'first'), 2);
  assert.is(taken(quota, 'kept'), 2);
  for (let i = 0; i < 5_000; i++) quota.take(`a${i}`);
  quota.giveBack('kept');
  quota.take('kept');
  for (let i = 0; i < 5_000; i++) quota.take(`b${i}`);
  assert.is(quota.has('kept'), false);
  assert.is(quota.has('first'), true); // it was forgotten, which is in its favour
});
