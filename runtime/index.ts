/** @module The main entry: everything that runs on any runtime. Servers add `shapeshifter-uftp/node` and its siblings. */

export type { Connection, RemoteAddress } from './address.ts';
export type { Decimal, Flavor, IsoDate, IsoDateTime, IsoDuration, IsoTime } from './codec/builtin.ts';
export { checkXml, type DecodeOptions } from './codec/decode.ts';
export { fromJson, toJson } from './codec/json.ts';
export { defaultLimits, type Limits } from './codec/limits.ts';
export { type DecodedMessage, decode, encode, type RefusedMessage, readMessage } from './codec/message.ts';
export {
  formatIssue,
  type Issue,
  type IssueCode,
  isUftpError,
  UftpError,
  type UftpErrorCode,
  type Warning,
} from './errors.ts';
export type { Drained } from './flow/drain.ts';
export { javaLibrary, type PartnerSettings } from './flow/engine.ts';
export type { Receipt } from './flow/receive.ts';
export type { RefusalCode } from './flow/refusal.ts';
export { createHost, type Received, type Servable } from './host.ts';
export { type Address, addressBook } from './lookup/address-book.ts';
export type { ServiceOptions } from './options.ts';
export type { Chance, Clock, NewId } from './ports/clock.ts';
export type { Lookup } from './ports/lookup.ts';
export type { Observer, ServiceEvent } from './ports/observer.ts';
export type { Ed25519, PublicKey, Signer } from './ports/signer.ts';
export type {
  Attempt,
  Commit,
  Committed,
  Filter,
  IndexKey,
  Lease,
  MessageKey,
  MessageRecord,
  Outcome,
  Outgoing,
  Snapshot,
  Store,
  StoredMessage,
  StoredVerdict,
  TaskState,
  Work,
} from './ports/store.ts';
export type { Transport, TransportRequest, TransportResponse } from './ports/transport.ts';
export {
  type Accept,
  type Awaitable,
  type AwaitOptions,
  accept,
  type DecideContext,
  type Decision,
  type Defer,
  type Draft,
  defer,
  type Envelope,
  type Fill,
  type HandlerContext,
  type HandlersOf,
  type HistoryEntry,
  type Implied,
  type Message,
  type MessageRow,
  type Metadata,
  type Party,
  type ProcessContext,
  type Protocol,
  type Reject,
  type RequestContext,
  type ResponseDecision,
  type Role,
  type RoleKind,
  type RoleName,
  reject,
  type SendOptions,
  type SendRequest,
  type SendResponse,
  type Sent,
  type Verdict,
} from './roles.ts';
export { portableEd25519 } from './seal/choose.ts';
export { type Opened, open, seal } from './seal/ed25519.ts';
export { type ReadEnvelope, readEnvelope, writeEnvelope } from './seal/envelope.ts';
export {
  formatCs1,
  generateKeys,
  importPrivateKey,
  type Jwk,
  type KeyTexts,
  type PrivateKeyInput,
  type PublicKeyInput,
  type WebCryptoKey,
} from './seal/keys.ts';
export { publicKey } from './seal/public-key.ts';
export { createService, type Service } from './service.ts';
export { type MemoryTx, memory } from './store/memory/store.ts';
