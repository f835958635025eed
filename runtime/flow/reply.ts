/** @module From a verdict on a request to the response that answers it. */

import { rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import type { MessageKey, StoredMessage, StoredVerdict } from '../ports/store.ts';
import type { Awaitable, Decision, Fill, Message, MessageRow, Party, Protocol, Verdict } from '../roles.ts';
import { type Composed, compose } from './compose.ts';
import type { Engine, Participant } from './engine.ts';

/** A request as it was received. */
export interface ReceivedRequest {
  readonly sender: Party;
  /** Under which the store knows it. */
  readonly identity: string;
  /** In the version of the participant's role object. */
  readonly message: Message;
  /** As it was sent. */
  readonly original: Message;
  /** The supported version that is nearest to the original's. */
  readonly wire: Protocol;
  /** False where the original's Version is none of the supported ones; the reply is then written in `wire`'s. */
  readonly supported: boolean;
}

/** How the store keeps a decision. */
export function storedVerdict(decision: Decision): StoredVerdict {
  switch (decision.decision) {
    case 'accept':
      return { result: 'accepted', reasons: [] };
    case 'reject':
      return { result: 'rejected', reasons: decision.reasons };
    case 'defer':
      return { result: 'deferred', reasons: [] };
  }
}

/**
 * Makes the response to a request. Version and ConversationID are the request's (rule 52); where the schema demands data
 * in a rejection, the row's `rejection` fills it, and `fields` of the verdict override that. A `late` answer, to a request
 * that was deferred, goes out ahead of what waits in its conversation.
 *
 * @returns undefined where none can be sent: the request has no response, or its response cannot say that it rejects
 *   (TestMessageResponse of 3.x has no Result)
 */
export function composeReply(
  engine: Engine,
  participant: Participant,
  request: ReceivedRequest,
  verdict: Verdict,
  late: boolean,
): Awaitable<Composed | undefined> {
  const requestRow = participant.protocol.messages.get(request.message.$type);
  if (requestRow?.response === undefined) return undefined;
  const row = rowOf(requestRow.response, participant.protocol);
  if (verdict.decision === 'reject' && !saysResult(row, participant.protocol, request.wire)) return undefined;
  return compose(engine, participant, {
    recipient: request.sender,
    name: row.name,
    draft: Object.assign(responseFields(row, participant, request, verdict), {
      conversationId: request.message.conversationId,
    }),
    wire: request.wire,
    ...(request.supported ? { version: request.original.version } : {}),
    answers: { messageId: request.message.messageId, identity: request.identity },
    verdict: storedVerdict(verdict),
    first: late,
  });
}

/** True where the response has a Result both in the handler's version and on the wire. */
function saysResult(row: MessageRow, own: Protocol, wire: Protocol): boolean {
  return row.result && (own === wire || rowOf(row.name, wire).result);
}

function responseFields(
  row: MessageRow,
  participant: Participant,
  request: ReceivedRequest,
  verdict: Verdict,
): object {
  const asked = request.message as unknown as Readonly<Record<string, unknown>>;
  const fields: Record<string, unknown> = {};
  for (const key of row.copies) fields[key] = asked[key];
  if (row.reference !== undefined) fields[row.reference] = request.message.messageId;
  if (row.result) fields.result = verdict.decision === 'accept' ? 'Accepted' : 'Rejected';
  if (verdict.decision === 'reject') {
    const reason = verdict.reasons.join('; ');
    fields.rejectionReason = reason;
    const source: Source = {
      asked,
      item: asked,
      reason,
      sender: participant.party.domain,
      recipient: request.sender.domain,
    };
    for (const [key, fill] of Object.entries(row.rejection ?? {})) fields[key] = filled(fill, source);
  }
  return Object.assign(fields, verdict.fields);
}

interface Source {
  readonly asked: Readonly<Record<string, unknown>>;
  readonly item: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly sender: string;
  readonly recipient: string;
}

function filled(fill: Fill, source: Source): unknown {
  if ('value' in fill) return fill.value;
  if ('copy' in fill) return source.item[fill.copy];
  if ('use' in fill)
    return fill.use === 'reason'
      ? source.reason
      : fill.use === 'senderDomain'
        ? source.sender
        : source.recipient;
  if ('list' in fill) return fill.list.map((one) => filled(one, source));
  if ('each' in fill) {
    const items = source.item[fill.each] as readonly Readonly<Record<string, unknown>>[];
    return items.map((item) => filled(fill.as, { ...source, item }));
  }
  const made: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(fill.fields)) {
    const value = filled(one, source);
    if (value !== undefined) made[key] = value;
  }
  return made;
}

/** A stored message as the request that a reply answers. */
export function received(
  participant: Participant,
  { message }: { readonly message: StoredMessage },
  original: Message,
): ReceivedRequest {
  const { protocol, supported } = matchVersion(original.version, participant.versions);
  return {
    sender: message.partner,
    identity: message.identity,
    message: inHandlerVersion(participant, original, protocol, message.answers),
    original,
    wire: protocol,
    supported,
  };
}

/** A stored reply is not sent again within this time. */
const resendPauseMs = 60_000;

/** Queues the reply to a request that came again, as it is stored, unless it waits or was tried just now. */
export async function resendReply(engine: Engine, request: MessageKey): Promise<void> {
  const { identity, participant, partner } = request;
  const { messages } = await engine.store.list({
    ...{ participant, partner, answers: identity, limit: 1 },
    direction: 'out',
  });
  const [reply] = messages;
  if (reply === undefined) return;
  const now = engine.clock.now();
  const resend = { message: reply, dueAt: now, unlessTriedSince: now - resendPauseMs };
  await engine.store.commit({ resend });
}

/** A received message in the version of the participant's role object. @throws {UftpError} `conversion-lossy` */
export function inHandlerVersion(
  participant: Participant,
  original: Message,
  wire: Protocol,
  referenceMessageId?: string,
): Message {
  if (wire === participant.protocol) return original;
  return participant.convert(
    original,
    wire,
    participant.protocol,
    referenceMessageId === undefined ? {} : { referenceMessageId },
  );
}
