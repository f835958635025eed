/** @module What is to be done later about a message, as work for the store's queue. */

import type { Lease, MessageKey, Work } from '../ports/store.ts';
import type { Message, MessageRow, Party } from '../roles.ts';
import type { Engine, Participant } from './engine.ts';
import { conversationKey, partyText } from './records.ts';

/**
 * The handler of a received message, in its turn within the conversation.
 *
 * @param what tells it from other work on the message: an id that is known already would be dropped
 */
export function processWork(
  message: MessageKey,
  conversationId: string,
  dueAt: number,
  what = 'process',
): Work {
  return workOn(what, 'process', message, conversationKey(message.partner, conversationId).value, dueAt);
}

/** A look whether a deferred request has been answered: for `onOverdue` where it is given, else for the observer alone. */
export function overdueWork({ notices }: Participant, message: MessageKey, dueAt: number): Work {
  return aside('overdue', notices.onOverdue === undefined ? 'late' : 'overdue', message, dueAt);
}

/** A look whether a request that is being sent has been answered (rule 42), where that is to be told. */
export function expiryWork(
  { notices, party, replyWithinMs }: Participant,
  row: MessageRow,
  message: Message,
  partner: Party,
  now: number,
): readonly Work[] {
  if (row.response === undefined || notices.onExpired === undefined) return [];
  const key: MessageKey = { participant: party, direction: 'out', partner, identity: message.messageId };
  return [aside('expired', 'expired', key, now + replyWithinMs(row.name))];
}

/**
 * The same look anew, for a request that was sent again after its first deadline, and has been delivered at last: where
 * it was a dead letter then, nobody was told.
 */
export function expiryAnew(engine: Engine, participant: Participant, lease: Lease): readonly Work[] {
  const { firstDueAt, message: stored } = lease;
  const { notices, protocol, replyWithinMs } = participant;
  if (notices.onExpired === undefined || protocol.messages.get(stored.type)?.response === undefined)
    return [];
  const withinMs = replyWithinMs(stored.type);
  if (firstDueAt < stored.at + withinMs) return []; // the first look is still to come
  return [aside(`expired ${firstDueAt}`, 'expired', stored, engine.clock.now() + withinMs)];
}

/** Tells of a message that has become a dead letter; again, where it was sent again and failed again. */
export function undeliverableWork(
  engine: Engine,
  notices: Participant['notices'],
  lease: Lease,
): readonly Work[] {
  if (notices.onUndeliverable === undefined) return [];
  return [aside(`undeliverable ${lease.firstDueAt}`, 'process', lease.message, engine.clock.now())];
}

/**
 * Tells of a response that contradicts one that was accepted before.
 *
 * @param what tells it from other work on the message, as in {@link processWork}
 */
export function conflictWork(message: MessageKey, dueAt: number, what = 'conflict'): Work {
  return aside(what, 'process', message, dueAt);
}

/**
 * The same work anew, with its attempts counted from 1; undefined where the message itself tells them, and which of them
 * count.
 */
export function anew({ kind, message }: Lease, dueAt: number): Work | undefined {
  if (kind === undefined || (kind === 'process' && message.direction === 'in')) return undefined;
  return aside(`${kind} anew ${dueAt}`, kind, message, dueAt);
}

/** Deadlines, dead letters and conflicts wait beside the conversation: they must not hold it up. */
function aside(what: string, kind: Work['kind'], message: MessageKey, dueAt: number): Work {
  return workOn(what, kind, message, `${what} ${partyText(message.partner)} ${message.identity}`, dueAt);
}

function workOn(
  what: string,
  kind: Work['kind'],
  { direction, identity, participant, partner }: MessageKey,
  orderKey: string,
  dueAt: number,
): Work {
  const message = { participant, direction, partner, identity };
  return { id: `${what} ${partyText(partner)} ${identity}`, participant, kind, message, orderKey, dueAt };
}
