/** @module createService: from a role object and options to a participant that can be served. */

import type { Route } from './app.ts';
import { clientsOf } from './flow/clients.ts';
import { compose } from './flow/compose.ts';
import { type Engine, type Participant, tell } from './flow/engine.ts';
import { createQuotas } from './flow/quota.ts';
import { storedMessage } from './flow/records.ts';
import { received } from './flow/reply.ts';
import type { Deferred } from './flow/respond.ts';
import { parts, type Servable, servable } from './host.ts';
import { checkOptions, type ServiceOptions } from './options.ts';
import { systemClock } from './ports/clock.ts';
import type { Filter, Store, StoredMessage } from './ports/store.ts';
import type { Transport } from './ports/transport.ts';
import type { Message, Party, Role, RoleKind, Sent, Verdict } from './roles.ts';
import { portableEd25519 } from './seal/choose.ts';

/** A participant, with the clients of its role. */
export type Service<Kind extends RoleKind> = Servable &
  Kind['clients'] & {
    /** Own domain and role. */
    readonly party: Party;
    /**
     * Answers a request that was deferred, once and durably, ahead of what waits in its conversation.
     *
     * @throws {UftpError} `reply-not-awaited` where the request is unknown, was not deferred, or has been answered;
     *   `message-invalid` where its response is not valid; `store-unavailable`
     * @throws {TypeError} where the verdict is neither `accept(…)` nor `reject(…)`
     */
    respond(
      request: { readonly messageId: string; readonly sender: Party },
      verdict: Verdict,
    ): Promise<Sent | undefined>;
    /** Decodes a stored message, in the version of the role object. @throws {Error} where retention has removed its body */
    read(stored: StoredMessage): Message;
    /** What the store has of this participant, oldest first. */
    messages(
      filter?: Omit<Filter, 'participant'>,
    ): Promise<{ readonly messages: readonly StoredMessage[]; readonly next?: string }>;
  };

/**
 * Makes a participant of a role. All options are checked at once.
 *
 * @throws {TypeError} that lists everything that is wrong with the options
 *
 * @example
 * ```ts
 * import { accept, addressBook, createService, generateKeys, memory } from 'shapeshifter-uftp';
 * import { agr } from 'shapeshifter-uftp/v3.1';
 *
 * const { privateKey } = await generateKeys();
 * const service = await createService(agr, {
 *   domain: 'aggregator.example',
 *   key: privateKey,
 *   store: memory(),
 *   lookup: addressBook([]),
 *   handlers: { preProcessFlexRequest: () => accept() },
 * });
 * ```
 */
export async function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  const ed25519 = options?.ed25519 ?? (await portableEd25519());
  const { participant, timing, limits, rates, path, settings } = await checkOptions(role, options, ed25519);
  const clock = options.clock ?? systemClock;
  const engine: Engine = {
    participants: [participant],
    store: options.store as Store,
    lookup: options.lookup,
    transport: options.transport ?? fetching,
    ed25519,
    clock,
    newId: options.newId ?? (() => crypto.randomUUID()),
    chance: options.chance ?? Math.random,
    limits,
    timing,
    quotas: createQuotas(clock, rates),
    insecureEndpoints: options.insecureEndpoints ?? false,
    observe: options.observe ?? (await import('./ports/console.ts')).consoleObserver,
  };
  if (!engine.store.durable) {
    tell(engine, {
      event: 'warning',
      text: `the ${engine.store.name} store is not durable: accepted messages die with the process`,
    });
  }
  const routes = routesOf(path, participant);
  const service = {
    ...servable(engine, routes, settings),
    ...clientsOf(participant, async (recipient, name, draft, options) => {
      const [composed, { send }] = await Promise.all([
        compose(engine, participant, { recipient, name, draft, options }), // at once: the draft may be changed later
        import('./flow/queues.ts'),
      ]);
      return send(engine, participant, composed, options);
    }),
    party: participant.party,
    respond: async (request: Deferred, verdict: Verdict) => {
      const { respond } = await import('./flow/queues.ts');
      return respond(engine, participant, request, verdict);
    },
    read: (stored: StoredMessage) =>
      received(participant, { message: stored }, storedMessage(engine, stored)).message,
    messages: (filter: Omit<Filter, 'participant'> = {}) =>
      engine.store.list({ ...filter, participant: participant.party }),
  } as Service<Kind>;
  parts.set(service, { engine, participant, routes, settings });
  return service;
}

/** `fetchTransport`, loaded with the first delivery. */
const fetching: Transport = async (request) => (await import('./transport/fetch.ts')).fetchTransport(request);

/** One path for each supported major version (rule 10). */
function routesOf(path: string, participant: Participant): readonly Route[] {
  const majors = new Set(participant.versions.map((one) => one.version.split('.')[0] ?? ''));
  const paths = new Set([...majors].map((major) => path.replace('{major}', major)));
  return [...paths].map((one) => ({ path: one, participant }));
}
