/** @module The load: offers FlexRequests to the senders that are up, so many at a time, and keeps who acknowledged what. */

import type { ParticipantProcess } from './process.ts';
import type { Tell } from './words.ts';

/** FlexRequests that one process is asked to send at the same time. */
const windowMax = 16;

/** What is offered to the nodes of one sender. */
export class Load {
  readonly offered: string[] = [];
  readonly acknowledged: string[] = [];
  readonly #messages: number;
  readonly #newId: () => string;
  /** By node, what it was asked and has not answered. */
  readonly #open = new Map<ParticipantProcess, Set<string>>();
  #allowed = 0;
  #isHeld = false;
  #changed: () => void = () => {};

  constructor(messages: number, newId: () => string) {
    this.#messages = messages;
    this.#newId = newId;
  }

  /** Adds a node that was started. What it was asked before is not asked again: it may be done. */
  up(node: ParticipantProcess): void {
    this.#open.set(node, new Set());
    this.#offer();
  }

  /** Leaves out a node that is to be killed. */
  down(node: ParticipantProcess): void {
    this.#open.delete(node);
  }

  /** Offers nothing new while the participants are behind with what they have. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#offer();
  }

  /** Lets so much of it be offered, from 0 to 1. */
  allow(share: number): void {
    this.#allowed = Math.ceil(this.#messages * share);
    this.#offer();
  }

  /** Resolves when so much of it has been offered. */
  async reached(share: number): Promise<void> {
    while (this.offered.length < Math.floor(this.#messages * share)) await this.#change();
  }

  /** Resolves when all has been offered and nothing is open. */
  async end(): Promise<void> {
    this.allow(1);
    const isOpen = (): boolean => [...this.#open.values()].some((open) => open.size > 0);
    while (this.offered.length < this.#messages || isOpen()) await this.#change();
  }

  /** Takes what a node says. */
  hear(node: ParticipantProcess, words: Tell): void {
    if (words.tell !== 'sent' && words.tell !== 'failed') return;
    if (words.tell === 'sent') this.acknowledged.push(words.messageId);
    this.#open.get(node)?.delete(words.messageId);
    this.#offer();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  #offer(): void {
    while (!this.#isHeld && this.offered.length < this.#allowed) {
      const [node, open] = [...this.#open].sort(([, one], [, other]) => one.size - other.size)[0] ?? [];
      if (node === undefined || open === undefined || open.size >= windowMax) break;
      const messageId = this.#newId();
      open.add(messageId);
      this.offered.push(messageId);
      node.ask({ ask: 'send', messageId });
    }
    this.#changed();
  }
}
