/** @module The Store contract in SQL: an open SQLite with its tables in, of whatever driver, a store out. */

import { UftpError } from '../../errors.ts';
import type {
  Commit,
  Committed,
  Filter,
  Lease,
  MessageKey,
  MessageRecord,
  Snapshot,
  Store,
  StoredMessage,
} from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { UnderWay } from '../under-way.ts';
import type { SqlDriver, SqlTx } from './driver.ts';
import { patiently } from './faults.ts';
import { Group } from './group.ts';
import { list } from './list.ts';
import { type Position, pruneBodies, pruneRecords, type Step, start } from './prune.ts';
import { Tasks } from './queue.ts';
import { Records } from './records.ts';
import { SqlWatchers } from './watch.ts';

/**
 * Makes a store of an open database that has its tables. Everything is done in one turn, before a call returns or, where
 * the driver gathers, in its next turn with what else has come, so that commits never meet within a process; between
 * processes the driver's transactions keep them apart.
 */
export function sqlStore(driver: SqlDriver): Store<SqlTx> {
  return new SqlStore(driver);
}

class SqlStore implements Store<SqlTx> {
  readonly name: string;
  readonly durable: boolean;
  readonly #driver: SqlDriver;
  readonly #records: Records;
  readonly #tasks: Tasks;
  readonly #group: Group;
  readonly #watchers: SqlWatchers;
  readonly #underWay = new UnderWay();
  #pruning: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #inside = false;

  constructor(driver: SqlDriver) {
    this.name = driver.name;
    this.durable = driver.durable;
    this.#driver = driver;
    this.#records = new Records(driver);
    this.#tasks = new Tasks(driver, this.#records);
    this.#group = new Group(driver, () => this.#records.forget());
    this.#watchers = new SqlWatchers(driver);
  }

  read({ participant, scopes, message }: Parameters<Store['read']>[0]): Promise<Snapshot> {
    return this.#run(() => this.#read(() => this.#records.read(participant, scopes, message)));
  }

  commit(item: Commit<SqlTx>): Promise<Committed> {
    const { finish, outgoing, work, resend } = item;
    const write = (): Committed => this.#refusal(item) ?? this.#commit(item);
    const written = ({ status }: Committed): void => {
      if (status !== 'committed' || !(finish ?? outgoing ?? work ?? resend)) return;
      this.#schedule();
      this.#watchers.wake();
    };
    return this.#run(() => this.#group.write(write, written));
  }

