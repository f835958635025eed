/** @module A message of an earlier system: the bytes of a file go in, what the store keeps of it comes out. */

import { readMessage } from '../../codec/message.ts';
import type { Issue } from '../../errors.ts';
import { timeOf } from '../../flow/compose.ts';
import { sha256 } from '../../flow/engine.ts';
import { answeredId, answersKeys, indexKeys } from '../../flow/records.ts';
import type { MessageRecord, StoredVerdict } from '../../ports/store.ts';
import type { Message, MessageRow, Party, Protocol, RoleName } from '../../roles.ts';
import { signatureBytes } from '../../seal/ed25519.ts';
import { nodeEd25519 } from '../../seal/ed25519-node.ts';
import { readEnvelope } from '../../seal/envelope.ts';
import { allProtocols } from '../versions.ts';

/** A message of an earlier system. */
export interface EarlierMessage {
  readonly participant: Party;
  readonly direction: 'in' | 'out';
  readonly partner: Party;
  readonly message: Message;
  readonly row: MessageRow;
  /** 64 bytes of signature, zeros where the file was a bare payload, then the payload. */
  readonly body: Uint8Array;
  /** Its TimeStamp, in milliseconds since 1970. */
  readonly at: number;
}

/** Why a file is not taken: issues of the schema, or else a sentence. */
export interface NotTaken {
  readonly problem: string;
  readonly issues: readonly Issue[];
}

/**
 * Reads a SignedMessage or a payload.
 *
 * @param participant ours, for whom it is or whose it is
 * @param partners roles of partners by domain, where the message leaves them open
 */
export function earlierMessage(
  bytes: Uint8Array,
  participant: Party,
  partners: readonly Party[],
): EarlierMessage | NotTaken {
  const envelope = readEnvelope(bytes, (allProtocols[0] as Protocol).envelope);
  const sealedBy = envelope.sender;
  const body = sealedBy === undefined ? unsigned(bytes) : envelope.body;
  const read = readMessage(body.subarray(signatureBytes), allProtocols);
  if (read.message === undefined) {
    // Of a broken SignedMessage, what is wrong with the envelope is the news.
    const isEnvelope = sealedBy === undefined && envelope.issues[0]?.code !== 'root-unknown';
    return { problem: '', issues: isEnvelope ? envelope.issues : read.issues };
  }
  const { message, row } = read;
  if (sealedBy !== undefined && !isFrom(sealedBy, message, row))
    return notTaken(
      `its envelope is of ${sealedBy.role} ${sealedBy.domain}, and it is a ${row.name} of ${message.senderDomain}`,
    );
  const at = timeOf(message.timeStamp);
  if (Number.isNaN(at)) return notTaken(`its TimeStamp ${message.timeStamp} is no moment`);
  const direction = directionOf(message, row, participant, sealedBy);
  if (direction === undefined)
    return notTaken(`it is neither from nor to ${participant.role} ${participant.domain}`);
  const domain = direction === 'in' ? message.senderDomain : message.recipientDomain;
  const possible = direction === 'in' ? (sealedBy === undefined ? row.from : [sealedBy.role]) : row.to;
  const role = roleOf(domain, possible, participant.role, partners);
  if (role === undefined)
    return notTaken(`the role of ${domain} is open; give it: --partner DSO:${domain}, or another role`);
  return { participant, direction, partner: { role, domain }, message, row, body, at };
}

/** Rule 45: the domain of the envelope is the payload's; and its role sends such a message. */
function isFrom({ domain, role }: Party, message: Message, row: MessageRow): boolean {
  return domain === message.senderDomain && row.from.includes(role);
}

function notTaken(problem: string): NotTaken {
  return { problem, issues: [] };
}

function unsigned(payload: Uint8Array): Uint8Array {
  const body = new Uint8Array(signatureBytes + payload.length);
  body.set(payload, signatureBytes);
  return body;
}

function directionOf(
  message: Message,
  row: MessageRow,
  { role, domain }: Party,
  sealedBy: Party | undefined,
): 'in' | 'out' | undefined {
  const isOurs = message.senderDomain === domain && row.from.includes(role);
  if (isOurs && (sealedBy === undefined || sealedBy.role === role)) return 'out';
  return message.recipientDomain === domain && row.to.includes(role) ? 'in' : undefined;
}

/** One domain may have several roles, but a message goes between two of different roles. */
function roleOf(
  domain: string,
  possible: readonly RoleName[],
  own: RoleName,
  partners: readonly Party[],
): RoleName | undefined {
  const roles = possible.filter((role) => role !== own);
  const settled = partners.find((one) => one.domain === domain && roles.includes(one.role));
  return settled?.role ?? (roles.length === 1 ? roles[0] : undefined);
}

/** How requests were judged, as their responses say. */
export class Verdicts {
  /** By who asked whom, and the request's MessageID. */
  readonly #said = new Map<string, { readonly at: number; readonly verdict: StoredVerdict }>();

  /** Notes what a message says of a request, where it is a response: of several the oldest counts, and of such the first one noted. */
  note({ at, direction, message, partner, row }: EarlierMessage): void {
    const request = answeredId(row, message);
    if (request === undefined || !row.result) return;
    const key = keyOf(direction === 'in' ? 'out' : 'in', partner, request);
    const known = this.#said.get(key);
    if (known === undefined || at < known.at) this.#said.set(key, { at, verdict: resultIn(message) });
  }

  /** That of a request; what was not answered counts as accepted. */
  of({ direction, message, partner }: EarlierMessage): StoredVerdict {
    return this.#said.get(keyOf(direction, partner, message.messageId))?.verdict ?? accepted;
  }
}

/** Joined: a concatenated string keeps its parts. */
function keyOf(direction: 'in' | 'out', partner: Party, messageId: string): string {
  return [direction, partner.role, partner.domain, messageId].join(' ');
}

/** What a response says of its request. */
export function resultIn(response: Message): StoredVerdict {
  const { result, rejectionReason } = response as {
    readonly result?: unknown;
    readonly rejectionReason?: unknown;
  };
  if (result !== 'Rejected') return accepted;
  return { result: 'rejected', reasons: typeof rejectionReason === 'string' ? [rejectionReason] : [] };
}

const accepted: StoredVerdict = Object.freeze({ result: 'accepted', reasons: [] });

/** The record of a message. A request that was received is judged as its response says, all else counts as accepted. */
export async function recordOf(one: EarlierMessage, verdicts: Verdicts): Promise<MessageRecord> {
  const { participant, direction, partner, message, row, body, at } = one;
  const answers = answeredId(row, message);
  const verdict = direction === 'in' ? verdicts.of(one) : undefined;
  return {
    participant,
    direction,
    partner,
    identity: message.messageId,
    type: row.name,
    version: message.version,
    messageId: message.messageId,
    conversationId: message.conversationId,
    content: await sha256({ ed25519: nodeEd25519 }, body.subarray(signatureBytes)),
    body,
    at,
    ...(answers !== undefined && { answers }),
    ...(verdict !== undefined && { verdict }),
    ...(direction === 'out' && row.result && { verdict: resultIn(one.message) }),
    // As of a message that was received: a second response to the same request is known for one.
    index: [
      ...indexKeys(row, message, partner),
      ...(direction === 'in' ? answersKeys(row, message, partner) : []),
    ],
  };
}
