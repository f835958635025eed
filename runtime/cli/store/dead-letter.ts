/** @module Dead letters: a stored message goes in, and it is put back into its queue, or why it is not comes out. */

import { conflictWork, processWork } from '../../flow/work.ts';
import type { Commit, MessageKey, Store, StoredMessage, TaskState } from '../../ports/store.ts';
import { isUnsigned } from './row.ts';

/** What is kept of a message that may be put back: not its body, since there may be many. */
export interface Candidate {
  /** For whoever is told of it. */
  readonly name: string;
  readonly state: TaskState;
  /** What puts it back, or a sentence that says why nothing does. */
  readonly way: Commit | string;
}

/** How a message is put back. */
export function candidate(one: StoredMessage): Candidate {
  const { type, identity, state } = one;
  return { name: `${type} ${identity}`, state, way: obstacle(one) ?? again(one) };
}

function obstacle(one: StoredMessage): string | undefined {
  if (one.state !== 'dead') return `not a dead letter, its state is ${one.state}`;
  if (one.body.length === 0) return 'retention has removed its payload';
  return one.direction === 'out' && isUnsigned(one) ? 'it was imported without its signature' : undefined;
}

function again(one: StoredMessage): Commit {
  const { participant, direction, partner, identity, conversationId } = one;
  const dueAt = Date.now();
  const message: MessageKey = { participant, direction, partner, identity };
  if (direction === 'out') return { resend: { message, dueAt, unlessTriedSince: Number.MAX_SAFE_INTEGER } };
  // `process…` never runs for what was rejected: of that, a dead letter is the notice of a conflict.
  if (one.verdict?.result === 'rejected')
    return { work: [conflictWork(message, dueAt, `conflict again ${dueAt}`)] };
  return { work: [processWork(message, conversationId, dueAt, `process again ${dueAt}`)] };
}

/** Puts a dead letter back into its queue. @returns a sentence where that cannot be done */
export async function putBack(store: Store, { name, way }: Candidate): Promise<string | undefined> {
  if (typeof way === 'string') return `${name}: ${way}`;
  try {
    await store.commit(way);
    return undefined;
  } catch (error) {
    // Work on a message that is not stored.
    if (error instanceof RangeError) return `${name}: retention has removed it meanwhile`;
    throw error;
  }
}
