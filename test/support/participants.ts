/** @module A small market in memory: participants with fresh keys, one address book, a network that tests may disturb, and a clock that they move. */

import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import { protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import { readMessage } from '../../runtime/codec/message.ts';
import type { Servable } from '../../runtime/host.ts';
import { createService } from '../../runtime/node.ts';
import type { ServiceOptions } from '../../runtime/options.ts';
import type { Lookup } from '../../runtime/ports/lookup.ts';
import type { ServiceEvent } from '../../runtime/ports/observer.ts';
import type { Store } from '../../runtime/ports/store.ts';
import type { TransportRequest, TransportResponse } from '../../runtime/ports/transport.ts';
import type { Message, Party, Role, RoleKind, RoleName } from '../../runtime/roles.ts';
import { open, seal } from '../../runtime/seal/ed25519.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { readEnvelope, writeEnvelope } from '../../runtime/seal/envelope.ts';
import { generateKeys, importPrivateKey, type PublicKeyInput } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import type { Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { inMemoryTransport, type ManualClock, manualClock } from '../../runtime/testing.ts';

export const path = '/shapeshifter/api/v3/message';
export const minute = 60_000;
export const hour: number = 60 * minute;
/** When every scene begins. */
export const begin: number = Date.parse('2026-03-02T12:00:00Z');
export const parties: Readonly<Record<RoleName, Party>> = {
  AGR: { domain: 'agr.example', role: 'AGR' },
  CRO: { domain: 'cro.example', role: 'CRO' },
  DSO: { domain: 'dso.example', role: 'DSO' },
};

/** One POST that reached the network. */
export interface Post {
  readonly at: number;
  readonly url: string;
  readonly to: string;
  readonly bytes: Uint8Array;
  /** The answer's; undefined for a transport fault. */
  readonly status: number | undefined;
  readonly message: Message;
  readonly payload: Uint8Array;
}

/** What the network answers in place of the recipient: a status, with headers and text; a throw is a transport fault. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** A participant of whom only keys and endpoint are there: it seals whatever it is told to, and takes everything. */
export interface Outsider {
  readonly party: Party;
  readonly privateKey: string;
  /** Seals a payload into a SignedMessage that claims to come from `claim`. */
  seal(payload: Uint8Array | string, claim?: Party): Promise<Uint8Array>;
}

/** Options of a service as tests give them: the rest is the scene's. */
export type Given<Kind extends RoleKind> = Partial<ServiceOptions<Kind, MemoryTx>>;

export interface Scene {
  readonly clock: ManualClock;
  readonly events: ServiceEvent[];
  readonly posts: Post[];
  /** By `ROLE domain`; a list is a rotation. */
  readonly keys: Map<string, PublicKeyInput | readonly PublicKeyInput[]>;
  /** By `ROLE domain`. */
  readonly endpoints: Map<string, string>;
  readonly services: Map<string, Servable>;
  readonly lookup: Lookup;
  /** Asked before each POST; undefined lets it through. */
  disturb: (request: TransportRequest) => Answer | undefined | Promise<Answer | undefined>;
  /** Options of a service of that role, with the scene's clock, keys and network. */
  options<Kind extends RoleKind>(
    role: Role<Kind>,
    given?: Given<Kind>,
  ): Promise<ServiceOptions<Kind, MemoryTx>>;
  /** Starts a service of `<role>.example`, with both released versions. */
  join<Kind extends RoleKind>(role: Role<Kind>, given?: Given<Kind>): Promise<Service<Kind>>;
  outsider(role: RoleName, domain?: string): Promise<Outsider>;
  /** Drains all services until nothing is due. */
  drain(): Promise<void>;
  /** Moves the clock, then drains. */
  pass(ms: number): Promise<void>;
  /** What was told under that name. */
  told<Name extends ServiceEvent['event']>(name: Name): Extract<ServiceEvent, { event: Name }>[];
}

export function openScene(): Scene {
  const clock = manualClock(begin);
  const events: ServiceEvent[] = [];
  const posts: Post[] = [];
  const keys: Scene['keys'] = new Map();
  const endpoints = new Map<string, string>();
  const services = new Map<string, Servable>();
  const outsiders = new Set<string>();
  const deliver = inMemoryTransport(services);
  const lookup: Lookup = {
    keys: (party) => keys.get(id(party)),
    endpoint: (party) => endpoints.get(id(party)),
  };
  const transport = async (request: TransportRequest): Promise<TransportResponse> => {
    const { url, body: bytes } = request;
    const post = { at: clock.now(), url: url.href, to: url.hostname, bytes, ...opened(bytes) };
    try {
      const given =
        (await scene.disturb(request)) ??
        (outsiders.has(url.origin) ? { status: 200 } : await deliver(request));
      posts.push({ ...post, status: given.status });
      return 'header' in given ? given : response(given);
    } catch (fault) {
      posts.push({ ...post, status: undefined });
      throw fault;
    }
  };
  const admit = async (party: Party): Promise<string> => {
    const made = await generateKeys(nodeEd25519);
    keys.set(id(party), made.publicKey);
    endpoints.set(id(party), `https://${party.domain}${path}`);
    return made.privateKey;
  };
  const scene: Scene = {
    ...{ clock, events, posts, keys, endpoints, services, lookup },
    disturb: () => undefined,
    async options(role, given = {}) {
      const domain = given.domain ?? parties[role.name].domain;
      const key = given.key ?? (await admit({ domain, role: role.name }));
      const observe = (event: ServiceEvent): void => {
        events.push(event);
      };
      const usual = { store: memory(), lookup, transport, clock, observe, chance: () => 0.5, handlers: {} };
      return { ...usual, ...given, domain, key };
    },
    async join(role, given) {
      const options = await scene.options(role, given);
      const service = await createService(role, options);
      services.set(`https://${options.domain}`, service);
      return service;
    },
    async outsider(role, domain = parties[role].domain) {
      const party = { domain, role };
      const privateKey = await admit(party);
      outsiders.add(`https://${domain}`);
      const signer = await importPrivateKey(privateKey, nodeEd25519);
      const bytes = (payload: Uint8Array | string): Uint8Array =>
        typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      return {
        party,
        privateKey,
        seal: async (payload, claim = party) => writeEnvelope(claim, await seal(signer, bytes(payload))),
      };
    },
    async drain() {
      for (let tasks = 1; tasks > 0; ) {
        tasks = 0;
        for (const service of new Set(services.values())) tasks += (await service.drain()).tasks;
      }
    },
    async pass(ms) {
      clock.advance(ms);
      await scene.drain();
    },
    told: (name) => events.filter((one) => one.event === name) as never,
  };
  return scene;
}

/** How the scene's maps name a participant. */
export function id({ role, domain }: Party): string {
  return `${role} ${domain}`;
}

/** What a SignedMessage holds; its signature is not looked at. */
export function opened(envelope: Uint8Array): { readonly message: Message; readonly payload: Uint8Array } {
  const { body } = readEnvelope(envelope, v3_1.envelope) as { body: Uint8Array };
  const payload = body.subarray(64);
  const { message, issues } = readMessage(payload, [v3_1, v3_0, next]);
  if (message === undefined) throw new Error(`an invalid message was sent: ${JSON.stringify(issues)}`);
  return { message, payload };
}

/** The attributes and elements of what was POSTed, by their properties. */
export function said(posted: Post | undefined): Readonly<Record<string, unknown>> {
  if (posted === undefined) throw new Error('nothing was sent');
  return posted.message as unknown as Readonly<Record<string, unknown>>;
}

/** True where the signature of a SignedMessage holds under the key. */
export async function holds(envelope: Uint8Array, key: PublicKeyInput): Promise<boolean> {
  const { body } = readEnvelope(envelope, v3_1.envelope) as { body: Uint8Array };
  return (await open(nodeEd25519, [publicKey(key)], body)) !== undefined;
}

/** POSTs to a service as a partner would. */
export function post(
  service: Servable,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  url = `https://service.example${path}`,
): Promise<Response> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const usual = { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(bytes.length) };
  return service.fetch(
    new Request(url, {
      method: 'POST',
      headers: { ...usual, ...headers },
      body: bytes as Uint8Array<ArrayBuffer>,
    }),
  );
}

/** A store that does some things in another way. */
export function changed<Tx>(store: Store<Tx>, changes: Partial<Store<Tx>>): Store<Tx> {
  return {
    name: store.name,
    durable: store.durable,
    read: (request) => store.read(request),
    commit: (item) => store.commit(item),
    claim: (request) => store.claim(request),
    renew: (lease, until, isUntried) => store.renew(lease, until, isUntried),
    nextDueAt: (participants) => store.nextDueAt(participants),
    list: (filter) => store.list(filter),
    prune: (request) => store.prune(request),
    watch: (wake) => store.watch(wake),
    close: () => store.close(),
    ...changes,
  };
}

/** Something that waits until a test lets it go on. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Lets everything else run until the condition holds; for what no promise tells. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 100_000) throw new Error('it never came to be');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function response({ status, headers = {}, text = '' }: Answer): TransportResponse {
  return { status, text, header: (name) => headers[name] };
}
