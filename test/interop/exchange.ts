/** @module One message from a Python service to ours or back: sends it, and finds what either side says about it. */

import { fromJson } from '../../runtime/codec/json.ts';
import { decode, encode } from '../../runtime/codec/message.ts';
import type { ServiceEvent } from '../../runtime/ports/observer.ts';
import type { AwaitOptions, Message, MessageRow, Party, Protocol, Sent } from '../../runtime/roles.ts';
import type { Loopback } from './loopback.ts';
import type { Ours } from './ours.ts';
import type { Line, Peer } from './peer.ts';

/** One kind of event. */
export type EventOf<Name extends ServiceEvent['event']> = Extract<ServiceEvent, { readonly event: Name }>;

/**
 * Lets a Python service send a message.
 *
 * @param version what it writes into Version; default: the protocol's own
 * @returns its client's word on the delivery
 */
export async function sendFromPython(
  loopback: Loopback,
  peer: Peer,
  to: Party,
  message: Message,
  protocol: Protocol,
  version: string = protocol.version,
): Promise<Line> {
  const before = peer.lines.entries.length;
  peer.send(await loopback.file(message, protocol), to, version);
  return peer.lines.find(
    `"sent" of ${message.$type} ${message.messageId}`,
    (line) =>
      line.stage === 'sent' &&
      line.messageId === message.messageId &&
      peer.lines.entries.indexOf(line) >= before,
  );
}

/** What one method of a typed client does, whatever its message. */
interface Send {
  (draft: object): Promise<Sent>;
  (draft: object, options: AwaitOptions): Promise<Message>;
}

/** The method of our typed client for a message to a partner. */
export function clientMethod(ours: Ours, to: Party, row: MessageRow): Send {
  const clients = ours.service as unknown as Readonly<
    Record<string, (domain: string) => Readonly<Record<string, Send>>>
  >;
  const send = clients[`${to.role.toLowerCase()}Client`]?.(to.domain)[`send${row.key}`];
  if (send === undefined) throw new Error(`our ${ours.party.role} has no send${row.key} to a ${to.role}`);
  return send;
}

/** The event about a message, by its MessageID. */
export function eventOf<Name extends 'received' | 'queued'>(
  ours: Ours,
  event: Name,
  messageId: string,
): Promise<EventOf<Name>> {
  return ours.events.find(
    `"${event}" of ${messageId}`,
    (one): one is EventOf<Name> =>
      one.event === event && 'message' in one && one.message.messageId === messageId,
  );
}

/** The event about a delivery, by the message's MessageID. */
export function deliveryOf<Name extends 'delivered' | 'retrying' | 'undeliverable'>(
  ours: Ours,
  event: Name,
  messageId: string,
): Promise<EventOf<Name>> {
  return ours.events.find(
    `"${event}" of ${messageId}`,
    (one): one is EventOf<Name> => one.event === event && 'messageId' in one && one.messageId === messageId,
  );
}

/** The first event of a kind. */
export function firstEvent<Name extends ServiceEvent['event']>(
  ours: Ours,
  event: Name,
): Promise<EventOf<Name>> {
  return ours.events.find(`"${event}"`, (one): one is EventOf<Name> => one.event === event);
}

/** The event about a message of a type in a conversation, where its MessageID is not known. */
export function eventIn<Name extends 'received' | 'queued'>(
  ours: Ours,
  event: Name,
  type: string,
  conversationId: string,
): Promise<EventOf<Name>> {
  return ours.events.find(
    `"${event}" of a ${type} in ${conversationId}`,
    (one): one is EventOf<Name> =>
      one.event === event &&
      'message' in one &&
      one.message.$type === type &&
      one.message.conversationId === conversationId,
  );
}

/** What the handler of a Python service was given: by MessageID. */
export function processedByPython(peer: Peer, messageId: string): Promise<Line> {
  return peer.lines.find(
    `"process" of ${messageId}`,
    (line) => line.stage === 'process' && line.messageId === messageId,
  );
}

/**
 * The message that the handler of a Python service was given, field by field. The Result that the library makes up for
 * TestMessageResponse is left out.
 */
export function messageIn(line: Line, row: MessageRow, protocol: Protocol): Message {
  const madeUp = row.table.attributes.some(({ name }) => name === 'Result')
    ? ''
    : /, "Result": "Accepted", "RejectionReason": null/;
  return fromJson((line.body ?? '').replace(madeUp, ''), row.name, protocol);
}

/** A message of ours as its receiver reads it: in the version in which it was written, with all defaults. */
export function asRead(message: Message, protocol: Protocol): Message {
  return decode(encode({ ...message, version: protocol.version }, protocol), [protocol]);
}
