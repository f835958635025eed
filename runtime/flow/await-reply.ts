/** @module Waits for the response to a message that was sent: what was asked of whom comes in, the response comes out. */

import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { StoredMessage } from '../ports/store.ts';
import type { Message, Party } from '../roles.ts';
import type { Engine, Participant } from './engine.ts';
import { acceptedResponse, storedMessage } from './records.ts';
import { inHandlerVersion } from './reply.ts';
import type { Stop } from './stop.ts';

/** How long to wait at most for a sign of the store, which may not be able to tell of what another process commits. */
const pollMs = 1_000;

/** A request whose response is waited for. */
export interface Pending {
  readonly recipient: Party;
  /** Name of the response. */
  readonly response: string;
  readonly messageId: string;
  readonly withinMs: number;
}

/**
 * Waits until the response is in the store, whichever process received it. The wait dies with this process, the response
 * does not. A response that was rejected leaves the request pending (rule 43). A store that fails is asked again: the
 * request is in it.
 *
 * @param stop ends the wait
 * @throws {UftpError} `reply-expired` where none came in time, or the request is undeliverable; `stopped`
 */
export async function awaitReply(
  engine: Engine,
  participant: Participant,
  pending: Pending,
  stop: Stop,
): Promise<Message> {
  const { messageId, withinMs } = pending;
  let isOver = false;
  let wake = (): void => {};
  const ends = [
    engine.store.watch(() => wake()),
    stop.hear(() => wake()),
    // A timer, not a time: the clock may be set meanwhile.
    engine.clock.after(withinMs, () => {
      isOver = true;
      wake();
    }),
  ];
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      }); // before the look, so that nothing falls between
      const news = await look(engine, participant, pending).catch((cause) => ({ cause }));
      if ('response' in news) return asHandled(engine, participant, news.response, messageId);
      if ('dead' in news) throw new UftpError('reply-expired', `${messageId} is undeliverable: ${news.dead}`);
      if (stop.isSaid)
        throw new UftpError('stopped', `stopped waiting for the response to ${messageId}; it may still come`);
      if (isOver) {
        const text = `no response to ${messageId} within ${withinMs} ms; it may still come`;
        throw new UftpError('reply-expired', text, news);
      }
      const callOff = engine.clock.after(pollMs, wake);
      await woken;
      callOff();
    }
  } finally {
    for (const end of ends) end();
  }
}

/** What has become of the request; nothing where that is still open. @throws where the store fails */
async function look(
  engine: Engine,
  { party }: Participant,
  { recipient, response, messageId }: Pending,
): Promise<{ readonly response: StoredMessage } | { readonly dead: string } | { readonly cause?: never }> {
  const found = await acceptedResponse(
    engine,
    { participant: party, partner: recipient, messageId },
    response,
  );
  if (found !== undefined) return { response: found };
  const request = { participant: party, direction: 'out', partner: recipient, identity: messageId } as const;
  const { known } = await engine.store.read({ message: request, participant: party, scopes: [] });
  if (known?.state !== 'dead') return {};
  return { dead: known.attempts.at(-1)?.text ?? 'no attempt was made' };
}

/** A response as a handler would get it. */
function asHandled(
  engine: Engine,
  participant: Participant,
  response: StoredMessage,
  requestId: string,
): Message {
  const message = storedMessage(engine, response);
  const { protocol } = matchVersion(message.version, participant.versions);
  return inHandlerVersion(participant, message, protocol, requestId);
}
