/** @module The promises of the Store contract as test cases: how to open a store in; cases for any runner out. */

import type { Store } from '../ports/store.ts';
import { behindScenarios } from './conformance/behind.ts';
import { clockScenarios } from './conformance/clocks.ts';
import { commitScenarios, identityScenarios } from './conformance/commits.ts';
import { leaseScenarios } from './conformance/leases.ts';
import { type ConformanceOptions, optionalScenarios } from './conformance/options.ts';
import { orderScenarios } from './conformance/order.ts';
import { recordScenarios, retentionScenarios } from './conformance/records.ts';
import { scopeScenarios } from './conformance/scopes.ts';
import type { Scenario } from './conformance/stage.ts';
import { taskScenarios } from './conformance/tasks.ts';

export type { ConformanceOptions } from './conformance/options.ts';

/** One test. */
export interface Case {
  /** A sentence: the promise. */
  readonly title: string;
  /** Opens a store, tries, and closes it. Rejects with an Error that says what was expected and what came. */
  run(): Promise<void>;
}

/**
 * Makes the cases that show whether a store keeps the contract. They need no test framework and no clock: all times are
 * numbers near 0 that they give. Each opens a store of its own, so they may run in any order, also at once.
 *
 * @param open - opens an empty store
 * @param options - more that the store can do, so that it is tried too
 *
 * @example
 * ```ts
 * import { memory } from 'shapeshifter-uftp';
 * import { conformance } from 'shapeshifter-uftp/testing';
 *
 * for (const { title, run } of conformance(async () => memory())) {
 *   await run();
 *   console.log(`ok: ${title}`);
 * }
 * ```
 */
export function conformance<Tx>(
  open: () => Promise<Store<Tx>>,
  options: ConformanceOptions<Tx> = {},
): Case[] {
  const scenarios: readonly Scenario<Tx>[] = [
    ...commitScenarios,
    ...identityScenarios,
    ...scopeScenarios,
    ...orderScenarios,
    ...taskScenarios,
    ...leaseScenarios,
    ...behindScenarios,
    ...clockScenarios,
    ...recordScenarios,
    ...retentionScenarios,
    ...optionalScenarios(options),
  ];
  return scenarios.map(({ title, run }) => ({
    title,
    async run() {
      const store = await open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    },
  }));
}
