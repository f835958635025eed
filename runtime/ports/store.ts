/**
 * @module The Store contract: what the runtime asks of durable storage. A store knows no energy and no XML; it keeps
 * messages, two queues, and the revisions by which a decision is known to rest on a history that has not moved.
 *
 * Promises that every store keeps, proven by `store/conformance.ts`:
 * - A commit is all or nothing, also where several share one fsync; each sees those before it, and its failure leaves
 *   the others alone.
 * - After `commit` resolves, what it wrote survives what the store says it survives (`durable`).
 * - A scope's revision is raised inside the commit by every message that carries its key, and by an answer to one; so
 *   of two commits that read the same revision and write into its scope only one succeeds. Revisions only rise, also
 *   where the records in between have been pruned.
 * - Of two commits of the same identity one succeeds, and the other is told the winner's record.
 * - A lease is fenced by its token: whoever lost it cannot finish. It is lost when another claim takes its task, not
 *   when it ends: a commit knows no time.
 */

import type { Party } from '../roles.ts';

/** Under which a message is found again, such as `conversation` = `DSO:dso.example|1b9d…`. */
export interface IndexKey {
  /** What kind of key it is. */
  readonly name: string;
  /** Compared as a whole. */
  readonly value: string;
}

/** How a message was judged, or how we judged it. */
export interface StoredVerdict {
  /** `deferred`: the answer is still to come. */
  readonly result: 'accepted' | 'rejected' | 'deferred';
  /** Of a rejection, why; else empty. */
  readonly reasons: readonly string[];
}

/** One message, as received or as sealed for sending. */
export interface MessageRecord {
  /** Whose record it is: our own domain and role. */
  readonly participant: Party;
  /** Received or sent. */
  readonly direction: 'in' | 'out';
  /** The other side: who sent it, or who gets it. */
  readonly partner: Party;
  /**
   * Unique for participant, direction and partner. The MessageID; for a message that re-uses one with other content,
   * `MessageID#content`.
   */
  readonly identity: string;
  /** Name of the root element, such as `D-Prognosis`. */
  readonly type: string;
  /** What stands in its Version attribute. */
  readonly version: string;
  /** What stands in its MessageID attribute. */
  readonly messageId: string;
  /** What stands in its ConversationID attribute. */
  readonly conversationId: string;
  /** SHA-256 of the payload, in hexadecimal. */
  readonly content: string;
  /** The exact signed bytes: 64 bytes of signature, then the payload. Empty after retention has removed it. */
  readonly body: Uint8Array;
  /** When it was received or committed for sending, in milliseconds since 1970. */
  readonly at: number;
  /** Of an incoming message: the public key that verified it, in base64. */
  readonly verifiedBy?: string;
  /** Where that key was found: what the look-up calls itself, with `, fresh` where it was asked past its caches. */
  readonly keyFrom?: string;
  /** Of a response: the MessageID of the request that it answers, where it is known. */
  readonly answers?: string;
  /** Of an incoming message: our verdict. Of an outgoing response: what it says. */
  readonly verdict?: StoredVerdict;
  /** Keys under which it is found; every message has `conversation`. */
  readonly index: readonly IndexKey[];
}

/** An attempt at delivery or at processing. */
export interface Attempt {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  /** The HTTP status, where one came. */
  readonly status?: number;
  /** What happened, in words; never a payload. */
  readonly text: string;
  /** True where the partner may have received the message although no answer came. */
  readonly ambiguous?: boolean;
}

/** Where an outgoing message stands, or an incoming one whose processing is queued. `none`: nothing was queued. */
export type TaskState = 'none' | 'waiting' | 'leased' | 'done' | 'dead';

