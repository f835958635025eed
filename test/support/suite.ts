/** @module The thin layer over uvu that all tests use: suites that register themselves, counts, and visible skips. */

import { suite as uvuSuite } from 'uvu';
import * as assert from 'uvu/assert';

export { assert };

/** What has run so far in this process. */
export const counts: { passed: number; failed: number; skipped: number } = {
  passed: 0,
  failed: 0,
  skipped: 0,
};

/** Declares a test; its title is a sentence. */
export interface Test {
  (title: string, run: () => void | Promise<void>): void;
  /** Leaves a test out and prints why. */
  skip(title: string, why: string): void;
  before(run: () => void | Promise<void>): void;
  after(run: () => void | Promise<void>): void;
}

const only: string | undefined = process.env.TEST_ONLY;

/** A named group of tests. `TEST_ONLY=text` runs only the tests whose suite or title contains the text. */
export function suite(name: string): Test {
  const group = uvuSuite(name);
  const test = (title: string, run: () => void | Promise<void>): void => {
    if (only !== undefined && !`${name} ${title}`.includes(only)) return;
    group(title, async () => {
      try {
        await run();
        counts.passed += 1;
      } catch (error) {
        counts.failed += 1;
        throw error;
      }
    });
  };
  test.skip = (title: string, why: string): void => {
    counts.skipped += 1;
    console.log(`skipped: ${name}: ${title} (${why})`);
  };
  // uvu swallows what a hook throws and leaves the tests of the group out: it must count as a failure.
  const hook = (run: () => void | Promise<void>) => async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      counts.failed += 1;
      console.error(`failed: ${name}: before or after its tests:`, error);
      throw error;
    }
  };
  test.before = (run: () => void | Promise<void>): void => {
    group.before(hook(run));
  };
  test.after = (run: () => void | Promise<void>): void => {
    group.after(hook(run));
  };
  // After the file's own statements, so that every test of the group is declared.
  queueMicrotask(() => group.run());
  return test;
}
