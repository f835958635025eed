/** @module Sends from outside a handler: compose, commit, and where asked for wait for the response. */

import { rowOf } from '../codec/message.ts';
import { UftpError } from '../errors.ts';
import type { Send } from './clients.ts';
import { compose } from './compose.ts';
import { commitSending, type Engine, type Participant, tell } from './engine.ts';

const replyWithinMs = 60_000;

/**
 * The sender behind `service.dsoClient(…)`: what it returns for is committed.
 *
 * @throws {TypeError} where nothing can be waited for, or not for so long; then nothing is committed
 */
export function sender(engine: Engine, participant: Participant): Send {
  return async (recipient, name, draft, options) => {
    const { response } = rowOf(name, participant.protocol);
    if (options.reply === true && response === undefined)
      throw new TypeError(`${name} has no response that could be waited for`);
    const { withinMs = replyWithinMs } = options;
    if (!(withinMs >= 0)) throw new TypeError(`withinMs: expected 0 or more milliseconds, got ${withinMs}`);
    const [composed, waiting] = await Promise.all([
      compose(engine, participant, { recipient, name, draft, options }),
      options.reply === true ? import('./queues.ts') : undefined, // before anything is committed
    ]);
    const { message, outgoing, work } = composed;
    const named = `${name} ${message.messageId}`;
    const { status } = await commitSending(engine, { outgoing: [outgoing], work }, named);
    if (status !== 'committed') {
      throw new UftpError('conflict', `${named} was not sent: the MessageID has been used before`);
    }
    tell(engine, { event: 'queued', participant: participant.party, recipient, message });
    const { messageId, conversationId } = message;
    if (waiting === undefined || response === undefined) return { messageId, conversationId };
    const pending = { recipient, response, messageId, withinMs };
    return waiting.awaitReply(engine, participant, pending, participant.waits.signal);
  };
}
