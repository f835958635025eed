/** @module Sends from outside a handler: compose, commit, and where asked for wait for the response. */

import { rowOf } from '../codec/message.ts';
import { UftpError } from '../errors.ts';
import type { Commit, Committed } from '../ports/store.ts';
import type { Message, Sent } from '../roles.ts';
import { awaitReply } from './await-reply.ts';
import type { Send } from './clients.ts';
import { compose } from './compose.ts';
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
  ...[recipient, name, draft, options]: Parameters<Send>
): Promise<Sent | Message> {
  const { response } = rowOf(name, participant.protocol);
  if (options.reply === true && response === undefined)
    throw new TypeError(`${name} has no response that could be waited for`);
  const { withinMs = replyWithinMs } = options;
  if (!(withinMs >= 0)) throw new TypeError(`withinMs: expected 0 or more milliseconds, got ${withinMs}`);
  const composed = await compose(engine, participant, { recipient, name, draft, options });
  const { message, outgoing, work } = composed;
  const { messageId, conversationId } = message;
  const named = `${name} ${messageId}`;
  const { status } = await commitSending(engine, { outgoing: [outgoing], work }, named);
  if (status !== 'committed')
    throw new UftpError('conflict', `${named} was not sent: the MessageID has been used before`);
  tell(engine, { event: 'queued', participant: participant.party, recipient, message });
  if (options.reply !== true || response === undefined) return { messageId, conversationId };
  const pending = { recipient, response, messageId, withinMs };
  return awaitReply(engine, participant, pending, participant.waits.signal);
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
