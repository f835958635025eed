/** @module Answers a request that was deferred, from outside a handler: the request's identity and a verdict in, the reply committed. */

import { UftpError } from '../errors.ts';
import type { Party, Sent, Verdict } from '../roles.ts';
import { checkedVerdict } from './decide.ts';
import { type Engine, type Participant, tell } from './engine.ts';
import { receivedKey, storedMessage } from './records.ts';
import { composeReply, received, storedVerdict } from './reply.ts';
import { commitSending } from './send.ts';

/** The request to answer. */
export interface Deferred {
  /** Its MessageID. */
  readonly messageId: string;
  /** Who sent it. */
  readonly sender: Party;
}

/**
 * Answers it, once and durably.
 *
 * @returns the reply; undefined where none goes out
 * @throws {UftpError} `reply-not-awaited`; `message-invalid`; `store-unavailable`
 * @throws {TypeError} where the verdict is neither `accept(…)` nor `reject(…)`
 */
export async function respond(
  engine: Engine,
  participant: Participant,
  { messageId, sender }: Deferred,
  given: Verdict,
): Promise<Sent | undefined> {
  const verdict = checkedVerdict(given);
  const { party } = participant;
  const key = receivedKey(party, sender, messageId);
  const { known: message } = await engine.store.read({ message: key, participant: party, scopes: [] });
  const notAwaited = (): UftpError =>
    new UftpError(
      'reply-not-awaited',
      `${messageId} awaits no answer: it is unknown, was not deferred, or was answered`,
    );
  if (message?.verdict?.result !== 'deferred') throw notAwaited();
  const request = received(participant, { message }, storedMessage(engine, message));
  const reply = await composeReply(engine, participant, request, verdict, true);
  const item = {
    answer: { message, verdict: storedVerdict(verdict) },
    outgoing: reply === undefined ? [] : [reply.outgoing],
  };
  const { status } = await commitSending(engine, item, `the answer to ${messageId}`);
  if (status !== 'committed') throw notAwaited();
  if (reply === undefined) return undefined;
  tell(engine, { event: 'queued', participant: party, recipient: sender, message: reply.message });
  return { messageId: reply.message.messageId, conversationId: reply.message.conversationId };
}
