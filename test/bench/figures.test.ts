import { assert, suite } from '../support/suite.ts';
import { inRounds, median, medianRatio, repeated } from './figures.ts';

const test = suite('bench: figures');

test('a median is the middle of the sorted samples, or between the two that are', () => {
  assert.is(median([10, 1, 9]), 9);
  assert.is(median([10, 2, 1, 4]), 3);
  assert.throws(
    () => median([]),
    (error: unknown) => error instanceof RangeError,
  );
});

test('a ratio is taken within each round, so that a slow round does not show', () => {
  assert.is(medianRatio([20, 2000, 22], [10, 1000, 11]), 2);
});

test('every case has its turn in each round, each round begins with another, and warm-ups are not counted', async () => {
  const turns: string[] = [];
  const cases = new Map(['a', 'b', 'c'].map((name) => [name, (round: number) => `${name}${round}`]));
  const samples = await inRounds(cases, 2, {
    warmUps: 2,
    began: (round, name) => turns.push(`${name}${round}`),
  });
  assert.equal(turns, ['a-1', 'b-1', 'c-1', 'b0', 'c0', 'a0', 'c1', 'a1', 'b1', 'a2', 'b2', 'c2']);
  assert.equal(samples.get('b'), ['b1', 'b2']);
});

test('what is quick is repeated until it can be measured', () => {
  let runs = 0;
  const us = repeated(() => {
    runs += 1;
  }, 2)();
  assert.ok(runs > 100, String(runs));
  assert.ok(us > 0 && us < 100, String(us));
});
