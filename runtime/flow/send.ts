/** @module Sends from outside a handler: compose, commit, and where asked for wait for the response. */

import { rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { Commit, Committed } from '../ports/store.ts';
import type { Message, Party } from '../roles.ts';
import type { Send } from './clients.ts';
import { compose } from './compose.ts';
import { type Engine, type Participant, tell } from './engine.ts';
import { acceptedResponse, storedMessage } from './records.ts';
import { inHandlerVersion } from './reply.ts';

const replyWithinMs = 60_000;
/** How long to wait at most for a sign of the store, which may not be able to tell of what another process commits. */
const pollMs = 1_000;

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
    const composed = await compose(engine, participant, { recipient, name, draft, options });
    const { message, outgoing, work } = composed;
    const { status } = await commitSending(engine, { outgoing: [outgoing], work }, name);
    if (status !== 'committed') {
      throw new UftpError(
        'conflict',
        `${name} ${message.messageId} was not sent: the MessageID has been used before`,
      );
    }
    tell(engine, { event: 'queued', participant: participant.party, recipient, message });
    const { messageId, conversationId } = message;
    if (options.reply !== true || response === undefined) return { messageId, conversationId };
    const pending = { recipient, response, messageId, sentAt: outgoing.record.at };
    return awaitReply(engine, participant, pending, withinMs);
  };
}

/** Commits what is to be sent. @throws {UftpError} `store-unavailable`; mistakes in the item remain what they are */
export async function commitSending(engine: Engine, item: Commit, name: string): Promise<Committed> {
  try {
    return await engine.store.commit(item);
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
    throw new UftpError('store-unavailable', `${name} was not sent`, { cause });
  }
}

/** A request whose response is waited for. */
interface Pending {
  readonly recipient: Party;
  readonly response: string;
  readonly messageId: string;
  readonly sentAt: number;
}

/** By participant, what ends its waits. */
const stops: WeakMap<Participant, AbortController> = new WeakMap();

function stopOf(participant: Participant): AbortController {
  const stop = stops.get(participant) ?? new AbortController();
  stops.set(participant, stop);
  return stop;
}

/** Ends all waits for responses to a participant, now and from now on, with `stopped`. */
export function stopWaiting(participant: Participant): void {
  stopOf(participant).abort();
}

/**
 * Waits until the response is in the store, whichever process received it. The wait dies with this process, the response
 * does not. A response that was rejected leaves the request pending (rule 43).
 *
 * @throws {UftpError} `reply-expired` where none came in time, or the request is undeliverable; `stopped`
 */
async function awaitReply(
  engine: Engine,
  participant: Participant,
  pending: Pending,
  withinMs: number,
): Promise<Message> {
  const { messageId } = pending;
  const { signal } = stopOf(participant);
  const deadline = engine.clock.now() + withinMs;
  for (;;) {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const unwatch = engine.store.watch(wake); // before the look, so that nothing falls between
    const callOff = engine.clock.after(Math.min(pollMs, Math.max(0, deadline - engine.clock.now())), wake);
    signal.addEventListener('abort', wake);
    try {
      const response = await look(engine, participant, pending);
      if (response !== undefined) return response;
      if (signal.aborted)
        throw new UftpError('stopped', `stopped waiting for the response to ${messageId}; it may still come`);
      if (engine.clock.now() >= deadline) {
        throw new UftpError(
          'reply-expired',
          `no response to ${messageId} within ${withinMs} ms; it may still come`,
        );
      }
      await woken;
    } finally {
      unwatch();
      callOff();
      signal.removeEventListener('abort', wake);
    }
  }
}

/** Looks for an accepted response. @throws {UftpError} `reply-expired` where none can come, as the request is undeliverable */
async function look(
  engine: Engine,
  participant: Participant,
  { recipient, response, messageId, sentAt }: Pending,
): Promise<Message | undefined> {
  const { party } = participant;
  const asked = { participant: party, partner: recipient, messageId, at: sentAt };
  const found = await acceptedResponse(engine, asked, response);
  if (found !== undefined) {
    const message = storedMessage(engine, found);
    const { protocol } = matchVersion(message.version, participant.versions);
    return inHandlerVersion(participant, message, protocol, messageId);
  }
  const request = { participant: party, direction: 'out', partner: recipient, identity: messageId } as const;
  const { known } = await engine.store.read({ message: request, participant: party, scopes: [] });
  if (known?.state !== 'dead') return undefined;
  const why = known.attempts.at(-1)?.text ?? 'no attempt was made';
  throw new UftpError('reply-expired', `${messageId} is undeliverable: ${why}`);
}
