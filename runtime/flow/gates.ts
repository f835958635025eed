/**
 * @module A gate stands before each thing of a partner that may be slow or dead: its look-up, its endpoint. A leased
 * message goes in with what is to be tried; out comes how it went, or nothing where the message was put off. So nobody
 * waits for a partner but that partner's own messages. What gates know is this process's own, and is forgotten with it.
 */

import type { Lease } from '../ports/store.ts';
import type { Party } from '../roles.ts';
import { backoff, giveUpAt } from './backoff.ts';
import { type Engine, lookupMsMax, tell } from './engine.ts';

/** Messages that are held at the same time by all gates of a process. */
export const heldMax = 256;
/** Of them, messages at one gate; while half of all are held, one at each. */
const gateHeldMax = 32;
/** At a look-up, which is over soon and is no connection. One that hangs must leave the others more than one each. */
const lookUpHeldMax = 96;
/** What goes through one gate at the same time; through one that failed, one. */
const throughMax = 10;
/** How many tries that fail may begin in any minute: 12 of them end at what is dead. */
const failuresPerMinuteMax = 12;
const minuteMs = 60_000;
/** So many failures in a row suspend a partner (rule 44), which takes half an hour: it is told, and probed on. */
const suspendedFrom = 12;
/** Messages of one gate that are called back as soon as it opens; those beyond come back by themselves, some time later. */
const putOffMax = 10_000;
/** What is put off where nothing gets through comes back spread out, ten a second: a claim costs those that can be served. */
const spreadMs = 100;
/** But over no longer than this, and than nothing has got through so far: whoever takes over from us waits for it. */
const spreadMsMax = 15 * 60_000;
/** A lease that would end so much later is not worth a write. */
const renewedMsMin = 1_000;

/** What stands behind a gate failed. */
export interface Failure {
  /** Why, in words. */
  readonly text: string;
  /** For how long it asked not to be tried. */
  readonly pauseMs?: number;
}

/** How a try went. */
export interface Went<T> {
  readonly value: T;
  readonly failure?: Failure;
}

/** A try that was made. */
export interface Through<T> {
  readonly value: T;
  /** As it was given in, or renewed. */
  readonly lease: Lease;
  /** Of a failure: when the gate may be tried again, in milliseconds since 1970. */
  readonly openAt?: number;
}

interface Gate {
  readonly isLookUp: boolean;
  /** What goes through now. */
  through: number;
  /** Who waits, first come first. */
  readonly line: (() => void)[];
  /** Leases that are left to run out, by their task. */
  readonly putOff: Map<string, Lease>;
  /** Tasks that were called back and have not come yet; another process may have taken them. */
  readonly called: Set<string>;
  /** In a row; 0: nothing speaks against a try. */
  failures: number;
  /** When the first of them was. */
  failedFirstAt: number;
  failedAt: number;
  openAt: number;
  /** When the latest tries began that failed. */
  failed: readonly number[];
  /** Why the latest one failed. */
  text: string;
}

