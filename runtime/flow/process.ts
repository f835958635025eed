/** @module Does the work on one received message: runs `process…`, and commits what it sends together with its end. */

import { rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { Commit, Lease, Outcome } from '../ports/store.ts';
import type { HistoryEntry, Message, RequestContext, Sent, Verdict } from '../roles.ts';
import { backoff } from './backoff.ts';
import { clientsOf, type Send } from './clients.ts';
import { type Composed, compose } from './compose.ts';
import { type Engine, type Participant, tell } from './engine.ts';
import { history, indexKeys, storedMessage } from './records.ts';
import { composeReply, inHandlerVersion, type ReceivedRequest, storedVerdict } from './reply.ts';

/** What a handler has asked for so far. */
interface Collected {
  /** In the order of the calls; undefined where a message could not be made, which its caller was told. */
  readonly composed: Promise<Composed | undefined>[];
  readonly effects: ((tx: unknown) => void | Promise<void>)[];
  answer: Verdict | undefined;
}

/** What the work came to. */
interface Done {
  readonly composed: readonly Composed[];
  readonly commit: Commit;
}

const nothing: Done = { composed: [], commit: {} };

/** Works on a leased message and ends the lease. A handler that throws runs again after a pause, up to a bound. */
export async function processLease(engine: Engine, lease: Lease): Promise<void> {
  const participant = engine.participants.find(
    (one) =>
      one.party.domain === lease.message.participant.domain &&
      one.party.role === lease.message.participant.role,
  );
  if (participant === undefined) return;
  const keeper = keepLease(engine, lease);
  try {
    const { commit, composed } =
      lease.kind === 'process'
        ? await runHandler(engine, participant, lease, keeper.signal)
        : await runOverdue(engine, participant, lease);
    const attempt = { at: engine.clock.now(), text: 'done' };
    const { status } = await engine.store.commit({
      ...commit,
      outgoing: composed.map((one) => one.outgoing),
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
    throw new UftpError('reply-not-awaited', 'the request was answered elsewhere in the meantime');
  } catch (cause) {
    await failed(engine, participant, keeper.lease(), cause);
  } finally {
    keeper.stop();
  }
}

async function failed(engine: Engine, participant: Participant, lease: Lease, cause: unknown): Promise<void> {
  const now = engine.clock.now();
  const dead = lease.attempt >= engine.timing.processAttemptsMax;
  const attempt = {
    at: now,
    text: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
  };
  const outcome: Outcome = dead
    ? { end: 'dead', attempt }
    : { end: 'retry', attempt, dueAt: now + backoff(lease.attempt, engine.chance) };
  const { type, messageId } = lease.message;
  tell(engine, { event: 'handler-failed', participant: participant.party, type, messageId, dead, cause });
  await engine.store.commit({ finish: { lease, outcome } });
}

/** Renews a lease while its work goes on; the signal is aborted when the lease is lost or the work takes too long. */
function keepLease(
  engine: Engine,
  first: Lease,
): { lease(): Lease; readonly signal: AbortSignal; stop(): void } {
  const { leaseMs, processMsMax } = engine.timing;
  const abort = new AbortController();
  let lease = first;
  let callOff = (): void => {};
  const plan = (): void => {
    callOff = engine.clock.after(leaseMs / 2, () => {
      void engine.store.renew(lease, engine.clock.now() + leaseMs).then(
        (renewed) => {
          if (renewed === undefined) abort.abort();
          else lease = renewed;
          if (!abort.signal.aborted) plan();
        },
        () => abort.abort(),
      );
    });
  };
  plan();
  const timeout = engine.clock.after(processMsMax, () => abort.abort());
  return {
    lease: () => lease,
    signal: abort.signal,
    stop() {
      callOff();
      timeout();
      abort.abort();
    },
  };
}

async function runHandler(
  engine: Engine,
  participant: Participant,
  lease: Lease,
  signal: AbortSignal,
): Promise<Done> {
  const { message: stored } = lease;
  const original = storedMessage(engine, participant, stored);
  const request = received(participant, lease, original);
  const row = rowOf(stored.type, participant.protocol);
  const handler = participant.handler(`process${row.key}`);
  if (handler === undefined) return nothing;
  const scopes = indexKeys(row, request.message, stored.partner);
  const snapshot = await engine.store.read({ participant: participant.party, scopes });
  const collected: Collected = { composed: [], effects: [], answer: undefined };
  const send = collector(engine, participant, request, collected);
  let entries: readonly HistoryEntry[] | undefined;
  const context: RequestContext<object, unknown> = {
    sender: stored.partner,
    original,
    now: new Date(engine.clock.now()),
    signal,
    attempt: lease.attempt,
    get history(): readonly HistoryEntry[] {
      entries ??= history(engine, participant, snapshot);
      return entries;
    },
    onCommit: (effect) => {
      collected.effects.push(effect);
    },
    respond: (verdict) => {
      if (stored.verdict?.result !== 'deferred' || collected.answer !== undefined) {
        throw new UftpError(
          'reply-not-awaited',
          `${stored.type} ${stored.messageId} awaits no answer: it was not deferred, or it was answered`,
        );
      }
      collected.answer = verdict;
    },
    ...clientsOf(participant, send),
  };
  await handler(request.message, context);
  if (signal.aborted) throw new UftpError('stopped', `process${row.key} took longer than its lease`);
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
    composed: [reply, ...composed].filter((one) => one !== undefined),
    commit: {
      ...(answer === undefined ? {} : { answer: { message: lease.message, verdict: storedVerdict(answer) } }),
      inside: async (tx) => {
        for (const effect of effects) await effect(tx);
      },
    },
  };
}

/** The sender behind `context.dsoClient(…)`: it validates and seals at once, and commits with the handler's end. */
function collector(
  engine: Engine,
  participant: Participant,
  request: ReceivedRequest,
  collected: Collected,
): Send {
  return async (recipient, name, draft, options): Promise<Sent> => {
    if (options.reply === true) {
      throw new TypeError(
        'a handler cannot wait for a response: what it sends goes out when it ends; use processXResponse',
      );
    }
    // Within a conversation the partner's own version is spoken, unless another is settled.
    const same = recipient.domain === request.sender.domain && recipient.role === request.sender.role;
    const settled = participant.partner(recipient).version !== undefined;
    const made = compose(engine, participant, {
      recipient,
      name,
      draft,
      options,
      ...(same && !settled ? { wire: request.wire } : {}),
    });
    collected.composed.push(made.catch(() => undefined)); // at once, so that the order is that of the calls
    const { message } = await made;
    return { messageId: message.messageId, conversationId: message.conversationId };
  };
}

/** A stored message as the request that a reply answers. */
export function received(
  participant: Participant,
  lease: { readonly message: Lease['message'] },
  original: Message,
): ReceivedRequest {
  const { protocol, supported } = matchVersion(original.version, participant.versions);
  return {
    sender: lease.message.partner,
    message: inHandlerVersion(participant, original, protocol, lease.message.answers),
    original,
    wire: protocol,
    supported,
  };
}

/** A deferred request that has still not been answered is told of; it may be answered after that, too. */
async function runOverdue(engine: Engine, participant: Participant, lease: Lease): Promise<Done> {
  const { message: stored } = lease;
  if (stored.verdict?.result !== 'deferred') return nothing;
  const { type, messageId, partner } = stored;
  tell(engine, { event: 'overdue', participant: participant.party, sender: partner, type, messageId });
  const original = storedMessage(engine, participant, stored);
  await participant.onOverdue?.(received(participant, lease, original).message, partner);
  return nothing;
}
