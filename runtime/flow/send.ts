/** @module Sends from outside a handler what has been composed: it is committed, and where asked for its response is waited for. */

import { rowOf } from '../codec/message.ts';
import { UftpError } from '../errors.ts';
import { delayMsMax } from '../ports/clock.ts';
import type { Commit, Committed } from '../ports/store.ts';
import type { Message, Sent } from '../roles.ts';
import { awaitReply } from './await-reply.ts';
import type { Send } from './clients.ts';
import type { Composed } from './compose.ts';
import { type Engine, type Participant, tell } from './engine.ts';

const replyWithinMs = 60_000;

/**
 * What `service.dsoClient(…)` sends with: what it returns for is committed.
 *
 * @throws {TypeError} where nothing can be waited for, or not for so long; then nothing is committed
 */
export async function send(
  engine: Engine,
  participant: Participant,
  { message, outgoing, work }: Composed,
  { reply, withinMs = replyWithinMs }: Parameters<Send>[3],
): Promise<Sent | Message> {
  const { type, partner: recipient } = outgoing.record;
  const { response } = rowOf(type, participant.protocol);
  if (reply === true && response === undefined)
    throw new TypeError(`${type} has no response that could be waited for`);
  if (!(withinMs >= 0 && withinMs <= delayMsMax))
    throw new TypeError(`withinMs: expected milliseconds from 0 to ${delayMsMax}, got ${withinMs}`);
  const { messageId, conversationId } = message;
  const named = `${type} ${messageId}`;
  const { status } = await commitSending(engine, { outgoing: [outgoing], work }, named);
  if (status !== 'committed')
    throw new UftpError('conflict', `${named} was not sent: the MessageID has been used before`);
  tell(engine, { event: 'queued', participant: participant.party, recipient, message });
  if (reply !== true || response === undefined) return { messageId, conversationId };
  const pending = { recipient, response, messageId, withinMs };
  return awaitReply(engine, participant, pending, participant.waits);
}

/**
 * Commits what is to be sent.
 *
 * @param name of what is sent, for the error
 * @throws {UftpError} `store-unavailable`: then it may be stored all the same, and goes out if it is; mistakes in the item
 *   remain what they are
 */
export async function commitSending(engine: Engine, item: Commit, name: string): Promise<Committed> {
  try {
    return await engine.store.commit(item);
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
    const text = `the store failed, so it is not known whether it has ${name}: if it has, that is sent`;
    throw new UftpError('store-unavailable', `${text}; look for it before you send another`, { cause });
  }
}
