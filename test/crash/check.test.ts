import { assert, suite } from '../support/suite.ts';
import { type History, keepsItsWord, totalQueue, type Verdict } from './check.ts';
import { seeded, uuid } from './random.ts';

const test = suite('crash: the checker');

const clean: History = {
  offered: ['a', 'b', 'c', 'd'],
  acknowledged: ['a', 'b', 'c'],
  taken: ['c', 'a', 'b'],
};
const nothing: Verdict = { lost: [], unexpected: [], duplicated: [], recovered: [] };

test('what was acknowledged and came out once is as it should be, in whatever order', () => {
  assert.equal(totalQueue(clean), nothing);
  assert.ok(keepsItsWord(totalQueue(clean)));
});

test('every planted fault is found, and nothing else', () => {
  const cases: readonly [planted: Partial<History>, found: Partial<Verdict>, keeps: boolean][] = [
    [{ taken: ['a', 'c'] }, { lost: ['b'] }, false],
    [{ taken: [] }, { lost: ['a', 'b', 'c'] }, false],
    [{ taken: ['a', 'b', 'c', 'x', 'x'] }, { unexpected: ['x'], duplicated: ['x'] }, false],
    [{ taken: ['a', 'b', 'c', 'b', 'b'] }, { duplicated: ['b'] }, false],
    [{ taken: ['a', 'b', 'c', 'd'] }, { recovered: ['d'] }, true],
    [{ taken: ['a', 'b', 'c', 'd', 'd'] }, { recovered: ['d'], duplicated: ['d'] }, false],
    [{ acknowledged: [] }, { recovered: ['c', 'a', 'b'] }, true],
  ];
  for (const [planted, found, keeps] of cases) {
    const verdict = totalQueue({ ...clean, ...planted });
    assert.equal(verdict, { ...nothing, ...found }, JSON.stringify(planted));
    assert.is(keepsItsWord(verdict), keeps);
  }
});

test('one lost and one done twice are found among 20,000', () => {
  const random = seeded(7);
  const offered = Array.from({ length: 20_000 }, () => uuid(random));
  const [lost = '', twice = ''] = [offered[4_711], offered[12_345]];
  const taken = [...offered.filter((one) => one !== lost), twice];
  const verdict = totalQueue({ offered, acknowledged: offered, taken });
  assert.equal(verdict, { ...nothing, lost: [lost], duplicated: [twice] });
});

test('a seed gives the same moments and names again, and another seed others', () => {
  const of = (seed: number): readonly string[] => {
    const random = seeded(seed);
    return Array.from({ length: 100 }, () => `${random()} ${uuid(random)}`);
  };
  assert.equal(of(1), of(1));
  assert.is(new Set([...of(1), ...of(2), ...of(3)]).size, 300);
  for (const one of of(4))
    assert.match(one, / [\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
