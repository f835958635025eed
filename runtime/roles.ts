/**
 * @module What the generated code states about a protocol version beyond its schema: who sends which message to whom,
 * what answers it, and the shapes that handlers, clients and decisions have.
 */

import type { Flavor, IsoDateTime } from './codec/builtin.ts';
import type { Complex } from './codec/table.ts';

/** The three roles of UFTP: aggregator, common reference operator, grid operator. */
export type RoleName = 'AGR' | 'CRO' | 'DSO';

export const roleNames: readonly RoleName[] = ['AGR', 'CRO', 'DSO'];

/** A participant as messages name it. The same domain may take part in several roles. */
export interface Party {
  /** Internet domain in lower case, as it stands in SenderDomain. */
  readonly domain: string;
  /** The role in which it acts. */
  readonly role: RoleName;
}

/** The attributes that every message has, in every version. */
export interface Message {
  /** The message's name, that of the XML root element, such as `D-Prognosis`. */
  readonly $type: string;
  /** Version of the specification that the message follows, such as `3.1.0`. */
  version: string;
  /** Domain of the participant that sends it. */
  senderDomain: string;
  /** Domain of the participant that it is for. */
  recipientDomain: string;
  /** When it was made. */
  timeStamp: IsoDateTime;
  /** Its own identifier, unique for the sender. */
  messageId: Flavor<'Uuid'>;
  /** Shared by all messages of one exchange. */
  conversationId: Flavor<'Uuid'>;
}

/** What the library fills into every message. */
export type Metadata =
  | '$type'
  | 'version'
  | 'senderDomain'
  | 'recipientDomain'
  | 'timeStamp'
  | 'messageId'
  | 'conversationId';

/** The attributes among it. */
export const metadata: readonly Exclude<Metadata, '$type'>[] = [
  'version',
  'senderDomain',
  'recipientDomain',
  'timeStamp',
  'messageId',
  'conversationId',
];

/**
 * A message before it is sent: what the library fills in is left out, and so are the keys `Filled`.
 * A `conversationId` is given where the message belongs to a conversation that has begun; else a new one is made.
 */
export type Draft<T, Filled extends PropertyKey = never> = Omit<T, Metadata | Filled> & {
  messageId?: Flavor<'Uuid'>;
  conversationId?: Flavor<'Uuid'>;
};

/** What a handler adds to a response: its own attributes and elements, `Filled` optional, since the library fills them. */
export type ResponseFields<T, Reference extends PropertyKey, Filled extends keyof T = never> = Omit<
  T,
  Metadata | 'result' | 'rejectionReason' | Reference | Filled
> &
  Partial<Pick<T, Filled>>;

/** How the library fills a response, as data: see `schemas/README.md`. */
export type Fill =
  | { readonly copy: string }
  | { readonly use: 'recipientDomain' | 'senderDomain' | 'reason' }
  | { readonly each: string; readonly as: Fill }
  | { readonly list: readonly Fill[] }
  | { readonly value: string | number | boolean }
  | { readonly fields: Readonly<Record<string, Fill>> };

/** What it means, in this version, that an attribute is absent or cannot be said; conversion uses it. */
export type Implied = { readonly value: string | number | boolean } | { readonly whenAbsent: string };

/** One message of a protocol version: a row for each root element. */
export interface MessageRow<T extends Message = Message> {
  /** Name of the root element, such as `D-Prognosis`. */
  readonly name: string;
  /** Name in TypeScript, such as `DPrognosis` in `processDPrognosis` and `sendDPrognosis`. */
  readonly key: string;
  /** How it is read, checked and written. */
  readonly table: Complex<T>;
  /** Roles that may send it. */
  readonly from: readonly RoleName[];
  /** Roles that may receive it. */
  readonly to: readonly RoleName[];
  /** Of a request: the name of the message that answers it. */
  readonly response?: string;
  /** Of a response: the name of the message that it answers. */
  readonly request?: string;
  /** Of a response: the property that holds the request's MessageID; absent where the version has none. */
  readonly reference?: string;
  /** Of a response: true where it has Result and RejectionReason. */
  readonly result: boolean;
  /** Of a response: properties that are copied from the request. */
  readonly copies: readonly string[];
  /** Of a response: what a rejection holds where the schema demands data. */
  readonly rejection?: Readonly<Record<string, Fill>>;
  /** Properties that have one value in every message. */
  readonly constants: Readonly<Record<string, string | number | boolean>>;
  /** Properties that hold the MessageID of another message, and that message's name. */
  readonly references: Readonly<Record<string, string>>;
  /** Properties by which messages are found again, besides conversation and MessageID: the index's name, and the properties that make up its value. */
  readonly index: Readonly<Record<string, readonly string[]>>;
  /** Properties that, with the partner, order delivery; absent: the conversation does. */
  readonly order?: readonly string[];
  /** Property past whose time the message is not worth delivering; or one that refers to the message whose time it is. */
  readonly notAfter?: string;
  /** Properties and what their absence says. */
  readonly implied: Readonly<Record<string, Implied>>;
}

