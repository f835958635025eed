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
  /** The partner has it: it answered any HTTP 2xx, or that it knows a message that an earlier attempt may have brought. */
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
  /** A request that was sent has not been answered in time. Told only where the service has `onExpired`. */
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
