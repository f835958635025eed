/** @module The options of a service: checked all at once, with every problem named, and completed with their defaults. */

import type { RemoteAddress } from './address.ts';
import type { EndpointSettings } from './app.ts';
import type { Limits } from './codec/limits.ts';
import { mistakes } from './errors.ts';
import type { AnyHandler, Convert, Participant, PartnerSettings, Timing } from './flow/engine.ts';
import type { Rates } from './flow/quota.ts';
import { checkReplyTimes, replyMsUsual } from './flow/reply-times.ts';
import { Stop } from './flow/stop.ts';
import { amounts, checkKeeping, checkNumbers, rates, timings } from './numbers.ts';
import type { Chance, Clock, NewId } from './ports/clock.ts';
import type { Lookup } from './ports/lookup.ts';
import type { Observer } from './ports/observer.ts';
import type { Ed25519 } from './ports/signer.ts';
import type { Attempt, Store } from './ports/store.ts';
import type { Transport } from './ports/transport.ts';
import type { Awaitable, HandlersOf, Message, Party, Protocol, Role, RoleKind } from './roles.ts';
import type { PrivateKeyInput } from './seal/keys.ts';
import { checkHandlers, checkKey, checkLimits, checkShapes, checkVersions, notices } from './shapes.ts';

/**
 * Options of `createService`.
 *
 * @example
 * ```ts
 * import { type ServiceOptions, memory } from 'shapeshifter-uftp';
 * import type { AgrKind } from 'shapeshifter-uftp/v3.1';
 *
 * function options(key: string): Pick<ServiceOptions<AgrKind, unknown>, 'domain' | 'key' | 'store'> {
 *   return { domain: 'aggregator.example', key, store: memory() };
 * }
 * ```
 */
export interface ServiceOptions<Kind extends RoleKind, Tx> {
  /** Own domain, as it stands in SenderDomain. */
  readonly domain: string;
  /** Own private key, in any of the forms of `importPrivateKey`, or a signer. */
  readonly key: PrivateKeyInput;
  /** Where messages are kept. There is no default: `memory()` loses what was accepted with the process. */
  readonly store: Store<Tx>;
  /** Keys and endpoints of partners. */
  readonly lookup: Lookup;
  /** What to do with messages. A request without a handler is rejected with "Invalid Message". */
  readonly handlers: HandlersOf<Kind, Tx>;
  /**
   * Versions that are understood, the role's own among them. Default in the entries of runtimes: 3.1.0, 3.0.0 and the
   * role's own; in the main entry the role's own.
   */
  readonly versions?: readonly Protocol[];
  /** What is settled with a partner. Default: nothing. */
  readonly partner?: (party: Party) => PartnerSettings | undefined;
  /** Path of the endpoint; `{major}` stands for the major version (rule 10). Default `/shapeshifter/api/v{major}/message`. */
  readonly path?: string;
  /** True: bodies without Content-Length are taken, within the limit. Default false: 411 (rule 32). */
  readonly chunked?: boolean;
  /**
   * True: http, other ports and private addresses are allowed as endpoints. For development. Default false: also a name
   * that leads to a private address is refused, by `nodeTransport` when it is connected to.
   */
  readonly insecureEndpoints?: boolean;
  /** Bounds on documents. */
  readonly limits?: Partial<Limits>;
  /**
   * Requests that are worked on at the same time. More are answered 429 (rule 34), unless one whose body is still
   * arriving can be given up in their place. Default 256.
   */
  readonly requestsMax?: number;
  /** How long a body may take to arrive; then the sender is answered 408. Default 30 s. */
  readonly bodyMsMax?: number;
  /**
   * Requests of one remote address in a minute, before anything is known of who it is; more are answered 429. Default
   * 6,000; raise it for a broker, who is one address for many participants. `Infinity` switches the check off.
   */
  readonly requestsPerMinuteMax?: number;
  /** Signatures of one remote address that do not hold, in a minute; then all of it is answered 429. Default 600. */
  readonly failedSignaturesPerMinuteMax?: number;
  /** Requests of one sender in a minute, once its signature holds; more are answered 429. Default 60,000. */
  readonly senderRequestsPerMinuteMax?: number;
  /**
   * Tells the remote address of a request, without a port, which is counted by; IPv6 addresses by their first 64 bits,
   * `undefined` is not counted. Default: that of the connection, unless it is of this machine or of a private network.
   * Behind a proxy name its header: `(request) => request.headers.get('x-real-ip') ?? undefined`. Anybody can send such
   * a header: trust it only where the proxy overwrites it.
   */
  readonly remoteAddress?: RemoteAddress;
  /** How long a `preProcess…` may take. Default 5 s; then the sender is answered 503. */
  readonly decideMsMax?: number;
  /** How long a `process…` may take before its signal is aborted. Default 10 min. */
  readonly processMsMax?: number;
  /** How long a task is held without a sign of life. Default 30 s. */
  readonly leaseMs?: number;
  /** How long one attempt at delivery may take. Default 30 s. */
  readonly deliverMsMax?: number;
  /** How long delivery is tried (rule 23). Default 72 h, never under 1 h. */
  readonly retryWindowMs?: number;
  /** How often a `process…` that throws is run. Default 10. */
  readonly processAttemptsMax?: number;
  /** How long a deferred answer may take before `onOverdue` is called. Default 1 h. */
  readonly deferredMsMax?: number;
  /** A message with an older TimeStamp is rejected. Default 14 days; `Infinity` switches the check off. */
  readonly timeStampAgeMsMax?: number;
  /** A message with a TimeStamp further ahead is rejected. Default 10 min; `Infinity` switches the check off. */
  readonly timeStampAheadMsMax?: number;
  /** How long bodies of messages are kept (rule 128). Default 400 days; never those of tasks that have not ended. */
  readonly keepBodiesMs?: number;
  /**
   * How long records of messages are kept, by which a message that is replayed is known. Default 800 days; never less
   * than `keepBodiesMs`, or `timeStampAgeMsMax` and `timeStampAheadMsMax` together.
   */
  readonly keepRecordsMs?: number;
  /** How long `stop()` waits for handlers and deliveries before it gives them up. Default 30 s; then 5 s at most. */
  readonly stopMsMax?: number;
  /**
   * How long the response to a request may take before `onExpired` is called (rule 42), by message as in `send…`, such
   * as `{ FlexRequest: 600_000 }`, counted from when it was committed. Default 1 h.
   */
  readonly replyWithinMs?: Readonly<Record<string, number>>;
  /**
   * When a message is of no use any more, beyond what its ExpirationDateTime or that of the offer that it orders says:
   * past the earlier one it is not delivered. Default in the entries of runtimes: a FlexOrder when its first ISP begins.
   * `notAfter` of `send…` stands in place of all of these.
   */
  readonly notAfter?: (message: Message) => Date | undefined;
  /** Called, durably, when a deferred request has not been answered in time. It runs again where it throws. */
  readonly onOverdue?: (request: Message, sender: Party) => Awaitable<void>;
  /** Called, durably, when no response that we accepted has come in time to a request that was sent (rule 42). */
  readonly onExpired?: (request: Message, recipient: Party) => Awaitable<void>;
  /** Called, durably, when a message has become a dead letter (rule 30); `attempt` says why. */
  readonly onUndeliverable?: (message: Message, recipient: Party, attempt: Attempt) => Awaitable<void>;
  /** Called, durably, for each further response to a request: the first one that was accepted counts. */
  readonly onConflict?: (response: Message, sender: Party) => Awaitable<void>;
  /** Takes events. Default: what an operator should know goes to the console. */
  readonly observe?: Observer;
  /** How messages get out. Default: in the entries of Node and Bun `nodeTransport()`, elsewhere `fetchTransport`. */
  readonly transport?: Transport;
  /**
   * The implementation of Ed25519. Default in the entries of Node, Bun and Deno: `node:crypto`, on Node `sodium-native`
   * where it is installed. Default elsewhere: WebCrypto where it has it, else a portable one.
   */
  readonly ed25519?: Ed25519;
  /** Time. Default: the runtime's. */
  readonly clock?: Clock;
  /** Makes identifiers. Default: random UUIDs. */
  readonly newId?: NewId;
  /** Spreads retries. Default: `Math.random`. */
  readonly chance?: Chance;
}

