/** @module What every stage of the flow works with: the participants of one host, and its ways to the outside. */

import type { ConvertContext } from '../codec/convert.ts';
import type { DecodeOptions } from '../codec/decode.ts';
import type { Limits } from '../codec/limits.ts';
import type { Chance, Clock, NewId } from '../ports/clock.ts';
import type { Lookup } from '../ports/lookup.ts';
import type { Observer, ServiceEvent } from '../ports/observer.ts';
import type { Ed25519, PublicKey, Signer } from '../ports/signer.ts';
import type { Attempt, Store } from '../ports/store.ts';
import type { Transport } from '../ports/transport.ts';
import type { Awaitable, Message, Party, Protocol } from '../roles.ts';
import { importPublicKey, type PublicKeyInput } from '../seal/keys.ts';
import type { Quotas } from './quota.ts';
import type { Stop } from './stop.ts';
import { within } from './within.ts';

/** What is settled with one partner. All of it is optional. */
export interface PartnerSettings {
  /** The version in which messages to this partner are written, such as `3.0.0`. Default: that of the role object. */
  readonly version?: string;
  /**
   * Departures from the schema that are let through and observed, as paths without positions, such as
   * `/TestMessageResponse/@Result`. Only unknown attributes, which are dropped, and facets of strings.
   */
  readonly lenient?: readonly string[];
  /** True: every message of this partner is rejected with "Barred Sender" (rule 68). */
  readonly barred?: boolean;
  /**
   * For how long, in milliseconds since the first attempt was due, HTTP 401 is a temporary failure. Default 0: the
   * message is a dead letter at once.
   */
  readonly unauthorizedRetryMs?: number;
}

/** Settings for a partner with the Java library 3: it answers 401 also where its own look-up of our key has failed. */
export const javaLibrary: PartnerSettings = Object.freeze({ unauthorizedRetryMs: 15 * 60_000 });

/** Times and amounts; each has a default and checked bounds in `numbers.ts`. */
export interface Timing {
  readonly decideMsMax: number;
  readonly processMsMax: number;
  readonly leaseMs: number;
  readonly deliverMsMax: number;
  readonly retryWindowMs: number;
  readonly processAttemptsMax: number;
  readonly deferredMsMax: number;
  readonly keepBodiesMs: number;
  readonly keepRecordsMs: number;
  readonly stopMsMax: number;
  readonly timeStampAgeMsMax: number;
  readonly timeStampAheadMsMax: number;
}

/** A handler, of whatever message: the generated interfaces are stricter. */
export type AnyHandler = (message: Message, context: object) => Awaitable<unknown>;

/** Turns a message into another version's. @throws {UftpError} `conversion-lossy` */
export type Convert = (message: Message, from: Protocol, to: Protocol, context?: ConvertContext) => Message;

/** One participant: a role of a domain. */
export interface Participant {
  readonly party: Party;
  /** The version in which handlers and clients speak. */
  readonly protocol: Protocol;
  /** All versions that are understood. */
  readonly versions: readonly Protocol[];
  /** Turns a message into another version's; of a single version nothing is converted, and it may do nothing. */
  readonly convert: Convert;
  readonly signer: Signer;
  readonly handler: (name: string) => AnyHandler | undefined;
  readonly partner: (party: Party) => PartnerSettings;
  readonly notices: Notices;
  /** Ends all waits for responses, now and from now on. */
  readonly waits: Stop;
  /** By when a message is of no use any more, beyond what it says itself, in milliseconds since 1970. */
  readonly expiry: (message: Message) => number | undefined;
  /** How long the reply to a message may take. */
  readonly replyWithinMs: (type: string) => number;
}

/** What an application wants to be told of, each at least once, as work that is done again where it throws. */
export interface Notices {
  readonly onOverdue?: ((request: Message, sender: Party) => Awaitable<void>) | undefined;
  readonly onExpired?: ((request: Message, recipient: Party) => Awaitable<void>) | undefined;
  readonly onUndeliverable?:
    | ((message: Message, recipient: Party, attempt: Attempt) => Awaitable<void>)
    | undefined;
  readonly onConflict?: ((response: Message, sender: Party) => Awaitable<void>) | undefined;
}

/** One host. */
export interface Engine {
  readonly participants: readonly Participant[];
  readonly store: Store;
  readonly lookup: Lookup;
  readonly transport: Transport;
  readonly ed25519: Ed25519;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly chance: Chance;
  readonly limits: Partial<Limits>;
  readonly timing: Timing;
  readonly quotas: Quotas;
  /** True: http endpoints and private addresses are allowed. For development. */
  readonly insecureEndpoints: boolean;
  readonly observe: Observer;
}

/** Tells the observer, whose mistakes must not become ours. */
export function tell(engine: Engine, event: ServiceEvent): void {
  try {
    const told = engine.observe(event) as unknown as Promise<void> | undefined;
    told?.catch?.(() => {}); // an async function is an observer, too
  } catch {
    // An observer that throws has nobody left to tell.
  }
}

/** The participant of the host whose records these are; undefined where it has left. */
export function participantOf(engine: Engine, { domain, role }: Party): Participant | undefined {
  return engine.participants.find(({ party }) => party.domain === domain && party.role === role);
}

/** All versions that the host understands: a message is read before it is known whom it is for. */
export function versionsOf({ participants }: Engine): readonly Protocol[] {
  const known = versionsByHost.get(participants);
  if (known !== undefined) return known;
  const versions = [...new Set(participants.flatMap((one) => one.versions))];
  versionsByHost.set(participants, versions);
  return versions;
}

const versionsByHost: WeakMap<Engine['participants'], readonly Protocol[]> = new WeakMap();

/** How messages of a sender are read: within the limits, and as leniently as any participant of the host has settled. */
export function readingOf(engine: Engine, sender: Party): DecodeOptions {
  const lenient = engine.participants.flatMap((one) => one.partner(sender).lenient ?? []);
  return { limits: engine.limits, lenient };
}

/** How long a look-up may take. */
export const lookupMsMax = 10_000;

/** The keys of a participant, in the form that the backend remembers. @throws where the look-up fails */
export async function keysOf(engine: Engine, party: Party, fresh: boolean): Promise<readonly PublicKey[]> {
  const found = await within(
    engine.clock,
    lookupMsMax,
    () => engine.lookup.keys(party, { fresh }),
    () => new Error(`no keys of ${party.role} ${party.domain} within ${lookupMsMax} ms`),
  );
  if (found === undefined || found === null) return [];
  const keys: PublicKey[] = [];
  for (const one of Array.isArray(found) ? found : [found])
    keys.push(keyCache.get(one) ?? (await importedKey(one)));
  return keys;
}

/** Key objects by their text: backends import a key once for each object. */
const keyCache = new Map<unknown, PublicKey>();
const keyCacheMax = 1000;

async function importedKey(input: PublicKeyInput): Promise<PublicKey> {
  const read = await importPublicKey(input);
  const text = typeof input === 'string' ? input : read.text;
  const key = keyCache.get(text) ?? read;
  const oldest = keyCache.size >= keyCacheMax ? keyCache.keys().next().value : undefined;
  if (oldest !== undefined) keyCache.delete(oldest);
  keyCache.set(text, key);
  return key;
}

/** SHA-256 in hexadecimal: by the backend where it has one, at once where that does, else by WebCrypto. */
export function sha256({ ed25519 }: Pick<Engine, 'ed25519'>, bytes: Uint8Array): Awaitable<string> {
  return ed25519.sha256?.(bytes) ?? webSha256(bytes);
}

async function webSha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
