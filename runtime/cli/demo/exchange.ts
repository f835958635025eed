/** @module Follows what three participants say to one another: matches each request with its response as both are delivered. */

import { protocol } from '../../../generated/3.1.0/index.ts';
import type { Observer, ServiceEvent } from '../../ports/observer.ts';
import type { Message, Party } from '../../roles.ts';

/** A request that was delivered and answered. */
export interface Exchanged {
  readonly from: Party;
  readonly to: Party;
  readonly request: Message;
  /** When the response was received. */
  readonly at: Date;
  readonly accepted: boolean;
  /** Why it was rejected. */
  readonly reason: string | undefined;
}

/** All that has been exchanged. */
export interface Exchange {
  readonly observe: Observer;
  readonly done: readonly Exchanged[];
  /** MessageIDs of the requests and responses that were delivered. */
  readonly delivered: ReadonlySet<string>;
  /** Resolves when so many requests of a type have been answered. @throws {Error} where the signal aborts before that */
  answered(type: string, count: number, signal: AbortSignal): Promise<void>;
  /** Resolves when all that was queued has been delivered. @throws {Error} where the signal aborts before that */
  settled(signal: AbortSignal): Promise<void>;
}

/** @param show called with each exchange as it is completed, and with what went wrong */
export function followExchange(show: (exchanged: Exchanged) => void, warn: (text: string) => void): Exchange {
  const waiting = new Map<string, { readonly from: Party; readonly to: Party; readonly request: Message }>();
  const done: Exchanged[] = [];
  const sent = new Set<string>();
  const delivered = new Set<string>();
  const watchers = new Set<() => void>();
  const until = (holds: () => boolean, signal: AbortSignal, otherwise: string): Promise<void> =>
    new Promise((resolve, fail) => {
      const giveUp = (): void => {
        watchers.delete(look);
        fail(new Error(otherwise));
      };
      const look = (): void => {
        if (!holds()) return;
        watchers.delete(look);
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      watchers.add(look);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      look();
    });
  const queued = (event: ServiceEvent & { event: 'queued' }): void => {
    const { participant, recipient, message } = event;
    sent.add(message.messageId);
    if (protocol.messages.get(message.$type)?.response === undefined) return;
    waiting.set(message.messageId, { from: participant, to: recipient, request: message });
  };
  const received = (response: Message): void => {
    const row = protocol.messages.get(response.$type);
    if (row?.request === undefined) return;
    const fields = response as unknown as Readonly<Record<string, string | undefined>>;
    // TestMessageResponse of 3.1.0 names no request: the conversation does.
    const id =
      row.reference === undefined
        ? [...waiting.values()].find(({ request }) => request.conversationId === response.conversationId)
            ?.request.messageId
        : fields[row.reference];
    const asked = waiting.get(id ?? '');
    if (asked === undefined) return;
    waiting.delete(id ?? '');
    const exchanged = {
      ...asked,
      at: new Date(),
      accepted: fields.result !== 'Rejected',
      reason: fields.rejectionReason,
    };
    done.push(exchanged);
    show(exchanged);
  };
  return {
    done,
    delivered,
    observe(event) {
      if (event.event === 'queued') queued(event);
      else if (event.event === 'received') received(event.message);
      else if (event.event === 'delivered') delivered.add(event.messageId);
      else if (event.event === 'handler-failed')
        warn(
          `handler of ${event.type} failed: ${event.cause instanceof Error ? event.cause.message : event.cause}`,
        );
      else if (event.event === 'retrying' || event.event === 'undeliverable')
        warn(`${event.type} was not delivered: ${event.attempt.text}`);
      else if (event.event === 'refused') warn(`answered ${event.status} (${event.code})`);
      for (const look of watchers) look();
    },
    answered(type, count, signal) {
      const answers = (): number => done.filter(({ request }) => request.$type === type).length;
      return until(
        () => answers() >= count,
        signal,
        `${type} was not sent and answered ${count} times in time`,
      );
    },
    settled(signal) {
      const isSettled = (): boolean => [...sent].every((id) => delivered.has(id));
      return until(isSettled, signal, 'some messages were not delivered in time');
    },
  };
}
