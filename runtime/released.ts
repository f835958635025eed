/** @module createService as the entries of all runtimes have it: with both released versions of the protocol. */

import { protocol as v3_0 } from '../generated/3.0.0/index.ts';
import { protocol as v3_1 } from '../generated/3.1.0/index.ts';
import { orderExpiry } from './market/expiry.ts';
import type { ServiceOptions } from './options.ts';
import type { Protocol, Role, RoleKind } from './roles.ts';
import { createService, type Service } from './service.ts';

/**
 * `createService` with 3.1.0 and 3.0.0 as the versions that are understood unless `versions` says otherwise, and the
 * role's own where it is another; a FlexOrder is not delivered once its first ISP has begun, unless `notAfter` says
 * otherwise.
 *
 * @param own what the runtime has better than the portable defaults; used where `options` names nothing
 * @throws {TypeError} that lists everything that is wrong with the options
 */
export function createReleasedService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
  own: Pick<ServiceOptions<Kind, Tx>, 'ed25519' | 'transport'> = {},
): Promise<Service<Kind>> {
  const released: readonly Protocol[] = [v3_1, v3_0];
  const versions = released.includes(role?.protocol) ? released : [role?.protocol, ...released];
  const usual = { versions, notAfter: orderExpiry, ...own };
  // What is given as undefined is not given: it must not lead past the expiry of orders, or the check of addresses.
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return createService(role, { ...usual, ...(Object.fromEntries(given) as unknown as typeof options) });
}
