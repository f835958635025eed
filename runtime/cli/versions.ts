/** @module The protocol versions that the commands know. */

import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import { protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import type { Protocol } from '../roles.ts';
import { UsageError } from './command.ts';

/** All of them, the unreleased one included. */
export const allProtocols: readonly Protocol[] = [v3_0, v3_1, next];

/** One of them by its Version, or by `next`. @throws {UsageError} */
export function protocolOf(version: string): Protocol {
  const found = allProtocols.find(
    (one) => one.version === version || (version === 'next' && one.experimental),
  );
  if (found === undefined) {
    throw new UsageError(
      `version ${version} is not one of ${allProtocols.map((one) => one.version).join(', ')}`,
    );
  }
  return found;
}
