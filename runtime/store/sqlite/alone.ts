/** @module Transactions one by one: each in the turn in which it is asked for, where a transaction has no fsync of its own. */

import type { SqlAccess, SqlDriver, SqlHooks } from './driver.ts';

/** See the module. */
export function alone(driver: SqlDriver, { during, forget }: SqlHooks): SqlAccess {
  return {
    read: async (work) => driver.transaction('read', work),
    async write(work, written) {
      try {
        const result = driver.transaction('write', () => during(work));
        written?.(result);
        return result;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
