/** @module Tasks of the store's queues that are under way in this process: leases are claimed and begun, and their ends are waited for. */

import type { Lease } from '../ports/store.ts';
import { deliverLease } from './deliver.ts';
import type { Engine } from './engine.ts';
import { heldMax } from './gates.ts';
import { processLease } from './process.ts';
import { Stop } from './stop.ts';

/** A queue of the store. */
export type QueueName = Lease['queue'];

/** Tasks that are under way at the same time. Of deliveries most wait, each for its partner. */
const parallelMax: Readonly<Record<QueueName, number>> = { work: 16, outgoing: heldMax };
/** Tasks that are claimed at once: not more than a partner's look-up takes at once. */
const claimMax = heldMax / 2;
/** What waits for longer than the longest pause and the longest lease does so by a clock that has been set back since. */
const pauseMsMax = 2 * 60 * 60_000;
type Work = (engine: Engine, lease: Lease, stop: Stop) => Promise<void>;
const workers: Readonly<Record<QueueName, Work>> = {
  work: processLease,
  outgoing: deliverLease,
};

/** What is under way of some queues. Its methods do not throw: what failed is kept until it is asked for. */
export class Running {
  private readonly engine: Engine;
  private readonly tasks: ReadonlyMap<QueueName, Set<Promise<void>>>;
  private failed: unknown[] = [];
  private ending = false;
  private change: Promise<void>;
  private changed: () => void = () => {};
  private readonly unwatch: () => void;
  private readonly stop = new Stop();

  /** Watches the store until {@link close}. */
  constructor(engine: Engine, queues: readonly QueueName[]) {
    this.engine = engine;
    this.tasks = new Map(queues.map((queue) => [queue, new Set()]));
    this.change = this.nextChange();
    this.unwatch = engine.store.watch(() => this.changed());
  }

  /** How many tasks are under way. */
  get size(): number {
    return [...this.tasks.values()].reduce((sum, tasks) => sum + tasks.size, 0);
  }

  /** True where a queue takes no more for now. */
  get full(): boolean {
    return [...this.tasks].every(([queue, tasks]) => tasks.size >= parallelMax[queue]);
  }

  /** Claims what is due, as far as there is room, and begins it. @returns how many tasks */
  async begin(): Promise<number> {
    // What comes from now on is a change: nothing can fall between this look and the wait for it.
    this.change = this.nextChange();
    let begun = 0;
    for (const [queue, tasks] of this.tasks) {
      try {
        for (let room = parallelMax[queue] - tasks.size; room > 0; room = parallelMax[queue] - tasks.size) {
          const limit = Math.min(room, claimMax);
          const leases = await this.claim(queue, limit);
          for (const lease of leases) this.run(queue, lease, tasks);
          begun += leases.length;
          if (leases.length < claimMax || this.ending) break;
          await new Promise((resolve) => setTimeout(resolve, 0)); // others have their turn, and many end at once
        }
      } catch (error) {
        this.failed.push(error);
      }
    }
    return begun;
  }

  /** Resolves when a task has ended, tasks may have come, or {@link wake} is called, since the last {@link begin}. */
  wait(): Promise<void> {
    return this.change;
  }

  /** Ends the wait. */
  wake(): void {
    this.changed();
  }

  /** Ends the wait, and claims nothing more. */
  end(): void {
    this.ending = true;
    this.changed();
  }

  /** What has failed since this was last asked: claims and ends of tasks that the store did not take. */
  takeFailures(): readonly unknown[] {
    const failures = this.failed;
    this.failed = [];
    return failures;
  }

  /** Ends what is under way as soon as that can be: handlers and deliveries are given up, and come up again later. */
  abort(): void {
    this.stop.say();
  }

  /** Waits for what is under way, and stops watching. */
  async close(): Promise<void> {
    await Promise.all([...this.tasks.values()].flatMap((tasks) => [...tasks]));
    this.unwatch();
  }

  private nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.changed = resolve;
    });
  }

  private claim(queue: QueueName, limit: number): Promise<readonly Lease[]> {
    const { chance, clock, participants, store, timing } = this.engine;
    const now = clock.now();
    // Work renews its lease; a delivery, which is bounded, holds one that is long enough. Some are shorter than others,
    // so that of a backlog that is put off not everything comes back at once.
    const lasts =
      queue === 'work' ? timing.leaseMs : timing.deliverMsMax + timing.leaseMs * (1 - chance() / 2);
    const until = now + Math.floor(lasts);
    return store.claim({
      queue,
      participants: participants.map((one) => one.party),
      now,
      until,
      limit,
      farFrom: now + pauseMsMax + timing.leaseMs + timing.deliverMsMax + timing.processMsMax,
    });
  }

  private run(queue: QueueName, lease: Lease, tasks: Set<Promise<void>>): void {
    const task: Promise<void> = workers[queue](this.engine, lease, this.stop)
      .catch((error) => {
        this.failed.push(error);
      })
      .finally(() => {
        tasks.delete(task);
        this.changed();
      });
    tasks.add(task);
  }
}
