/** @module Between messages and the records of the store: keys under which they are found, and history read back. */

import { readMessage, rowOf } from '../codec/message.ts';
import type { IndexKey, MessageKey, Snapshot, StoredMessage } from '../ports/store.ts';
import { type HistoryEntry, type Message, type MessageRow, metadata, type Party } from '../roles.ts';
import { signatureBytes } from '../seal/ed25519.ts';
import { type Engine, type Participant, readingOf, versionsOf } from './engine.ts';

/** `DSO:dso.example`. */
export function partyText(party: Party): string {
  return `${party.role}:${party.domain}`;
}

/** The key of a conversation with a partner; another partner's conversation of the same id is another. */
export function conversationKey(partner: Party, conversationId: string): IndexKey {
  return { name: 'conversation', value: [partyText(partner), conversationId].join('|') };
}

function property(message: Message, key: string): string | undefined {
  const value = (message as unknown as Readonly<Record<string, unknown>>)[key];
  return value === undefined ? undefined : String(value);
}

/** All keys of a message: its conversation, and what its row names in `index`. */
export function indexKeys(row: MessageRow, message: Message, partner: Party): readonly IndexKey[] {
  const keys = [conversationKey(partner, message.conversationId)];
  for (const [name, properties] of Object.entries(row.index)) {
    const values = properties.map((key) => property(message, key));
    if (values.every((value) => value !== undefined))
      keys.push({ name, value: [partyText(partner), ...values].join('|') });
  }
  return keys;
}

/** What orders the delivery of a message: its conversation, or what its row names in `order`. */
export function orderKey(row: MessageRow, message: Message, partner: Party): string {
  const properties = row.order?.map((key) => property(message, key) ?? '');
  return properties === undefined
    ? `conversation|${conversationKey(partner, message.conversationId).value}`
    : [row.name, partyText(partner), ...properties].join('|');
}

/** The MessageID of the request that a response answers, where it says so. */
export function answeredId(row: MessageRow, message: Message): string | undefined {
  return row.reference === undefined ? undefined : property(message, row.reference);
}

/** Of a response that says which request it answers: the key of all responses to that. */
export function answersKeys(row: MessageRow, message: Message, partner: Party): readonly IndexKey[] {
  const request = answeredId(row, message);
  return request === undefined
    ? []
    : [{ name: 'answers', value: [partyText(partner), row.name, request].join('|') }];
}

/** Names a received message. */
export function receivedKey(participant: Party, sender: Party, identity: string): MessageKey {
  return { participant, direction: 'in', partner: sender, identity };
}

/** Reads a stored message, in the version in which it was written. @throws where its body has been removed */
export function storedMessage(engine: Engine, stored: StoredMessage): Message {
  if (stored.body.length === 0)
    throw new Error(`${stored.type} ${stored.messageId}: retention has removed its payload`);
  const payload = stored.body.subarray(signatureBytes);
  const read = readMessage(payload, versionsOf(engine), readingOf(engine, stored.partner));
  if (read.message === undefined) {
    throw new Error(
      `${stored.type} ${stored.messageId} of the store can no longer be read; is its version still supported?`,
    );
  }
  return read.message;
}

/** The response to a request that was sent, as far as we accepted one: a rejected one leaves it pending (rule 43). */
export async function acceptedResponse(
  engine: Engine,
  { messageId, participant, partner }: Pick<StoredMessage, 'messageId' | 'participant' | 'partner'>,
  type: string,
): Promise<StoredMessage | undefined> {
  // By no time: the clock may have been set back since the request was sent.
  const { messages } = await engine.store.list({
    ...{ participant, partner, type },
    direction: 'in',
    answers: messageId,
  });
  return messages.find((one) => one.verdict?.result === 'accepted');
}

/** The messages of all scopes, each once, oldest first; they are decoded when they are looked at. */
export function history(engine: Engine, snapshot: Snapshot): readonly HistoryEntry[] {
  const seen = new Map<string, StoredMessage>();
  for (const scope of snapshot.scopes) {
    for (const one of scope.messages)
      seen.set(`${one.direction} ${partyText(one.partner)} ${one.identity}`, one);
  }
  return [...seen.values()]
    .filter((one) => one.body.length > 0)
    .sort((a, b) => a.at - b.at || a.place - b.place)
    .map((one) => entry(engine, one));
}

function entry(engine: Engine, one: StoredMessage): HistoryEntry {
  let message: Message | undefined;
  return {
    direction: one.direction,
    type: one.type,
    messageId: one.messageId,
    partner: one.partner,
    at: one.at,
    ...(one.verdict !== undefined && { result: one.verdict.result }),
    get message(): Message {
      message ??= storedMessage(engine, one);
      return message;
    },
  };
}

/** True where the response to a request can be made without data from a handler. */
export function answersByItself(participant: Participant, request: MessageRow): boolean {
  if (request.response === undefined) return true;
  const row = rowOf(request.response, participant.protocol);
  const filled = new Set<string>([
    ...metadata,
    'result',
    ...(row.reference === undefined ? [] : [row.reference]),
    ...row.copies,
    ...Object.keys(row.constants),
  ]);
  return (
    row.table.attributes.every((one) => !one.required || filled.has(one.key)) &&
    row.table.children.every((one) => one.min === 0)
  );
}
