/**
 * @module A gate stands before each thing of a partner that may be slow or dead: its look-up, its endpoint. A leased
 * message goes in with what is to be tried; out comes how it went, or nothing where the message was put off. So nobody
 * waits for a partner but that partner's own messages. What gates know is this process's own, and is forgotten with it.
 */

import type { Lease } from '../ports/store.ts';
import type { Party } from '../roles.ts';
import { giveUpAt } from './backoff.ts';
import { type Engine, lookupMsMax, tell } from './engine.ts';
import { type Failure, Health, lookUpHeldMax } from './health.ts';

/** Messages that are held at the same time by all gates of a process. */
export const heldMax = 256;
/** Of them, messages at one gate; while half of all are held, one at each. */
const gateHeldMax = 32;
/** So many failures in a row suspend a partner (rule 44), which takes half an hour: it is told, and probed on. */
const suspendedFrom = 12;
/** Messages of one gate that are called back as soon as it opens; those beyond come back by themselves, some time later. */
const putOffMax = 10_000;
/** What is put off where nothing gets through comes back spread out, ten a second: a claim costs those that can be served. */
const spreadMs = 100;
/** What is put off comes back within this, called or not: whoever takes over from a process that was killed waits for it. */
const awayMsMax = 5 * 60_000;

/** How a try went. */
export interface Went<T> {
  readonly value: T;
  readonly failure?: Failure;
  /** True: it was cut off before it could say anything of what stands behind the gate. */
  readonly isCutOff?: boolean;
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
  readonly health: Health;
  /** What goes through now. */
  through: number;
  /** Who waits, first come first. */
  readonly line: (() => void)[];
  /** Leases that are left to run out, by their task. */
  readonly putOff: Map<string, Lease>;
  /** Tasks that were called back and have not come yet; another process may have taken them. */
  readonly called: Set<string>;
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
    return gate !== undefined && this.#isShut(gate) ? gate.health.text : undefined;
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
    const gate = this.#gates.get(name) ?? this.#newGate(isLookUp);
    this.#gates.set(name, gate);
    gate.putOff.delete(first.task);
    gate.called.delete(first.task);
    if (!(await this.#enter(gate))) {
      await this.putOff(name, first);
      return undefined;
    }
    const { health } = gate;
    const begun = health.begin();
    try {
      const lease = await this.#fresh(first);
      if (lease === undefined) return undefined;
      const { value, failure, isCutOff } = await work(lease);
      if (isCutOff !== true && health.end(begun, failure))
        this.#tellOf(name, health, begun.failures, first.message.partner);
      return { value, lease, ...(failure === undefined ? {} : { openAt: health.opensAt }) };
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
    gate.putOff.delete(lease.task);
    // Told at once that nothing was tried: where the lease runs out, whoever claims next could not tell.
    const until = gate.health.failures === 0 ? lease.until : this.#backAt(gate, lease);
    await this.#engine.store.renew(lease, until, true).catch(() => {}); // then it comes back sooner
    if (this.#closed) return this.#giveBack(gate, lease);
    if (gate.putOff.size >= putOffMax) return;
    gate.putOff.set(lease.task, { ...lease, message: { ...lease.message, body: new Uint8Array() } });
    await this.#callBack(gate); // where it has opened meanwhile
  }

  /** When a message that is put off comes back if it is not called. */
  #backAt(gate: Gate, lease: Lease): number {
    const { failedFirstAt, opensAt } = gate.health;
    const { chance, clock } = this.#engine;
    const now = clock.now();
    // Nor spread over longer than nothing has got through so far.
    const spread = Math.min(gate.putOff.size * spreadMs, now - failedFirstAt, awayMsMax / 2);
    const from = Math.max(lease.until, Math.min(opensAt, now + awayMsMax / 2));
    const at = from + Math.floor(chance() * Math.max(0, spread));
    return Math.min(at, giveUpAt(this.#engine, lease), lease.notAfter ?? at);
  }

  /** Ends a lease: now, or when the gate may be tried again. */
  async #giveBack(gate: Gate, lease: Lease): Promise<void> {
    const { clock, store } = this.#engine;
    await store.renew(lease, Math.max(clock.now(), gate.health.opensAt)).catch(() => {}); // it runs out by itself
  }

  /** Waits for a place. @returns false where the message is to be put off */
  async #enter(gate: Gate): Promise<boolean> {
    for (let waited = false; ; waited = true) {
      if (this.#closed || this.#isShut(gate)) return false;
      if (!waited && this.#room(gate) <= 0) return false;
      if (gate.through < gate.health.throughMax) break;
      this.#held += 1;
      await new Promise<void>((resolve) => gate.line.push(resolve));
      this.#held -= 1;
    }
    gate.through += 1;
    this.#held += 1;
    return true;
  }

  /** How many more there may be at a gate. */
  #room({ health, line, through }: Gate): number {
    return this.#mostAt(health.isLookUp) - through - line.length;
  }

  #mostAt(isLookUp: boolean): number {
    if (this.#held >= heldMax / 2) return 1;
    return isLookUp ? lookUpHeldMax : gateHeldMax;
  }

  /** A gate that failed is shut for its pause, and then for all but one. */
  #isShut({ health, through }: Gate): boolean {
    return health.failures > 0 && (through > 0 || this.#engine.clock.now() < health.opensAt);
  }

  /** The lease, long enough for a try. @returns undefined where it was lost */
  async #fresh(lease: Lease): Promise<Lease | undefined> {
    const { clock, store, timing } = this.#engine;
    const now = clock.now();
    const tryMsMax = Math.max(timing.deliverMsMax, lookupMsMax);
    if (lease.until - now >= tryMsMax) return lease;
    return store.renew(lease, now + tryMsMax + timing.leaseMs);
  }

  /** Tells of an endpoint that has just been suspended, or was until now. */
  #tellOf(endpoint: string, { failures, text }: Health, failuresBefore: number, recipient: Party): void {
    const isBack = failures === 0 && failuresBefore >= suspendedFrom;
    if (isBack || failures === suspendedFrom)
      tell(this.#engine, { event: isBack ? 'resumed' : 'suspended', endpoint, recipient, text });
  }

  /** Ends leases that were put off, as many as there is room for at an open gate; many at once, as each claim costs. */
  async #callBack(gate: Gate): Promise<void> {
    if (this.#closed || gate.health.failures > 0) return;
    if (gate.through + gate.line.length === 0) gate.called.clear(); // who has not come by now does not come
    const room = this.#room(gate) - gate.called.size;
    if (room < this.#mostAt(gate.health.isLookUp) / 2) return;
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
  #forget(name: string, { health, line, putOff, through }: Gate): void {
    if (health.failures + line.length + putOff.size + through === 0) this.#gates.delete(name);
  }

  #newGate(isLookUp: boolean): Gate {
    const { chance, clock } = this.#engine;
    return {
      health: new Health(isLookUp, clock, chance),
      through: 0,
      line: [],
      putOff: new Map(),
      called: new Set(),
    };
  }
}

const gatesByEngine: WeakMap<Engine, Gates> = new WeakMap();

/** The gates of an engine. */
export function gatesOf(engine: Engine): Gates {
  const gates = gatesByEngine.get(engine) ?? new Gates(engine);
  gatesByEngine.set(engine, gates);
  return gates;
}
