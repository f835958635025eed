/** @module A small market in memory: participants with fresh keys in one address book, a network that cases may disturb, and a clock that they move. */

import {
  type Address,
  addressBook,
  createService,
  decode,
  encode,
  generateKeys,
  importPrivateKey,
  type Lookup,
  type MemoryTx,
  type Message,
  memory,
  type Party,
  type Protocol,
  type Role,
  type RoleKind,
  readEnvelope,
  type Servable,
  type Service,
  type ServiceEvent,
  type ServiceOptions,
  seal,
  type Transport,
  writeEnvelope,
} from 'shapeshifter-uftp';
import { inMemoryTransport, type ManualClock, manualClock } from 'shapeshifter-uftp/testing';
import { protocol as v3_0 } from 'shapeshifter-uftp/v3.0';
import {
  type DPrognosisDraft,
  type FlexOfferDraft,
  type FlexRequestDraft,
  protocol as v3_1,
} from 'shapeshifter-uftp/v3.1';

/** Path of every endpoint. */
export const path = '/shapeshifter/api/v3/message';
/** The aggregator of every market. */
export const aggregator: Party = { domain: 'agr.example', role: 'AGR' };
/** Its grid operator. */
export const operator: Party = { domain: 'dso.example', role: 'DSO' };
/** One domain in two roles. */
export const both: readonly [agr: Party, dso: Party] = [
  { domain: 'both.example', role: 'AGR' },
  { domain: 'both.example', role: 'DSO' },
];

const about = {
  ispDuration: 'PT15M',
  timeZone: 'Europe/Amsterdam',
  period: '2026-03-03',
  congestionPoint: 'ean.871687120000000010',
};
/** What the DSO asks for in most cases. */
export const flexRequest: FlexRequestDraft = {
  ...about,
  revision: 20_260_302_120_000_123n,
  expirationDateTime: '2026-03-02T22:00:00Z',
  isp: [{ disposition: 'Requested', minPower: -400_000, maxPower: 0, start: 7, duration: 2 }],
};
/** What the AGR offers. */
export const flexOffer: FlexOfferDraft = {
  ...about,
  flexRequestMessageId: '33333333-3333-4333-8333-333333333333',
  expirationDateTime: '2026-03-02T23:00:00Z',
  currency: 'EUR',
  offerOption: [{ optionReference: 'full', price: '126.50', isp: [{ power: -400_000, start: 7 }] }],
};
/** A D-Prognosis of the AGR. */
export const dPrognosis: DPrognosisDraft = { ...about, revision: 1n, isp: [{ power: 900_000, start: 1 }] };

/** One POST that reached the network. */
export interface Post {
  /** The SignedMessage. */
  readonly bytes: Uint8Array;
  /** What it holds. */
  readonly message: Message;
}

/** Options of a service as cases give them: the rest is the market's. */
export type Given<Kind extends RoleKind> = Partial<ServiceOptions<Kind, MemoryTx>>;

/** What a case has to do with. */
export interface Market {
  /** The time of all services. */
  readonly clock: ManualClock;
  /** What all services have told. */
  readonly events: ServiceEvent[];
  /** What they have posted, in order. */
  readonly posts: Post[];
  /** Has every participant of the market. */
  readonly lookup: Lookup;
  /** Who serves which origin. Where nobody does, POSTs are taken and answered 200. */
  readonly services: Map<string, Servable>;
  /** Asked before each POST: a status is the answer, undefined lets it through, a throw is a transport fault. */
  disturb: () => number | undefined;
  /** Starts a service, by default of `<role>.example`. */
  join<Kind extends RoleKind>(role: Role<Kind>, given: Given<Kind>): Promise<Service<Kind>>;
  /** Seals a payload as `claim`, with the key of `signer`. */
  seal(payload: Uint8Array | string, claim: Party, signer?: Party): Promise<Uint8Array>;
  /** Drains all services until nothing is due. */
  drain(): Promise<void>;
  /** Drains until what was asked for has come. */
  settle<T>(asked: Promise<T>): Promise<T>;
}

/** Opens a market at noon (UTC) of 2 March 2026. */
export async function openMarket(): Promise<Market> {
  const { lookup, keyOf } = await admit([aggregator, operator, ...both]);
  const clock = manualClock(Date.parse('2026-03-02T12:00:00Z'));
  const services = new Map<string, Servable>();
  const deliver = inMemoryTransport(services);
  const transport: Transport = async (request) => {
    market.posts.push({ bytes: request.body, message: messageOf(request.body) });
    const status = market.disturb();
    if (status === undefined && services.has(request.url.origin)) return deliver(request);
    return { status: status ?? 200, text: '', header: () => undefined };
  };
  const market: Market = {
    ...{ clock, lookup, services, events: [], posts: [] },
    disturb: () => undefined,
    async join(role, given) {
      const domain = given.domain ?? `${role.name.toLowerCase()}.example`;
      const key = keyOf({ domain, role: role.name });
      const observe = (event: ServiceEvent): void => {
        market.events.push(event);
      };
      const usual = { store: memory(), lookup, transport, clock, observe, chance: () => 0.5, handlers: {} };
      const service = await createService(role, { ...usual, ...given, domain, key });
      services.set(`https://${domain}`, service);
      return service;
    },
    async seal(payload, claim, signer = claim) {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      return writeEnvelope(claim, await seal(await importPrivateKey(keyOf(signer)), bytes));
    },
    async drain() {
      for (let tasks = 1; tasks > 0; ) {
        tasks = 0;
        for (const service of services.values()) tasks += (await service.drain()).tasks;
      }
    },
    async settle(asked) {
      let settled = false;
      const end = (): void => {
        settled = true;
      };
      asked.then(end, end);
      for (let turns = 0; !settled; turns += 1) {
        if (turns > 10_000) throw new Error('it never came');
        await market.drain();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      return asked;
    },
  };
  return market;
}

/** Gives each party new keys, and lists them all in an address book. */
async function admit(
  parties: readonly Party[],
): Promise<{ readonly lookup: Lookup; keyOf(party: Party): string }> {
  const keys = new Map<string, string>();
  const addresses: Address[] = [];
  for (const party of parties) {
    const { privateKey, publicKey } = await generateKeys();
    keys.set(id(party), privateKey);
    addresses.push({ ...party, key: publicKey, endpoint: `https://${party.domain}${path}` });
  }
  return { lookup: addressBook(addresses), keyOf: (party) => keys.get(id(party)) ?? '' };
}

/** The payload of a message with that draft; metadata may be given among the fields. */
export function payload(
  name: string,
  [from, to]: readonly [from: Party, to: Party],
  fields: object,
  protocol: Protocol = v3_1,
): Uint8Array {
  const message: Message = {
    $type: name,
    version: protocol.version,
    senderDomain: from.domain,
    recipientDomain: to.domain,
    timeStamp: '2026-03-02T12:00:00Z',
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
    ...fields,
  };
  return encode(message, protocol);
}

/** Type and Result of what was posted, such as `FlexRequestResponse Accepted`. */
export function told({ message }: Post): string {
  const { $type, result } = message as Message & { readonly result?: string };
  return result === undefined ? $type : `${$type} ${result}`;
}

function messageOf(envelope: Uint8Array): Message {
  const read = readEnvelope(envelope, v3_1.envelope);
  if (read.sender === undefined) throw new Error('what was posted is no SignedMessage');
  return decode(read.body.subarray(64), [v3_0, v3_1]);
}

function id({ role, domain }: Party): string {
  return `${role} ${domain}`;
}
