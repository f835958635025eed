/** @module Sends from outside a handler: compose, commit, and where asked for wait for the response. */

import { rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { Message, Party, Sent } from '../roles.ts';
import type { Send } from './clients.ts';
import { compose } from './compose.ts';
import { type Engine, type Participant, tell } from './engine.ts';
import { storedMessage } from './records.ts';
import { inHandlerVersion } from './reply.ts';

const replyWithinMs = 60_000;

/** The sender behind `service.dsoClient(…)`: what it returns for is committed. */
export function sender(engine: Engine, participant: Participant): Send {
  return async (recipient, name, draft, options) => {
    const response = rowOf(name, participant.protocol).response;
    if (options.reply === true && response === undefined)
      throw new TypeError(`${name} has no response that could be waited for`);
    const { message, outgoing } = await compose(engine, participant, { recipient, name, draft, options });
    let committed: Awaited<ReturnType<typeof engine.store.commit>>;
    try {
      committed = await engine.store.commit({ outgoing: [outgoing] });
    } catch (cause) {
      throw new UftpError('store-unavailable', `${name} was not sent`, { cause });
    }
    if (committed.status !== 'committed') {
      throw new UftpError(
        'conflict',
        `${name} ${message.messageId} was not sent: the MessageID has been used before`,
      );
    }
    tell(engine, { event: 'queued', participant: participant.party, recipient, message });
    const sent: Sent = { messageId: message.messageId, conversationId: message.conversationId };
    return options.reply === true
      ? awaitReply(engine, participant, recipient, sent, options.withinMs ?? replyWithinMs)
      : sent;
  };
}

/**
 * Waits until the response is in the store, whichever process received it. The wait dies with this process, the response does not.
 *
 * @throws {UftpError} `reply-expired`
 */
async function awaitReply(
  engine: Engine,
  participant: Participant,
  recipient: Party,
  sent: Sent,
  withinMs: number,
): Promise<Message> {
  const deadline = engine.clock.now() + withinMs;
  for (;;) {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const unwatch = engine.store.watch(wake); // before the look, so that nothing falls between
    const callOff = engine.clock.after(Math.max(0, deadline - engine.clock.now()), wake);
    try {
      const { messages } = await engine.store.list({
        participant: participant.party,
        partner: recipient,
        direction: 'in',
        answers: sent.messageId,
        limit: 10,
      });
      // A response that we rejected leaves the request pending (rule 43).
      const found = messages.find((one) => one.verdict?.result === 'accepted');
      if (found !== undefined) {
        const message = storedMessage(engine, participant, found);
        const { protocol } = matchVersion(message.version, participant.versions);
        return inHandlerVersion(participant, message, protocol, sent.messageId);
      }
      if (engine.clock.now() >= deadline) {
        throw new UftpError(
          'reply-expired',
          `no response to ${sent.messageId} within ${withinMs} ms; it may still come`,
        );
      }
      await woken;
    } finally {
      unwatch();
      callOff();
    }
  }
}
