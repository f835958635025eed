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
  /** Resolves when so many requests of a type have been answered. */
  answered(type: string, count: number): Promise<void>;
}

/** @param show called with each exchange as it is completed, and with what went wrong */
export function followExchange(show: (exchanged: Exchanged) => void, warn: (text: string) => void): Exchange {
  const waiting = new Map<string, { readonly from: Party; readonly to: Party; readonly request: Message }>();
  const done: Exchanged[] = [];
  const wakers = new Set<() => void>();
  const queued = (event: ServiceEvent & { event: 'queued' }): void => {
    const { participant, recipient, message } = event;
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
    for (const wake of wakers) wake();
  };
  return {
    done,
    observe(event) {
      if (event.event === 'queued') queued(event);
      else if (event.event === 'received') received(event.message);
      else if (event.event === 'handler-failed')
        warn(
          `handler of ${event.type} failed: ${event.cause instanceof Error ? event.cause.message : event.cause}`,
        );
      else if (event.event === 'retrying' || event.event === 'undeliverable')
        warn(`${event.type} was not delivered: ${event.attempt.text}`);
      else if (event.event === 'refused') warn(`answered ${event.status} (${event.code})`);
    },
    async answered(type, count) {
      while (done.filter(({ request }) => request.$type === type).length < count) {
        await new Promise<void>((resolve) => {
          wakers.add(resolve);
        });
        wakers.clear();
      }
    },
  };
}
