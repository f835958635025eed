/** @module The decision on an admitted message: the handler's, within its time, or the default. */

import type { Snapshot } from '../ports/store.ts';
import type { Decision, HistoryEntry, Message, MessageRow, Party, Verdict } from '../roles.ts';
import { accept, defer, reject } from '../roles.ts';
import { Context } from './context.ts';
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
  const { sender, row, message } = question;
  const handler = participant.handler(`preProcess${row.key}`);
  if (handler === undefined) return answersByItself(participant, row) ? accept() : defer();
  const look = (): readonly HistoryEntry[] => history(engine, snapshot);
  try {
    const decision = await within(
      engine.clock,
      engine.timing.decideMsMax,
      (limited) => handler(message, new Context(question, engine.clock.now(), limited, look)),
      () => new Refusal('decision-timeout', { sender }),
    );
    return checked(decision, row);
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal('handler-failed', { sender, cause });
  }
}

/** An answer to a deferred request, as an application gives it. @throws {TypeError} where it is no verdict */
export function checkedVerdict(value: unknown): Verdict {
  const verdict = verdictOf(given(value));
  if (verdict === undefined) throw new TypeError('respond must be given accept(…) or reject(…)');
  return verdict;
}

function checked(value: unknown, row: MessageRow): Decision {
  const decision = given(value);
  const verdict = verdictOf(decision);
  if (verdict !== undefined) return verdict;
  if (decision.decision === 'defer' && row.response !== undefined) return defer();
  throw new TypeError(
    `preProcess${row.key} must return accept(…)${row.response === undefined ? ' or reject(…)' : ', reject(…) or defer()'}`,
  );
}

/** What may have been made by hand, in code that no compiler has checked. */
type Given = { readonly [K in 'decision' | 'fields' | 'reasons']?: unknown };

function given(value: unknown): Given {
  return typeof value === 'object' && value !== null ? value : {};
}

function verdictOf({ decision, fields = {}, reasons }: Given): Verdict | undefined {
  if (decision !== 'accept' && decision !== 'reject') return undefined;
  if (typeof fields !== 'object' || fields === null)
    throw new TypeError(`${decision}: the fields must be an object`);
  if (decision === 'accept') return accept(fields);
  const list = [reasons].flat();
  return reject(list.every((one) => typeof one === 'string') ? list : [], fields);
}
