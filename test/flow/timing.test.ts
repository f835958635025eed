import { backoff } from '../../runtime/flow/backoff.ts';
import { classify, retryAfterMs } from '../../runtime/flow/classify.ts';
import { type Limited, within } from '../../runtime/flow/within.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import { manualClock } from '../../runtime/testing.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: timing');

test('the back-off doubles from 5 s to 15 min, and chance takes any part of it (rule 24)', () => {
  const longest = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 900_000, 900_000];
  for (const [i, ms] of longest.entries()) {
    assert.is(
      backoff(i + 1, () => 0),
      1,
    );
    assert.is(
      backoff(i + 1, () => 0.5),
      1 + ms / 2,
    );
    assert.is(
      backoff(i + 1, () => 1 - Number.EPSILON),
      ms,
    );
  }
  assert.is(
    backoff(1_000_000, () => 0.5),
    450_001,
  );
});

test('a redirect is one only with 307 and 308, since others would turn a POST into a GET', () => {
  for (const [status, meaning] of [
    [300, 'temporary'],
    [301, 'temporary'],
    [302, 'temporary'],
    [303, 'temporary'],
    [307, 'redirect'],
    [308, 'redirect'],
  ] as const)
    assert.is(classify(status, false, ''), meaning);
});

test('Retry-After is a number of seconds or a date, and anything else is nothing', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const cases: readonly [header: string | undefined, ms: number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['30', 30_000],
    ['Mon, 02 Mar 2026 12:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2026 11:00:00 GMT', 0],
    ['tomorrow', undefined],
    ['1e3', undefined],
    ['99999999999', undefined],
  ];
  for (const [header, ms] of cases) assert.is(retryAfterMs(header, now), ms, header);
});

test('what is done in time gives its result, and its timer is called off', async () => {
  const clock = manualClock(0);
  const late = () => new Error('late');
  let signal: AbortSignal | undefined;
  const work = (limited: Limited): number => {
    signal = limited.signal;
    return 5;
  };
  assert.is(await within(clock, 1000, work, late), 5);
  assert.is(await within(clock, 1000, async () => 6, late), 6);
  // biome-ignore lint/suspicious/noThenProperty: a promise of somebody else's
  const foreign = { then: (done: (value: number) => void) => done(7) } as Promise<number>;
  assert.is(await within(clock, 1000, () => foreign, late), 7);
  clock.advance(2000);
  assert.is(signal?.aborted, false);
});

test('what throws in time throws, at once or later', async () => {
  const clock = manualClock(0);
  const failing: readonly (() => Promise<never>)[] = [
    () => {
      throw new Error('at once');
    },
    async () => {
      throw new Error('later');
    },
  ];
  for (const [i, work] of failing.entries()) {
    const limited = async (): Promise<unknown> => within(clock, 1000, work, () => new Error('late'));
    const problem = await limited().catch(String);
    assert.is(problem, ['Error: at once', 'Error: later'][i]);
  }
});

test('what is late is left to itself', async () => {
  const clock = manualClock(0);
  let signal: AbortSignal | undefined;
  const never = ({ signal: given }: Limited): Promise<never> => {
    signal = given;
    return new Promise(() => {});
  };
  const done = Promise.resolve(within(clock, 1000, never, () => new Error('late'))).catch(String);
  clock.advance(999);
  assert.is(signal?.aborted, false);
  clock.advance(1);
  assert.is(signal?.aborted, true);
  assert.is(await done, 'Error: late');
});

test('the manual clock calls what falls due, in order, and nothing that was called off', () => {
  const clock = manualClock(1000);
  const calls: string[] = [];
  const note = (name: string) => () => {
    calls.push(`${name} ${clock.now()}`);
  };
  clock.after(30, note('c'));
  clock.after(10, note('a'));
  const callOff = clock.after(20, note('never'));
  clock.after(-5, note('past'));
  clock.after(15, () => {
    note('b')();
    clock.after(1, note('b2'));
  });
  callOff();
  clock.advance(0);
  assert.equal(calls, ['past 1000']);
  clock.advance(29);
  assert.equal(calls, ['past 1000', 'a 1010', 'b 1015', 'b2 1016']);
  clock.advance(1);
  assert.is(calls.at(-1), 'c 1030');
  assert.is(clock.now(), 1030);
});

test('the system clock waits, and can be called off', async () => {
  const before = Date.now();
  await new Promise<void>((resolve) => {
    systemClock.after(0, () => assert.unreachable())();
    systemClock.after(1, resolve);
  });
  assert.ok(systemClock.now() >= before);
});
