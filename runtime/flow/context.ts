/** @module What every handler is told: the message's sender, time and past go in; a context whose past is read when it is looked at comes out. */

import type { HandlerContext, HistoryEntry, Message, Party } from '../roles.ts';
import type { Limited } from './within.ts';

/** What a context is made of. */
export interface Told {
  readonly sender: Party;
  /** As it was sent. */
  readonly original: Message;
}

/**
 * What every handler is told. A class, since V8 gives each object literal with getters a shape of its own, which costs a
 * fifth of all that receiving a message does beside its signatures.
 */
export class Context implements HandlerContext {
  readonly sender: Party;
  readonly original: Message;
  readonly now: Date;
  // Not #private: a Proxy around a context, as wrappers of handlers make them, could not get at such fields.
  private readonly limits: Limited;
  private readonly read: () => readonly HistoryEntry[];
  private entries: readonly HistoryEntry[] | undefined;

  /** @param look reads the history, which few handlers look at */
  constructor(
    { sender, original }: Told,
    now: number,
    limited: Limited,
    look: () => readonly HistoryEntry[],
  ) {
    this.sender = sender;
    this.original = original;
    this.now = new Date(now);
    this.limits = limited;
    this.read = look;
  }

  get signal(): AbortSignal {
    return this.limits.signal;
  }

  get history(): readonly HistoryEntry[] {
    this.entries ??= this.read();
    return this.entries;
  }
}
