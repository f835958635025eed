/** @module The decision on an admitted message: the handler's, within its time, or the default. */

import type { Snapshot } from '../ports/store.ts';
import type { DecideContext, Decision, HistoryEntry, Message, MessageRow, Party } from '../roles.ts';
import { accept, defer } from '../roles.ts';
import type { Engine, Participant } from './engine.ts';
import { answersByItself, history } from './records.ts';
import { Refusal } from './refusal.ts';

/** A message to decide on. */
export interface Question {
  readonly sender: Party;
  readonly row: MessageRow;
  /** In the version of the participant's role object. */
  readonly message: Message;
  readonly original: Message;
}

/** True where the decision rests on what the store says, so that the history must not move before it is committed. */
export function readsHistory(participant: Participant, row: MessageRow): boolean {
  return participant.handler(`preProcess${row.key}`) !== undefined;
}

/**
 * Asks `preProcess…`. Without one the message is accepted, or, where the response needs data that only a handler has, deferred.
 *
 * @throws {Refusal} `handler-failed` where the handler throws or returns no decision; `decision-timeout`
 */
export async function decide(
  engine: Engine,
  participant: Participant,
  question: Question,
  snapshot: Snapshot,
): Promise<Decision> {
  const { sender, row, message, original } = question;
  const handler = participant.handler(`preProcess${row.key}`);
  if (handler === undefined) return answersByItself(participant, row) ? accept() : defer();
  const abort = new AbortController();
  let entries: readonly HistoryEntry[] | undefined;
  const context: DecideContext = {
    sender,
    original,
    now: new Date(engine.clock.now()),
    signal: abort.signal,
    get history(): readonly HistoryEntry[] {
      entries ??= history(engine, participant, snapshot);
      return entries;
    },
  };
  let callOff = (): void => {};
  const timeout = new Promise<never>((_, fail) => {
    callOff = engine.clock.after(engine.timing.decideMsMax, () => {
      abort.abort();
      fail(new Refusal('decision-timeout', { sender }));
    });
  });
  try {
    const decision = await Promise.race([call(() => handler(message, context)), timeout]);
    return checked(decision, row);
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal('handler-failed', { sender, cause });
  } finally {
    callOff();
  }
}

/** Turns a throw before the first await into a rejection. */
async function call(run: () => unknown): Promise<unknown> {
  return run();
}

function checked(value: unknown, row: MessageRow): Decision {
  const decision =
    typeof value === 'object' && value !== null && 'decision' in value ? value.decision : undefined;
  if (decision === 'accept' || decision === 'reject') return value as Decision;
  if (decision === 'defer' && row.response !== undefined) return value as Decision;
  throw new TypeError(
    `preProcess${row.key} must return accept(…)${row.response === undefined ? ' or reject(…)' : ', reject(…) or defer()'}`,
  );
}
