/** @module What a service tells about its work. No event holds a key; `received` and `queued` carry the message, so redact before you log them. */

import type { Warning } from '../errors.ts';
import type { Message, Party } from '../roles.ts';
import type { Attempt } from './store.ts';

/** One thing that happened. */
export type ServiceEvent =
  /** A message was received, verified and committed. */
  | {
      readonly event: 'received';
      readonly participant: Party;
      readonly sender: Party;
      readonly message: Message;
      readonly result: 'accepted' | 'rejected' | 'deferred';
      readonly reasons: readonly string[];
    }
  /** A message came that had been received before; its handlers did not run again. */
  | {
      readonly event: 'repeated';
      readonly participant: Party;
      readonly sender: Party;
      readonly messageId: string;
    }
  /** A request was answered with an HTTP error. `sender` is what the envelope claims. */
  | {
      readonly event: 'refused';
      readonly status: number;
      readonly code: string;
      readonly sender?: Party;
      readonly cause?: unknown;
    }
  /** A message was valid by a correction or a leniency only. */
  | {
      readonly event: 'let-through';
      readonly sender: Party;
      readonly type: string;
      readonly warnings: readonly Warning[];
    }
  /** A message was committed for sending. */
  | {
      readonly event: 'queued';
      readonly participant: Party;
      readonly recipient: Party;
      readonly message: Message;
    }
  /** The partner answered HTTP 200. */
  | {
      readonly event: 'delivered';
      readonly participant: Party;
      readonly recipient: Party;
      readonly type: string;
      readonly messageId: string;
    }
  /** An attempt failed and another will follow. */
  | {
      readonly event: 'retrying';
      readonly participant: Party;
      readonly recipient: Party;
      readonly type: string;
      readonly messageId: string;
      readonly attempt: Attempt;
      readonly dueAt: number;
    }
  /** A message will not be delivered: a dead letter. */
  | {
      readonly event: 'undeliverable';
      readonly participant: Party;
      readonly recipient: Party;
      readonly type: string;
      readonly messageId: string;
      readonly attempt: Attempt;
    }
  /** A `process…` handler threw. `dead` where it will not run again. */
  | {
      readonly event: 'handler-failed';
      readonly participant: Party;
      readonly type: string;
      readonly messageId: string;
      readonly dead: boolean;
      readonly cause: unknown;
    }
  /** A request that was sent has not been answered in time. */
  | {
      readonly event: 'expired';
      readonly participant: Party;
      readonly recipient: Party;
      readonly type: string;
      readonly messageId: string;
    }
  /** The endpoint of a partner, or its look-up, has failed too often in a row: it is tried once in a while (rule 44). */
  | {
      readonly event: 'suspended';
      readonly recipient: Party;
      /** Its URL, or `look-up of` the partner. */
      readonly endpoint: string;
      /** How it failed last. */
      readonly text: string;
    }
  /** What was suspended answers again. */
  | { readonly event: 'resumed'; readonly recipient: Party; readonly endpoint: string; readonly text: string }
  /** A deferred request has not been answered in time. */
  | {
      readonly event: 'overdue';
      readonly participant: Party;
      readonly sender: Party;
      readonly type: string;
      readonly messageId: string;
    }
  /** Something that an operator should know. */
  | { readonly event: 'warning'; readonly text: string; readonly cause?: unknown };

/** Takes events. A throw in it is ignored. */
export type Observer = (event: ServiceEvent) => void;

/** The observer of a service that was given none: what an operator should know goes to the console. */
export const consoleObserver: Observer = (event) => {
  switch (event.event) {
    case 'warning':
      console.warn(`uftp: ${event.text}`, ...(event.cause === undefined ? [] : [event.cause]));
      return;
    case 'handler-failed':
      console.error(
        `uftp: the handler of ${event.type} ${event.messageId} failed${event.dead ? ' for the last time' : ''}`,
        event.cause,
      );
      return;
    case 'undeliverable':
      console.error(
        `uftp: ${event.type} ${event.messageId} to ${event.recipient.role} ${event.recipient.domain} is undeliverable: ${event.attempt.text}`,
      );
      return;
    case 'expired':
      console.warn(`uftp: no response to ${event.type} ${event.messageId} has come in time`);
      return;
    case 'suspended':
    case 'resumed':
      console.warn(`uftp: ${event.endpoint} is ${event.event} (${event.text})`);
      return;
    case 'overdue':
      console.warn(`uftp: ${event.type} ${event.messageId} has not been answered in time`);
      return;
    case 'let-through':
      for (const { path, text } of event.warnings)
        console.warn(`uftp: ${event.sender.role} ${event.sender.domain}: ${path}: ${text}`);
      return;
    case 'refused':
      if (event.status >= 500) console.error(`uftp: answered ${event.status} (${event.code})`, event.cause);
      return;
    default:
  }
};