/** What the statement of a message may leave out: `key` is then the name, `result` false, and all else empty. */
export type Usual = 'key' | 'result' | 'copies' | 'constants' | 'references' | 'index' | 'implied';

/** States a message. */
export function message<T extends Message>(
  row: Omit<MessageRow<T>, Usual> & Partial<Pick<MessageRow<T>, Usual>>,
): MessageRow<T> {
  const none = {};
  const usual = { key: row.name, result: false, copies: [], constants: none, references: none, index: none };
  return Object.freeze({ ...usual, implied: none, ...row });
}

/** The payload-independent outer message. */
export interface Envelope {
  /** Always `SignedMessage`. */
  readonly $type: string;
  /** Domain of the participant that signed it. */
  senderDomain: string;
  /** The role in which it sends. */
  senderRole: RoleName;
  /** 64 bytes of signature, then the payload. */
  body: Uint8Array;
}

/** A protocol version as the runtime sees it. */
export interface Protocol {
  /** Format of the tables; this runtime knows 1. */
  readonly format: 1;
  /** What stands in the Version attribute. */
  readonly version: string;
  /** True for a version that has not been released. */
  readonly experimental: boolean;
  /** Table of the SignedMessage. */
  readonly envelope: Complex<Envelope>;
  /** Rows by the name of the root element. */
  readonly messages: ReadonlyMap<string, MessageRow>;
}

/** States a protocol version. */
export function protocol(facts: Omit<Protocol, 'messages'>, rows: readonly MessageRow[]): Protocol {
  return Object.freeze({ ...facts, messages: new Map(rows.map((row) => [row.name, row])) });
}

/** What the compiler knows of a role. `tx` is the store's transaction, which handlers may use in `onCommit`. */
export interface RoleKind {
  /** The store's transaction: unknown until {@link HandlersOf} puts a type in its place. */
  readonly tx: unknown;
  /** Its handler interface, for transactions of the type of `tx`. */
  readonly handlers: object;
  /** Its clients, by the role of the partner. */
  readonly clients: object;
}

/** The handler interface of a role, for a store with transactions of type Tx. */
export type HandlersOf<Kind extends RoleKind, Tx> = (Kind & { readonly tx: Tx })['handlers'];

/** A role of one protocol version. */
export interface Role<Kind extends RoleKind = RoleKind> {
  /** Which of the three. */
  readonly name: RoleName;
  /** The version by which its handlers and clients are typed. */
  readonly protocol: Protocol;
  /** Never present: carries Kind for the compiler. */
  readonly kind?: Kind;
}

/** States a role. */
export function role<Kind extends RoleKind>(name: RoleName, version: Protocol): Role<Kind> {
  return Object.freeze({ name, protocol: version });
}

// ---- decisions ----

/** The message is accepted; `fields` are the response's own. */
export interface Accept<Fields> {
  /** Tells decisions apart. */
  readonly decision: 'accept';
  /** The response's own attributes and elements. */
  readonly fields: Fields;
}

/** The message is rejected for these reasons. */
export interface Reject<Fields> {
  /** Tells decisions apart. */
  readonly decision: 'reject';
  /** At least one, none of them empty. */
  readonly reasons: readonly string[];
  /** Overrides what the library would fill into the rejection. */
  readonly fields: Partial<Fields>;
}

/** The answer comes later, through `context.respond` or `service.respond`. */
export interface Defer {
  /** Tells decisions apart. */
  readonly decision: 'defer';
}

/** What was decided at once. */
export type Verdict<Fields = object> = Accept<Fields> | Reject<Fields>;

/** What a `preProcess…` handler returns. */
export type Decision<Fields = object> = Verdict<Fields> | Defer;

/**
 * Accepts a message.
 *
 * @example
 * ```ts
 * import { accept } from 'shapeshifter-uftp';
 *
 * const decision = accept();
 * ```
 */
export function accept(): Accept<Record<never, never>>;
export function accept<Fields extends object>(fields: Fields): Accept<Fields>;
export function accept(fields: object = {}): Accept<object> {
  return { decision: 'accept', fields };
}

/**
 * Rejects a message. The reasons are joined by `; ` into RejectionReason (rule 60).
 *
 * @param reasons one or more; never empty
 * @param fields overrides what the library fills in where the schema demands data in a rejection
 * @throws {TypeError} without a reason
 */