  claim(request: Parameters<Store['claim']>[0]): Promise<readonly Lease[]> {
    return this.#run(async () => {
      // A look that writes nothing first: most claims find nothing.
      const dueAt = await this.#read(() => this.#tasks.nextDueAt(request.participants, [request.queue]));
      if (dueAt === undefined || dueAt > request.now) return [];
      return this.#group.write(
        () => this.#tasks.claim(request),
        () => this.#schedule(),
      );
    });
  }

  async renew(lease: Lease, until: number): Promise<Lease | undefined> {
    const renew = (): boolean => {
      const task = this.#tasks.held(lease);
      if (task !== undefined) this.#tasks.renew(task, until);
      return task !== undefined;
    };
    const held = await this.#run(() => this.#group.write(renew, () => this.#schedule()));
    return held ? { ...lease, until } : undefined;
  }

  nextDueAt(participants: readonly Party[]): Promise<number | undefined> {
    return this.#run(() => this.#read(() => this.#tasks.nextDueAt(participants)));
  }

  list(filter: Filter): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    return this.#run(() => this.#read(() => list(this.#driver, this.#records, filter)));
  }

  prune(before: Parameters<Store['prune']>[0]): Promise<{ bodies: number; records: number }> {
    return this.#run(() => {
      const pruning = this.#pruning.then(() => this.#prune(before));
      this.#pruning = pruning.catch(() => undefined);
      return pruning;
    });
  }

  watch(wake: () => void): () => void {
    return this.#watchers.watch(wake);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** Refuses what comes after `close`, which waits for the rest. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new UftpError('store-unavailable', `the ${this.name} store has been closed`);
    }
    if (this.#inside) throw new TypeError('a commit must not call its store from inside');
    return this.#underWay.run(work);
  }

  async #end(): Promise<void> {
    await this.#underWay.ended();
    this.#watchers.end();
    this.#driver.close();
  }

  async #read<T>(work: () => T): Promise<T> {
    try {
      return await patiently(() => this.#driver.transaction('read', work));
    } catch (error) {
      this.#records.forget(); // the file may have been replaced
      throw error;
    }
  }

  /** Why nothing is written; the order of the conditions is the contract's. */
  #refusal(item: Commit<SqlTx>): Committed | undefined {
    if (item.finish !== undefined && this.#tasks.held(item.finish.lease) === undefined) {
      return { status: 'lost' };
    }
    for (const record of recordsOf(item)) {
      const known = this.#records.row(record);
      if (known !== undefined) return { status: 'duplicate', record: this.#records.stored(known) };
    }
    if (item.answer !== undefined && this.#records.row(item.answer.message)?.result !== 'deferred') {
      return { status: 'answered' };
    }
    const moved = item.read?.some(
      ({ participant, key, revision }) => this.#records.revision(participant, key) !== revision,
    );
    return moved ? { status: 'conflict' } : undefined;
  }

  /** Writes what is not refused. A throw undoes all of it. */
  #commit({ finish, answer, received, outgoing, work, resend, inside }: Commit<SqlTx>): Committed {
    const task = finish && this.#tasks.held(finish.lease);
    if (finish !== undefined && task !== undefined) this.#tasks.finish(task, finish.outcome);
    const answered = answer && this.#records.row(answer.message);
    if (answer !== undefined && answered !== undefined) this.#records.answer(answered.place, answer.verdict);
    if (received !== undefined) this.#add(received);
    for (const each of outgoing ?? []) this.#tasks.addOutgoing(this.#add(each.record), each);
    for (const each of work ?? []) {
      const row = this.#records.row(each.message);
      if (row === undefined) throw new RangeError(`work ${each.id} is on a message that is not stored`);
      this.#tasks.addWork(row.place, each);
    }
    if (resend !== undefined) this.#resend(resend);
    if (inside !== undefined) this.#runInside(inside);
    return { status: 'committed' };
  }

  #add(record: MessageRecord): number {
    if (this.#records.row(record) !== undefined) {
      throw new RangeError(`message ${record.identity} stands in the commit twice`);
    }
    return this.#records.add(record);
  }

  #resend({ message, dueAt, unlessTriedSince }: NonNullable<Commit['resend']>): void {
    const row = this.#records.row(message);
    if (row !== undefined) this.#tasks.resend(row.place, dueAt, unlessTriedSince);
  }

  #runInside(inside: NonNullable<Commit<SqlTx>['inside']>): void {
    let ended = false;
    const open = (): SqlDriver => {
      if (ended) throw new TypeError('the transaction has ended');
      return this.#driver;
    };
    this.#inside = true;
    try {
      const result: unknown = inside({
        run: (sql, params) => open().run(sql, params),
        all: (sql, params) => open().all(sql, params),
      });
      if (!isThenable(result)) return;
      result.then(undefined, () => {}); // it is told here what is wrong
      throw new TypeError(
        `a commit of the ${this.name} store is synchronous: what runs inside, as onCommit does, must not return a promise`,
      );
    } finally {
      ended = true;
      this.#inside = false;
    }
  }

  async #prune({ bodiesBefore, recordsBefore, signal }: Parameters<Store['prune']>[0]): Promise<{
    bodies: number;
    records: number;
  }> {
    let records = 0;
    for (const id of this.#records.participants.all()) {
      records += await this.#steps(signal, (from) => pruneRecords(this.#driver, id, recordsBefore, from));
    }
    const bodies = await this.#steps(signal, (from) => pruneBodies(this.#driver, bodiesBefore, from));
    return { bodies, records };
  }

  /** Prunes step by step, each in a transaction of its own, with other work between. */
  async #steps(signal: AbortSignal | undefined, prune: (from: Position) => Step): Promise<number> {
    let removed = 0;
    let from: Position | undefined = start;
    while (from !== undefined && !signal?.aborted) {
      const { next, removed: now }: Step = await this.#group.write(prune.bind(undefined, from));
      removed += now;
      from = next;
      if (from !== undefined) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return removed;
  }

  #schedule(): void {
    this.#driver.schedule?.(this.#tasks.nextDueAt());
  }
}

/** What a commit adds, in its order. */
function recordsOf({ received, outgoing }: Commit<SqlTx>): readonly MessageKey[] {
  const sent = (outgoing ?? []).map(({ record }) => record);
  return received === undefined ? sent : [received, ...sent];
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