/** A record with what has become of it. */
export interface StoredMessage extends MessageRecord {
  /** Its place in the conversation: the revision that its commit gave. */
  readonly place: number;
  /** Of delivery; of an incoming message, of its latest work `process`. Other work leaves no trace here. */
  readonly state: TaskState;
  /** Those that were finished, of the same tasks as `state`, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** An outgoing message and when it goes out. */
export interface Outgoing {
  /** The message, sealed. */
  readonly record: MessageRecord;
  /** Messages of one order key of a participant are delivered one after another. */
  readonly orderKey: string;
  /**
   * True: ahead of all that waits under the same order key, but behind the first one where that has been claimed once,
   * and behind what was put first before. Else: behind all.
   */
  readonly first?: boolean;
  /** When it may go out, in milliseconds since 1970. */
  readonly dueAt: number;
  /** From this moment on it can only become a dead letter; it is handed out for that also where it waits behind others. */
  readonly notAfter?: number;
}

/** Work on a message: what is to be done, and when. Its message is committed before or with it. */
export interface Work {
  /** Unique for a participant: a second one of the same id is dropped, as long as the first one's message is stored. */
  readonly id: string;
  /** Who has to do it: our own domain and role. */
  readonly participant: Party;
  /**
   * `process`: run the handler, or, of a message that was sent, tell that it is undeliverable; `overdue`: a deferred
   * answer is late; `late`: so it is, which only the observer wants to know; `expired`: an awaited reply is late.
   */
  readonly kind: 'process' | 'overdue' | 'late' | 'expired';
  /** What it is to be done on. */
  readonly message: MessageKey;
  /** Work of one order key of a participant is done one after another. */
  readonly orderKey: string;
  /** When it may begin, in milliseconds since 1970. */
  readonly dueAt: number;
}

/** Names one message. */
export interface MessageKey {
  /** Whose record it is: our own domain and role. */
  readonly participant: Party;
  /** Received or sent. */
  readonly direction: 'in' | 'out';
  /** The other side. */
  readonly partner: Party;
  /** As in {@link MessageRecord}. */
  readonly identity: string;
}

/** A task that this process holds until `until`, unless it renews the lease. */
export interface Lease {
  /** Which of the two queues it was claimed from. */
  readonly queue: 'work' | 'outgoing';
  /** Names the task within its queue. */
  readonly task: string;
  /** Fences the lease: another claim of the same task gets another token. */
  readonly token: string;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
  /** What is to be worked on or delivered. */
  readonly message: StoredMessage;
  /**
   * Which attempt this is, from 1. Every claim counts, also one whose lease ended without a word, but none of which
   * {@link Store.renew} was told that nothing was tried.
   */
  readonly attempt: number;
  /** When the first attempt was due; after a resend, the first one since. */
  readonly firstDueAt: number;
  /** Of work only. */
  readonly kind?: Work['kind'];
  /** Of outgoing messages only. */
  readonly notAfter?: number;
  /**
   * Of outgoing messages only: it waits behind others of its order key and is past its `notAfter`. It may only be ended
   * as `dead`; those in front of it keep their places.
   */
  readonly behind?: true;
}

/** How a lease ends. */
export type Outcome =
  | { readonly end: 'done'; readonly attempt: Attempt }
  | { readonly end: 'retry'; readonly attempt: Attempt; readonly dueAt: number }
  | { readonly end: 'dead'; readonly attempt: Attempt };

/**
 * What is written at once. All conditions are checked inside the transaction, and the first one that fails is told: of
 * `finish`, of the identities in `received` and `outgoing`, of `answer`, of `read`.
 */
export interface Commit<Tx = unknown> {
  /** The scopes that the decision was made on. One that has moved since gives `conflict`. */
  readonly read?: readonly {
    readonly participant: Party;
    readonly key: IndexKey;
    readonly revision: number;
  }[];
  /**
   * A message received, or one that an earlier system sent: it is kept, and nothing is queued. Where its identity is
   * known already, nothing is written and the result is `duplicate`.
   */
  readonly received?: MessageRecord;
  /** What is to be done later. An id that is known already is dropped. */
  readonly work?: readonly Work[];
  /** Messages to send, in the order in which they go out. An identity that is known already gives `duplicate`. */
  readonly outgoing?: readonly Outgoing[];
  /** Ends a lease. Where it was lost, nothing is written and the result is `lost`. */
  readonly finish?: { readonly lease: Lease; readonly outcome: Outcome };
  /**
   * Replaces the verdict `deferred` of a received message. Where no deferred one is known, nothing is written and the
   * result is `answered`.
   */
  readonly answer?: { readonly message: MessageKey; readonly verdict: StoredVerdict };
  /**
   * Puts an outgoing message back into its queue, behind all, under the order key and with the `notAfter` that it had;
   * attempts count from 1 again. Nothing happens, and the result stays `committed`, where it is there still, was tried
   * at `unlessTriedSince` or later, or has no body any more.
   */
  readonly resend?: {
    readonly message: MessageKey;
    readonly dueAt: number;
    readonly unlessTriedSince: number;
  };
  /**
   * The user's own writes, inside the same transaction, once all conditions hold. A throw undoes the commit and is
   * thrown on. It may run again, after all that it wrote was undone: where others were in the way, or a commit that
   * shared its transaction was its ruin. It must not call the store, which would wait for itself. Where transactions are synchronous, a promise
   * undoes the commit with a TypeError.
   */
  readonly inside?: (tx: Tx) => void | Promise<void>;
}

/** What became of a commit. All but `committed` have written nothing. */
export type Committed =
  | { readonly status: 'committed' }
  | { readonly status: 'conflict' }
  | { readonly status: 'duplicate'; readonly record: StoredMessage }
  | { readonly status: 'lost' }
  | { readonly status: 'answered' };

/** What a decision rests on. */
export interface Snapshot {
  /** The message of that identity, where one is known. */
  readonly known: StoredMessage | undefined;
  /** As asked for. The revision is 0 where no message carries the key; messages stand in the order of their commits. */
  readonly scopes: readonly {
    readonly key: IndexKey;
    readonly revision: number;
    readonly messages: readonly StoredMessage[];
  }[];
}

/** What is listed; all that is given must hold. */
export interface Filter {
  /** Whose records: our own domain and role. */
  readonly participant?: Party;
  /** The other side, by domain, role or both. */
  readonly partner?: Partial<Party>;
  /** Received or sent. */
  readonly direction?: 'in' | 'out';
  /** Name of the root element. */
  readonly type?: string;
  /** Of one conversation. */
  readonly conversationId?: string;
  /** Of one MessageID, whoever gave it. */
  readonly messageId?: string;
  /** Responses to the request of this MessageID. */
  readonly answers?: string;
  /** Where its task stands. */
  readonly state?: TaskState;
  /** Inclusive, in milliseconds since 1970. */
  readonly since?: number;
  /** Exclusive. */
  readonly until?: number;
  /** At most so many, oldest `at` first. Default 100. */
  readonly limit?: number;
  /** Goes on behind what an earlier call's `next` said. */
  readonly after?: string;
}

/** Durable storage of one or more participants. `Tx` is what handlers get in `onCommit`. */
export interface Store<Tx = unknown> {
  /** For logs, such as `memory`. */
  readonly name: string;
  /** False: what is accepted dies with the process. */
  readonly durable: boolean;
  /** Reads one identity and the scopes at one moment. */
  read(request: {
    readonly message?: MessageKey;
    readonly participant: Party;
    readonly scopes: readonly IndexKey[];
  }): Promise<Snapshot>;
  /**
   * Of the messages of one commit, the received one comes first, then the outgoing ones as listed.
   *
   * @throws {RangeError} where one identity stands in the item twice, or work is on a message that is not stored
   * @throws {Error} where the store is out of reach: then nothing is known to be written
   */
  commit(item: Commit<Tx>): Promise<Committed>;
  /**
   * Leases tasks that are due, the longest due first: of each order key the first that is not ended, and of outgoing
   * messages also what waits behind it, from its `notAfter` on, as {@link Lease.behind}. None that is leased to another:
   * a lease may be taken over from its `until` on.
   */
  claim(request: {
    readonly queue: 'work' | 'outgoing';
    readonly participants: readonly Party[];
    readonly now: number;
    readonly until: number;
    readonly limit: number;
    /**
     * The first one of an order key is due also where its moment is this one or later, in milliseconds since 1970: then
     * the clock was set back since, and its lease or its pause would last too long. Of work only `process`: the others
     * have deadlines, which may well lie far ahead.
     */
    readonly farFrom?: number;
  }): Promise<readonly Lease[]>;
  /**
   * Moves the end of a lease.
   *
   * @param isUntried - true: nothing was tried since the claim, which does not count as an attempt then. To be said once
   * @returns the lease with its new end, its attempt as it counts now and the same token, or undefined where it was lost
   * or has ended
   */
  renew(lease: Lease, until: number, isUntried?: boolean): Promise<Lease | undefined>;
  /**
   * When the next task is due that {@link claim} would lease, without `farFrom`; leased ones count at the end of their
   * lease, and what waits behind others at its `notAfter`.
   */
  nextDueAt(participants: readonly Party[]): Promise<number | undefined>;
  /**
   * Messages that the filter lets through, oldest first.
   *
   * @returns a page; `next` where more follow: what is stored throughout stands on exactly one page
   * @throws {RangeError} where `limit` is not a positive integer, or `after` is not what `next` said
   */
  list(filter: Filter): Promise<{ readonly messages: readonly StoredMessage[]; readonly next?: string }>;
  /**
   * Removes bodies older than `bodiesBefore` and whole records older than `recordsBefore`, except of tasks that are not ended.
   * Once `signal` is aborted no further step of that is begun.
   *
   * @returns how many records were removed, and how many of the others lost their body
   */
  prune(request: {
    readonly bodiesBefore: number;
    readonly recordsBefore: number;
    readonly signal?: AbortSignal;
  }): Promise<{ readonly bodies: number; readonly records: number }>;
  /**
   * Calls `wake` whenever tasks may have come, from this process or, where the store can tell, another; also when one
   * that others waited for has ended. @returns how to end it
   */
  watch(wake: () => void): () => void;
  /** Waits for what has begun. What is asked for later is rejected, except to close again. */
  close(): Promise<void>;
}
