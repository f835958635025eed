/** @module Does the work on one received message: runs `process…`, and commits what it sends together with its end. */

import { rowOf } from '../codec/message.ts';
import { UftpError } from '../errors.ts';
import type { Commit, Lease, Outcome } from '../ports/store.ts';
import type { HandlerContext, HistoryEntry, RequestContext, Sent, Verdict } from '../roles.ts';
import { backoff } from './backoff.ts';
import { clientsOf, type Send } from './clients.ts';
import { type Composed, compose } from './compose.ts';
import { Context } from './context.ts';
import { checkedVerdict } from './decide.ts';
import { type Engine, type Participant, participantOf, tell } from './engine.ts';
import { keepLease } from './lease.ts';
import { noticeOf } from './notices.ts';
import { history, indexKeys, partyText, storedMessage } from './records.ts';
import { composeReply, type ReceivedRequest, received, storedVerdict } from './reply.ts';
import type { Stop } from './stop.ts';
import { anew } from './work.ts';

/** What a handler has asked for so far. */
interface Collected {
  /** In the order of the calls; one that cannot be made fails the handler's end. */
  readonly composed: Promise<Composed>[];
  readonly effects: ((tx: unknown) => void | Promise<void>)[];
  answer: Verdict | undefined;
  /** True once the handler has ended: what comes later would be lost, so it is refused. */
  ended: boolean;
}

/** What the work came to. */
interface Done {
  readonly composed: readonly Composed[];
  readonly commit: Commit;
}

/** The text of an attempt that the service's stop ended: it says nothing against the handler, and is not counted. */
const stopText = 'the service has been stopped';

/**
 * Works on a leased message and ends the lease. A handler that throws runs again after a pause, up to a bound; so does
 * work of which this process knows no handler, since whoever queued it had one.
 *
 * @param stop said when nothing may take any longer: the work is then left to another process
 */
export async function processLease(engine: Engine, lease: Lease, stop: Stop): Promise<void> {
  const participant = participantOf(engine, lease.message.participant);
  if (participant === undefined) return;
  if (countedAttempts(lease) > engine.timing.processAttemptsMax) {
    // A handler that takes its process down with it never comes to fail: it must not do so for ever.
    const cause = new UftpError('stopped', `attempt ${lease.attempt - 1} was the last, and has not ended`);
    return failed(engine, participant, lease, cause, false);
  }
  const keeper = keepLease(engine, lease, stop);
  try {
    const { commit, composed } = await Promise.race([
      runWork(engine, participant, lease, keeper.over),
      keeper.lost,
    ]);
    const attempt = { at: engine.clock.now(), text: 'done' };
    const { status } = await engine.store.commit({
      ...commit,
      outgoing: composed.map((one) => one.outgoing),
      work: composed.flatMap((one) => one.work),
      finish: { lease: keeper.lease(), outcome: { end: 'done', attempt } },
    });
    if (status === 'lost') return; // another has the work now, and nothing of ours was written
    if (status === 'committed') {
      for (const { message, outgoing } of composed) {
        tell(engine, {
          event: 'queued',
          participant: participant.party,
          recipient: outgoing.record.partner,
          message,
        });
      }
      return;
    }
    throw status === 'answered'
      ? new UftpError('reply-not-awaited', 'the request was answered elsewhere in the meantime')
      : new UftpError('conflict', 'the MessageID of a message to be sent has been used before');
  } catch (cause) {
    await failed(engine, participant, keeper.lease(), cause, stop.isSaid);
  } finally {
    keeper.stop();
  }
}

/** Which attempt this is, without those that a stop ended. Notices, which leave no trace, are queued anew by a stop. */
function countedAttempts({ attempt, firstDueAt, message }: Lease): number {
  return attempt - message.attempts.filter(({ at, text }) => at >= firstDueAt && text === stopText).length;
}

async function failed(
  engine: Engine,
  participant: Participant,
  lease: Lease,
  cause: unknown,
  byStop: boolean,
): Promise<void> {
  const now = engine.clock.now();
  const attempts = countedAttempts(lease);
  const dead = !byStop && attempts >= engine.timing.processAttemptsMax;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const attempt = { at: now, text: byStop ? stopText : text };
  const dueAt = now + backoff(attempts, engine.chance);
  const again = byStop ? anew(lease, dueAt) : undefined;
  const retry: Outcome = again === undefined ? { end: 'retry', attempt, dueAt } : { end: 'done', attempt };
  const { status } = await engine.store.commit({
    finish: { lease, outcome: dead ? { end: 'dead', attempt } : retry },
    work: again === undefined ? [] : [again],
  });
  if (status !== 'committed') return; // the lease was lost: whoever has it now will tell
  const { type, messageId } = lease.message;
  tell(engine, { event: 'handler-failed', participant: participant.party, type, messageId, dead, cause });
}