/** Options that have been checked. */
export interface CheckedOptions {
  readonly participant: Participant;
  readonly timing: Timing;
  readonly limits: Partial<Limits>;
  readonly rates: Rates;
  readonly path: string;
  readonly settings: EndpointSettings;
}

/**
 * Checks all options.
 *
 * @throws {TypeError} that lists everything that is wrong, one problem a line
 */
export async function checkOptions<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
  backend: Ed25519,
): Promise<CheckedOptions> {
  const problems: string[] = [];
  if (typeof role !== 'object' || role?.protocol === undefined) {
    throw new TypeError(
      "createService: the first argument is a role object: import { agr } from 'shapeshifter-uftp/v3.1'",
    );
  }
  if (typeof options !== 'object' || options === null)
    throw new TypeError('createService: the second argument is an object of options');
  checkShapes(options, problems);
  checkHandlers(role, options.handlers, problems);
  const versions = checkVersions(role, options.versions, problems);
  const timing = checkNumbers(options, timings, problems);
  checkKeeping(timing, problems);
  const checkedRates = checkNumbers(options, rates, problems);
  const checkedAmounts = checkNumbers(options, amounts, problems);
  const limits = checkLimits(options.limits, problems);
  const replyTimes = checkReplyTimes(role, options.replyWithinMs, problems);
  const signer = await checkKey(options.key, backend, problems);
  if (problems.length > 0 || signer === undefined) {
    throw mistakes(`createService cannot start the ${role.name}`, problems);
  }
  const handlers = options.handlers as Readonly<Record<string, AnyHandler | undefined>>;
  return {
    participant: {
      party: { domain: options.domain, role: role.name },
      protocol: role.protocol,
      versions,
      convert: await converter(versions),
      signer,
      handler: (name) => handlers[name]?.bind(handlers),
      partner: (party) => options.partner?.(party) ?? {},
      waits: new Stop(),
      notices: Object.fromEntries(notices.map((name) => [name, options[name]])),
      expiry: (message) => options.notAfter?.(message)?.getTime(),
      replyWithinMs: (type) => replyTimes.get(type) ?? replyMsUsual,
    },
    timing,
    limits,
    rates: checkedRates,
    path: options.path ?? '/shapeshifter/api/v{major}/message',
    settings: {
      ...checkedAmounts,
      chunked: options.chunked ?? false,
      remoteAddress: options.remoteAddress,
    },
  };
}

/** What converts is loaded where there is something to convert: most participants speak one version. */
async function converter(versions: readonly Protocol[]): Promise<Convert> {
  if (versions.length === 1) return (message) => message;
  return (await import('./codec/convert.ts')).convert;
}