/** All gates of an engine, by name. */
export class Gates {
  /** By partner, the name of the gate of its endpoint as it was found last. */
  readonly endpoints: Map<string, string> = new Map();
  readonly #engine: Engine;
  readonly #gates = new Map<string, Gate>();
  #held = 0;
  #closed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Lets nobody through any more, and leaves what waits to other processes: at once where a gate is open. */
  async close(): Promise<void> {
    this.#closed = true;
    const left: Promise<unknown>[] = [];
    for (const gate of this.#gates.values()) {
      for (const look of gate.line.splice(0)) look();
      for (const lease of gate.putOff.values()) left.push(this.#giveBack(gate, lease));
      gate.putOff.clear();
    }
    await Promise.allSettled(left);
  }

  /** Why nothing may go through now; undefined where it may. */
  whyShut(name: string): string | undefined {
    const gate = this.#gates.get(name);
    return gate !== undefined && this.#isShut(gate) ? gate.text : undefined;
  }

  /**
   * Tries what stands behind a gate, when it is this message's turn. Where that is not soon, the message is put off.
   *
   * @param isLookUp true for a look-up: then many may go through at once
   * @returns undefined where the message was put off, or its lease was lost
   */
  async pass<T>(
    name: string,
    first: Lease,
    work: (lease: Lease) => Promise<Went<T>>,
    isLookUp: boolean,
  ): Promise<Through<T> | undefined> {
    const gate = this.#gates.get(name) ?? newGate(isLookUp);
    this.#gates.set(name, gate);
    gate.putOff.delete(first.task);
    gate.called.delete(first.task);
    if (!(await this.#enter(gate))) {
      await this.putOff(name, first);
      return undefined;
    }
    const { failures } = gate;
    const at = this.#engine.clock.now();
    let went: Went<T> | undefined;
    try {
      const lease = await this.#fresh(first);
      if (lease === undefined) return undefined;
      went = await work(lease);
      const { partner } = first.message;
      if (went.failure !== undefined) this.#noteFailure(gate, went.failure, at);
      // What began before the latest failure came says nothing new.
      if (failures === gate.failures) {
        if (went.failure !== undefined) this.#shut(name, gate, went.failure, partner);
        else this.#open(name, gate, partner);
      }
      return { value: went.value, lease, ...(went.failure === undefined ? {} : { openAt: gate.openAt }) };
    } finally {
      gate.through -= 1;
      this.#held -= 1;
      const called = this.#callBack(gate); // while who is in the line still counts
      for (const look of gate.line.splice(0)) look();
      await called;
      this.#forget(name, gate);
    }
  }

  /**
   * Leaves a message until the gate opens, and ends its lease then. What has failed for a while is a claim each time that
   * leases run out: they are made longer, so that they do so one by one.
   */
  async putOff(name: string, lease: Lease): Promise<void> {
    const gate = this.#gates.get(name);
    if (gate === undefined) return;
    if (this.#closed) return this.#giveBack(gate, lease);
    const { store } = this.#engine;
    const until = this.#backAt(gate, lease);
    const kept = { ...lease, message: { ...lease.message, body: new Uint8Array() } };
    gate.putOff.delete(lease.task); // to the end
    const isKept = gate.putOff.size < putOffMax;
    if (isKept) gate.putOff.set(lease.task, kept);
    if (until - lease.until < renewedMsMin) return;
    await store.renew(lease, until).catch(() => {}); // then it comes back sooner
    if (isKept && gate.putOff.get(lease.task) !== kept) await this.#giveBack(gate, lease); // called back meanwhile
  }

  /** When a message that is put off comes back if it is not called. */
  #backAt(gate: Gate, lease: Lease): number {
    if (gate.failures === 0) return lease.until;
    const { chance, clock } = this.#engine;
    const spread = Math.min(gate.putOff.size * spreadMs, clock.now() - gate.failedFirstAt, spreadMsMax);
    const at = Math.max(lease.until, this.#opensAt(gate)) + Math.floor(chance() * Math.max(0, spread));
    return Math.min(at, giveUpAt(this.#engine, lease), lease.notAfter ?? at);
  }

  /** Ends a lease: now, or when the gate may be tried again. */
  async #giveBack(gate: Gate, lease: Lease): Promise<void> {
    const { clock, store } = this.#engine;
    await store.renew(lease, Math.max(clock.now(), this.#opensAt(gate))).catch(() => {}); // it runs out by itself
  }

  /** Waits for a place. @returns false where the message is to be put off */
  async #enter(gate: Gate): Promise<boolean> {
    for (let waited = false; ; waited = true) {
      if (this.#closed || this.#isShut(gate)) return false;
      if (!waited && this.#room(gate) <= 0) return false;
      if (gate.through < (gate.isLookUp ? lookUpHeldMax : throughMax)) break;
      this.#held += 1;
      await new Promise<void>((resolve) => gate.line.push(resolve));
      this.#held -= 1;
    }
    gate.through += 1;
    this.#held += 1;
    return true;
  }

  /** How many more there may be at a gate. */
  #room({ isLookUp, line, through }: Gate): number {
    return this.#mostAt(isLookUp) - through - line.length;
  }

  #mostAt(isLookUp: boolean): number {
    if (this.#held >= heldMax / 2) return 1;
    return isLookUp ? lookUpHeldMax : gateHeldMax;
  }

  /** A gate that failed is shut for its pause, and then for all but one. */
  #isShut(gate: Gate): boolean {
    return gate.failures > 0 && (gate.through > 0 || this.#engine.clock.now() < this.#opensAt(gate));
  }

  /** When the pause ends; 0 where there is none. What was said by a clock that was set back is void. */
  #opensAt({ failures, failedAt, openAt }: Gate): number {
    return failures === 0 || this.#engine.clock.now() < failedAt ? 0 : openAt;
  }

  /** The lease, long enough for a try. @returns undefined where it was lost */
  async #fresh(lease: Lease): Promise<Lease | undefined> {
    const { clock, store, timing } = this.#engine;
    const now = clock.now();
    const tryMsMax = Math.max(timing.deliverMsMax, lookupMsMax);
    if (lease.until - now >= tryMsMax) return lease;
    return store.renew(lease, now + tryMsMax + timing.leaseMs);
  }

  /** Whatever fails counts for how often that may be, and for the pause that was asked for. */
  #noteFailure(gate: Gate, { pauseMs = 0 }: Failure, at: number): void {
    const now = this.#engine.clock.now();
    gate.failed = [...gate.failed.filter((one) => one <= now), at].slice(-failuresPerMinuteMax);
    const isFull = gate.failed.length >= failuresPerMinuteMax;
    const before = gate.failedAt > now ? 0 : gate.openAt; // the clock was set back: what was said by it is void
    gate.openAt = Math.max(before, now + pauseMs, isFull ? Math.min(...gate.failed) + minuteMs : 0);
  }

  #shut(name: string, gate: Gate, { text }: Failure, partner: Party): void {
    const { chance, clock } = this.#engine;
    const now = clock.now();
    gate.failures += 1;
    gate.failedAt = now;
    if (gate.failures === 1) gate.failedFirstAt = now;
    gate.openAt = Math.max(gate.openAt, now + backoff(gate.failures, chance));
    gate.text = text;
    if (gate.failures === suspendedFrom) this.#tellOf('suspended', name, gate, partner);
  }

  #open(name: string, gate: Gate, partner: Party): void {
    if (gate.failures >= suspendedFrom) this.#tellOf('resumed', name, gate, partner);
    gate.failures = 0;
    gate.openAt = 0;
    gate.failed = none;
  }

  #tellOf(event: 'suspended' | 'resumed', endpoint: string, { text }: Gate, recipient: Party): void {
    tell(this.#engine, { event, endpoint, recipient, text });
  }

  /** Ends leases that were put off, as many as there is room for at an open gate; many at once, as each claim costs. */
  async #callBack(gate: Gate): Promise<void> {
    if (this.#closed || gate.failures > 0) return;
    if (gate.through + gate.line.length === 0) gate.called.clear(); // who has not come by now does not come
    const room = this.#room(gate) - gate.called.size;
    if (room < this.#mostAt(gate.isLookUp) / 2) return;
    const called: Lease[] = [];
    for (const [task, lease] of gate.putOff) {
      if (called.length >= room) break;
      gate.putOff.delete(task);
      gate.called.add(task);
      called.push(lease);
    }
    await Promise.all(called.map((lease) => this.#giveBack(gate, lease)));
  }

  /** A gate that nobody is at, and against which nothing speaks, takes no memory. */
  #forget(name: string, { failures, line, putOff, through }: Gate): void {
    if (failures + line.length + putOff.size + through === 0) this.#gates.delete(name);
  }
}

const none: readonly number[] = [];

function newGate(isLookUp: boolean): Gate {
  return {
    isLookUp,
    through: 0,
    line: [],
    putOff: new Map(),
    called: new Set(),
    failures: 0,
    failedFirstAt: 0,
    failedAt: 0,
    openAt: 0,
    failed: none,
    text: '',
  };
}

const gatesByEngine: WeakMap<Engine, Gates> = new WeakMap();

/** The gates of an engine. */
export function gatesOf(engine: Engine): Gates {
  const gates = gatesByEngine.get(engine) ?? new Gates(engine);
  gatesByEngine.set(engine, gates);
  return gates;
}