export function reject<Fields extends object = Record<never, never>>(
  reasons: string | readonly string[],
  fields?: Fields,
): Reject<Fields> {
  const list = (typeof reasons === 'string' ? [reasons] : reasons).map((reason) => reason.trim());
  if (list.length === 0 || list.some((reason) => reason === '')) {
    throw new TypeError('reject: give at least one reason, none of them empty (rule 60)');
  }
  return { decision: 'reject', reasons: list, fields: fields ?? {} };
}

/** Puts the answer off: give it with `context.respond` in `process…`, or later with `service.respond`. */
export function defer(): Defer {
  return { decision: 'defer' };
}

// ---- contexts ----

/** A message that was exchanged before, as the store keeps it. */
export interface HistoryEntry {
  /** `in`: we received it; `out`: we sent it. */
  readonly direction: 'in' | 'out';
  /** Name of the root element, such as `D-Prognosis`. */
  readonly type: string;
  /** Its MessageID. */
  readonly messageId: string;
  /** The other side: who sent it to us, or whom we sent it to. */
  readonly partner: Party;
  /** When it was received or committed for sending, in milliseconds since 1970. */
  readonly at: number;
  /** Of an incoming request: what we answered; of an incoming response: what it says. */
  readonly result?: 'accepted' | 'rejected' | 'deferred';
  /** The message, decoded by its own version. */
  readonly message: Message;
}

/** What every handler is told. */
export interface HandlerContext {
  /** Who sent the message: verified by its signature. */
  readonly sender: Party;
  /** The service's clock at the time of the call. */
  readonly now: Date;
  /** Aborted when the handler has run out of time, has lost its work to another process, or has ended. */
  readonly signal: AbortSignal;
  /** The message as it was sent, in the sender's protocol version. */
  readonly original: Message;
  /** What was exchanged before in this conversation and in the scopes that the message names, oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** What `preProcess…` gets: it may look, but not send. It may run more than once for one message. */
export type DecideContext = HandlerContext;

/**
 * What `process…` gets. What is sent through it goes out when the handler ends without a throw, and not otherwise.
 * A message that cannot be sent, since it is not valid for instance, fails the handler in its end, whether the call
 * was awaited, caught or neither: then nothing goes out, and the handler runs again.
 */
export interface ProcessContext<Tx = unknown> extends HandlerContext {
  /** How often this message has been handed to the handler, from 1. */
  readonly attempt: number;
  /** Runs `effect` inside the commit that ends this handler: the place for the handler's own writes. */
  onCommit(effect: (tx: Tx) => void | Promise<void>): void;
}

/** `ProcessContext` for a request, which may have to be answered. */
export interface RequestContext<Fields, Tx = unknown> extends ProcessContext<Tx> {
  /**
   * Answers a request that was deferred: once.
   *
   * @throws {UftpError} `reply-not-awaited` where it has been answered
   * @throws {TypeError} where the verdict is neither `accept(…)` nor `reject(…)`
   */
  respond(verdict: Verdict<Fields>): void;
}

/** What may be returned at once or later. */
export type Awaitable<T> = T | Promise<T>;

/** What `preProcess…` returns for a response: rejecting it leaves the request pending and sends nothing (rule 43). */
export type ResponseDecision = Accept<Record<never, never>> | Reject<Record<never, never>>;

/** The clients of a role as a handler has them: what they send is collected, so they cannot wait for an answer. */
export type HandlerClients<Clients> = {
  readonly [K in keyof Clients]: Clients[K] extends (domain: string) => infer Client
    ? (domain: string) => HandlerClient<Client>
    : never;
};

/** One client as a handler has it. */
export type HandlerClient<Client> = {
  readonly [K in keyof Client]: Client[K] extends SendRequest<infer D, infer _> ? SendResponse<D> : Client[K];
};

/** What is known of a message that has been committed for sending. */
export interface Sent {
  /** Of the message that was committed. */
  readonly messageId: Flavor<'Uuid'>;
  /** Given in the draft, or made for it. */
  readonly conversationId: Flavor<'Uuid'>;
}

/** How a message is sent. */
export interface SendOptions {
  /** Past this moment it is not delivered any more, whatever the message itself and the service's `notAfter` say. */
  readonly notAfter?: Date;
}

/** As {@link SendOptions}, and the call waits for the correlated response. */
export interface AwaitOptions extends SendOptions {
  /** Says that the call waits. */
  readonly reply: true;
  /** How long to wait, in milliseconds; 24 days at most. Default 60 000. */
  readonly withinMs?: number;
}

/** A method of a typed client that sends a request. */
export interface SendRequest<D, Response> {
  (draft: D, options?: SendOptions): Promise<Sent>;
  (draft: D, options: AwaitOptions): Promise<Response>;
}

/** A method of a typed client that sends a response. */
export type SendResponse<D> = (draft: D, options?: SendOptions) => Promise<Sent>;