async function runWork(engine: Engine, participant: Participant, lease: Lease, over: Stop): Promise<Done> {
  const notice = noticeOf(engine, participant, lease);
  if (notice === undefined) return runHandler(engine, participant, lease, over);
  await notice();
  return { composed: [], commit: {} };
}

async function runHandler(engine: Engine, participant: Participant, lease: Lease, over: Stop): Promise<Done> {
  const { message: stored } = lease;
  const original = storedMessage(engine, stored);
  const request = received(participant, lease, original);
  const row = rowOf(stored.type, participant.protocol);
  const handler = participant.handler(`process${row.key}`);
  if (handler === undefined)
    throw new Error(`no process${row.key} here: the message was taken by a process that has one`);
  const scopes = indexKeys(row, request.message, stored.partner);
  const snapshot = await engine.store.read({ participant: participant.party, scopes });
  const collected: Collected = { composed: [], effects: [], answer: undefined, ended: false };
  const checkRunning = (): void => {
    if (collected.ended || over.isSaid)
      throw new UftpError('stopped', `process${row.key} has ended: await in it what it does`);
  };
  const send = collector(engine, participant, request, collected, checkRunning);
  const look = (): readonly HistoryEntry[] => history(engine, snapshot);
  const told = new Context({ sender: stored.partner, original }, engine.clock.now(), over, look);
  const own: Omit<RequestContext<object, unknown>, keyof HandlerContext> = {
    attempt: lease.attempt,
    onCommit: (effect) => {
      checkRunning();
      collected.effects.push(effect);
    },
    respond: (verdict) => {
      checkRunning();
      if (stored.verdict?.result !== 'deferred' || collected.answer !== undefined) {
        throw new UftpError(
          'reply-not-awaited',
          `${stored.type} ${stored.messageId} awaits no answer: it was not deferred, or it was answered`,
        );
      }
      collected.answer = checkedVerdict(verdict);
    },
  };
  await handler(request.message, Object.assign(told, own, clientsOf(participant, send)));
  collected.ended = true;
  return endOf(engine, participant, lease, request, collected);
}

/** What the handler asked for: the answer first, then the messages in the order in which it sent them. */
async function endOf(
  engine: Engine,
  participant: Participant,
  lease: Lease,
  request: ReceivedRequest,
  collected: Collected,
): Promise<Done> {
  const { answer, effects } = collected;
  const reply =
    answer === undefined ? undefined : await composeReply(engine, participant, request, answer, true);
  const composed = await Promise.all(collected.composed);
  return {
    composed: reply === undefined ? composed : [reply, ...composed],
    commit: {
      ...(answer !== undefined && { answer: { message: lease.message, verdict: storedVerdict(answer) } }),
      ...(effects.length === 0 ? {} : { inside: (tx) => inTurn(effects, tx) }),
    },
  };
}

/** Runs effects one after another: at once where they do not wait, since the transactions of some stores cannot. */
function inTurn(effects: Collected['effects'], tx: unknown): void | Promise<void> {
  for (const [i, effect] of effects.entries()) {
    const pending = effect(tx);
    if (pending instanceof Promise) return pending.then(() => inTurn(effects.slice(i + 1), tx));
  }
}

/**
 * The sender behind `context.dsoClient(…)`: it validates and seals at once, and commits with the handler's end, which fails
 * where a message could not be made. So a call that is not awaited is neither lost in silence nor an unhandled rejection.
 */
function collector(
  engine: Engine,
  participant: Participant,
  request: ReceivedRequest,
  collected: Collected,
  checkRunning: () => void,
): Send {
  const make = async (...[recipient, name, draft, options]: Parameters<Send>): Promise<Composed> => {
    checkRunning();
    if (options.reply === true) {
      throw new TypeError(
        'a handler cannot wait for a response: what it sends goes out when it ends; use processXResponse',
      );
    }
    // Within a conversation the partner's own version is spoken, unless another is settled.
    const same = partyText(recipient) === partyText(request.sender);
    const settled = participant.partner(recipient).version !== undefined;
    return compose(engine, participant, {
      recipient,
      name,
      draft,
      options,
      ...(same && !settled ? { wire: request.wire } : {}),
    });
  };
  return (...call) => {
    const made = make(...call);
    if (!collected.ended) collected.composed.push(made); // at once, so that the order is that of the calls
    const sent = made.then(
      ({ message }): Sent => ({ messageId: message.messageId, conversationId: message.conversationId }),
    );
    sent.catch(() => {});
    return sent;
  };
}
