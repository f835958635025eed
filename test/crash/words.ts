/** @module What the crash test and its participants' processes say to one another. */

import type { RoleName } from '../../runtime/roles.ts';
import type { Place } from './storage.ts';

/** What a participant's process is told at its start. */
export interface Settings {
  readonly role: RoleName;
  readonly domain: string;
  readonly key: string;
  /** Of loopback; the same after each restart. */
  readonly port: number;
  readonly place: Place;
  readonly partner: {
    readonly role: RoleName;
    readonly domain: string;
    readonly key: string;
    /** Of each of its nodes; every delivery takes the next one. */
    readonly ports: readonly number[];
  };
}

/** What a process is asked. */
export type Ask =
  /** Send a FlexRequest of this MessageID. */
  | { readonly ask: 'send'; readonly messageId: string }
  /** What is left to do? */
  | { readonly ask: 'rest' }
  /** End, in order. */
  | { readonly ask: 'stop' };

/** What a process says. */
export type Tell =
  | { readonly tell: 'ready' }
  /** The FlexRequest is stored for delivery. */
  | { readonly tell: 'sent'; readonly messageId: string }
  /** It may be stored, or not. */
  | { readonly tell: 'failed'; readonly messageId: string; readonly why: string }
  /** When the next task of its store is due, in milliseconds since 1970; absent where it has nothing left to do. */
  | { readonly tell: 'rest'; readonly nextDueAt?: number };
