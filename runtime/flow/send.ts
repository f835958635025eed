/** @module Sends from outside a handler: compose, commit, and where asked for wait for the response. */

import { rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { Commit, Committed } from '../ports/store.ts';
import type { Message, Party, Sent } from '../roles.ts';
import type { Send } from './clients.ts';
import { compose } from './compose.ts';
import { type Engine, type Participant, tell } from './engine.ts';
import { storedMessage } from './records.ts';
import { inHandlerVersion } from './reply.ts';

const replyWithinMs = 60_000;
/** How long to wait at most for a sign of the store, which may not be able to tell of what another process commits. */
const pollMs = 1_000;

/** The sender behind `service.dsoClient(…)`: what it returns for is committed. */
export function sender(engine: Engine, participant: Participant): Send {
  return async (recipient, name, draft, options) => {
    const { response } = rowOf(name, participant.protocol);
    if (options.reply === true && response === undefined)
      throw new TypeError(`${name} has no response that could be waited for`);
    const { message, outgoing } = await compose(engine, participant, { recipient, name, draft, options });
    const { status } = await commitSending(engine, { outgoing: [outgoing] }, name);
    if (status !== 'committed') {
      throw new UftpError(
        'conflict',
        `${name} ${message.messageId} was not sent: the MessageID has been used before`,
      );
    }
    tell(engine, { event: 'queued', participant: participant.party, recipient, message });
    const sent: Sent = { messageId: message.messageId, conversationId: message.conversationId };
    if (options.reply !== true || response === undefined) return sent;
    return awaitReply(engine, participant, { recipient, response, sent }, options.withinMs ?? replyWithinMs);
  };
}

/** Commits what is to be sent. @throws {UftpError} `store-unavailable` */
export async function commitSending(engine: Engine, item: Commit, name: string): Promise<Committed> {
  try {
    return await engine.store.commit(item);
  } catch (cause) {
    throw new UftpError('store-unavailable', `${name} was not sent`, { cause });
  }
}

/** A request whose response is waited for. */
interface Pending {
  readonly recipient: Party;
  readonly response: string;
  readonly sent: Sent;
}

/**
 * Waits until the response is in the store, whichever process received it. The wait dies with this process, the response
 * does not. A response that was rejected leaves the request pending (rule 43).
 *
 * @throws {UftpError} `reply-expired`
 */
async function awaitReply(
  engine: Engine,
  participant: Participant,
  { recipient, response, sent }: Pending,
  withinMs: number,
): Promise<Message> {
  const deadline = engine.clock.now() + withinMs;
  for (;;) {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const unwatch = engine.store.watch(wake); // before the look, so that nothing falls between
    const callOff = engine.clock.after(Math.min(pollMs, Math.max(0, deadline - engine.clock.now())), wake);
    try {
      const { messages } = await engine.store.list({
        participant: participant.party,
        partner: recipient,
        direction: 'in',
        type: response,
        answers: sent.messageId,
      });
      const found = messages.find((one) => one.verdict?.result === 'accepted');
      if (found !== undefined) {
        const message = storedMessage(engine, found);
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
