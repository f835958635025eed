/** @module What the participants have left to do: their nodes in; how far behind they are, and when all is done, out. */

import { setTimeout as pause } from 'node:timers/promises';
import type { ParticipantProcess } from './process.ts';
import type { Tell } from './words.ts';

/** How often it is looked. */
const pollMs = 100;
/** What is due for longer says that more is offered than they can do. */
const behindMsMax = 2_000;

/** Asks nodes for what they have left to do. */
export class Rest {
  /** By node, when its next task is due, in milliseconds since 1970; undefined where it has none. */
  readonly #answers = new Map<ParticipantProcess, number | undefined>();

  /** Takes what a node says. */
  hear(node: ParticipantProcess, words: Tell): void {
    if (words.tell === 'rest') this.#answers.set(node, words.nextDueAt);
  }

  /** Says again and again whether they are behind, until it is told to end. */
  async watch(
    nodes: readonly ParticipantProcess[],
    tell: (isBehind: boolean) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      for (const node of nodes) node.ask({ ask: 'rest' });
      await pause(pollMs);
      const now = Date.now();
      tell([...this.#answers.values()].some((due) => due !== undefined && now - due > behindMsMax));
    }
    tell(false);
  }

  /** Waits until nobody has anything to do. @returns how long that took; undefined where it took longer than `msMax` */
  async drained(
    nodes: readonly ParticipantProcess[],
    msMax: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const begun = performance.now();
    // What one hands over while the others are asked is found in the second round.
    for (let rounds = 0; rounds < 2; ) {
      for (const node of nodes) {
        this.#answers.delete(node);
        node.ask({ ask: 'rest' });
        while (!this.#answers.has(node)) {
          if (performance.now() - begun > msMax) return undefined; // one that never answers is not done either
          await pause(1, undefined, { signal });
        }
      }
      rounds = [...this.#answers.values()].every((due) => due === undefined) ? rounds + 1 : 0;
      if (performance.now() - begun > msMax) return undefined;
      if (rounds === 0) await pause(pollMs);
    }
    return performance.now() - begun;
  }
}
