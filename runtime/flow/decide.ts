/** @module The decision on an admitted message: the handler's, within its time, or the default. */

import type { Snapshot } from '../ports/store.ts';
import type { DecideContext, Decision, HistoryEntry, Message, MessageRow, Party } from '../roles.ts';
import { accept, defer, reject } from '../roles.ts';
import type { Engine, Participant } from './engine.ts';
import { answersByItself, history } from './records.ts';
import { Refusal } from './refusal.ts';
import { within } from './within.ts';

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
  let entries: readonly HistoryEntry[] | undefined;
  const context = (signal: AbortSignal): DecideContext => ({
    sender,
    original,
    now: new Date(engine.clock.now()),
    signal,
    get history(): readonly HistoryEntry[] {
      entries ??= history(engine, snapshot);
      return entries;
    },
  });
  try {
    const decision = await within(
      engine.clock,
      engine.timing.decideMsMax,
      (signal) => handler(message, context(signal)),
      () => new Refusal('decision-timeout', { sender }),
    );
    return checked(decision, row);
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal('handler-failed', { sender, cause });
  }
}

function checked(value: unknown, row: MessageRow): Decision {
  const given = (typeof value === 'object' ? value : undefined) as Partial<Decision> | null | undefined;
  if (given?.decision === 'accept') return accept(given.fields ?? {});
  if (given?.decision === 'reject') return reject(given.reasons ?? [], given.fields);
  if (given?.decision === 'defer' && row.response !== undefined) return defer();
  throw new TypeError(
    `preProcess${row.key} must return accept(…)${row.response === undefined ? ' or reject(…)' : ', reject(…) or defer()'}`,
  );
}
