/**
 * @module What an application is told of a message, each as durable work: that an answer or a reply is late, that a message
 * is undeliverable, that a response contradicts an earlier one. A lease goes in; what to call comes out.
 */

import { rowOf } from '../codec/message.ts';
import type { Lease, StoredMessage } from '../ports/store.ts';
import type { Message } from '../roles.ts';
import { type Engine, type Notices, type Participant, tell } from './engine.ts';
import { acceptedResponse, storedMessage } from './records.ts';
import { received } from './reply.ts';

/** The call that a lease of work stands for; undefined where its work is the handler of a received message. */
export function noticeOf(
  engine: Engine,
  participant: Participant,
  { kind, message }: Lease,
): (() => Promise<void>) | undefined {
  if (kind === 'overdue' || kind === 'late')
    return () => overdue(engine, participant, message, kind === 'overdue');
  if (kind === 'expired') return () => expired(engine, participant, message);
  if (message.direction === 'out') return () => undeliverable(engine, participant, message);
  const isResponse = rowOf(message.type, participant.protocol).request !== undefined;
  // `process…` never runs for what was rejected: of a response, one that came after another.
  return isResponse && message.verdict?.result === 'rejected'
    ? () => conflict(engine, participant, message)
    : undefined;
}

/**
 * What the application is called with. Who queued the notice had it: without it the work fails, and comes up again where
 * it is known.
 */
function wanted<Name extends keyof Notices>(
  { notices }: Participant,
  name: Name,
): NonNullable<Notices[Name]> {
  const call = notices[name];
  if (call === undefined) throw new Error(`no ${name} here: this was queued by a process that has one`);
  return call;
}

/** In the version of the participant's role object. */
function messageOf(engine: Engine, participant: Participant, stored: StoredMessage): Message {
  return received(participant, { message: stored }, storedMessage(engine, stored)).message;
}

/** A deferred request that has still not been answered is told of; it may be answered after that, too. */
async function overdue(
  engine: Engine,
  participant: Participant,
  stored: StoredMessage,
  isWanted: boolean,
): Promise<void> {
  if (stored.verdict?.result !== 'deferred') return;
  const { messageId, partner, type } = stored;
  const onOverdue = isWanted ? wanted(participant, 'onOverdue') : participant.notices.onOverdue;
  tell(engine, { event: 'overdue', participant: participant.party, sender: partner, type, messageId });
  await onOverdue?.(messageOf(engine, participant, stored), partner);
}

/** A request without a response that we accepted is told of (rules 42, 43), unless it has been told that it is undeliverable. */
async function expired(engine: Engine, participant: Participant, stored: StoredMessage): Promise<void> {
  const { messageId, partner, state, type } = stored;
  const { response } = rowOf(type, participant.protocol);
  const isTold = state === 'dead' && participant.notices.onUndeliverable !== undefined;
  if (isTold || response === undefined) return;
  if (await acceptedResponse(engine, stored, response)) return;
  const onExpired = wanted(participant, 'onExpired');
  tell(engine, { event: 'expired', participant: participant.party, recipient: partner, type, messageId });
  await onExpired(messageOf(engine, participant, stored), partner);
}

/** A dead letter is told of, unless it has been sent again in the meantime. */
async function undeliverable(engine: Engine, participant: Participant, stored: StoredMessage): Promise<void> {
  const attempt = stored.attempts.at(-1);
  if (stored.state !== 'dead' || attempt === undefined) return;
  const onUndeliverable = wanted(participant, 'onUndeliverable');
  await onUndeliverable(messageOf(engine, participant, stored), stored.partner, attempt);
}

async function conflict(engine: Engine, participant: Participant, stored: StoredMessage): Promise<void> {
  const onConflict = wanted(participant, 'onConflict');
  await onConflict(messageOf(engine, participant, stored), stored.partner);
}
