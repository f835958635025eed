/** @module One service of ours on a loopback port, with a journal of its events and of what its handlers were given. */

import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import { protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import type { PartnerSettings } from '../../runtime/flow/engine.ts';
import { serve } from '../../runtime/node.ts';
import type { ServiceOptions } from '../../runtime/options.ts';
import type { Lookup } from '../../runtime/ports/lookup.ts';
import type { ServiceEvent } from '../../runtime/ports/observer.ts';
import type { HandlersOf, Party, Role, RoleKind } from '../../runtime/roles.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { createService, type Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { Journal } from './journal.ts';

/** How a service of ours is started. */
export interface OursOptions<Kind extends RoleKind> {
  readonly domain: string;
  readonly handlers: HandlersOf<Kind, MemoryTx>;
  /** What is settled with the Python participants. Default: that Result may stand on TestMessageResponse. */
  readonly partner?: PartnerSettings;
  /** Default: the address book that all share. */
  readonly lookup?: Lookup;
  /** Default: chance. */
  readonly chance?: () => number;
  /**
   * What makes it. Default: the `createService` without the market's rules, which would ask for the history of every
   * message before they let it pass.
   */
  readonly create?: typeof createService;
}

/** A service of ours that runs. */
export interface Ours<Kind extends RoleKind = RoleKind> {
  readonly party: Party;
  readonly service: Service<Kind>;
  readonly events: Journal<ServiceEvent>;
  /** Where it listens. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The leniency that the Python library needs. */
export const lenientToPython: PartnerSettings = { lenient: ['/TestMessageResponse/@Result'] };

/** Starts a service. */
export async function startOurs<Kind extends RoleKind>(
  role: Role<Kind>,
  options: OursOptions<Kind> & { readonly key: string; readonly lookup: Lookup },
): Promise<Ours<Kind>> {
  const {
    domain,
    handlers,
    key,
    lookup,
    chance,
    partner = lenientToPython,
    create = createService,
  } = options;
  const events = new Journal<ServiceEvent>(`our ${role.name} ${domain}`);
  const given: ServiceOptions<Kind, MemoryTx> = {
    domain,
    key,
    handlers,
    lookup,
    store: memory(),
    versions: [v3_1, v3_0],
    ed25519: nodeEd25519,
    partner: () => partner,
    insecureEndpoints: true, // http on loopback
    observe: (event) => events.add(event),
    ...(chance === undefined ? {} : { chance }),
  };
  const service = await create(role, given);
  const server = await serve(service, { port: 0 });
  return {
    party: service.party,
    service,
    events,
    endpoint: `${server.url}/shapeshifter/api/v3/message`,
    stop: () => server.stop(),
  };
}
