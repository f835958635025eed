/** @module The Store contract in SQL: an open SQLite with its tables in, of whatever driver, a store out. */

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
import { Counter } from './counter.ts';
import type { SqlAccess, SqlDriver, SqlHooks, SqlTx } from './driver.ts';
import { list } from './list.ts';
import { type HeldTask, Tasks } from './queue.ts';
import { Records } from './records.ts';
import { SqlWatchers } from './watch.ts';

/**
 * Makes a store of an open database that has its tables. Everything is done in one turn, before a call returns or, in a
 * group, in its next turn with what else has come, so that commits never meet within a process; between processes the
 * driver's transactions keep them apart.
 *
 * @param open makes what runs the transactions
 */
export function sqlStore(driver: SqlDriver, open: (hooks: SqlHooks) => SqlAccess): Store<SqlTx> {
  return new SqlStore(driver, open);
}

class SqlStore implements Store<SqlTx> {
  readonly name: string;
  readonly durable: boolean;
  readonly #driver: SqlDriver;
  readonly #records: Records;
  readonly #tasks: Tasks;
  readonly #access: SqlAccess;
  readonly #watchers: SqlWatchers;
  readonly #underWay: UnderWay;
  #pruning: Promise<unknown> = Promise.resolve();

  constructor(driver: SqlDriver, open: (hooks: SqlHooks) => SqlAccess) {
    this.name = driver.name;
    this.durable = driver.durable;
    this.#driver = driver;
    this.#underWay = new UnderWay(driver.name);
    const counter = new Counter(driver);
    this.#records = new Records(driver, counter);
    this.#tasks = new Tasks(driver, this.#records, counter);
    this.#access = open({ during: (work) => counter.during(work), forget: () => this.#records.forget() });
    this.#watchers = new SqlWatchers(driver);
  }

  read({ participant, scopes, message }: Parameters<Store['read']>[0]): Promise<Snapshot> {
    return this.#underWay.run(() =>
      this.#access.read(() => ({
        known: message && this.#records.find(message),
        scopes: scopes.map((key) => this.#records.scope(participant, key)),
      })),
    );
  }

  commit(item: Commit<SqlTx>): Promise<Committed> {
    const { finish, outgoing, work, resend } = item;
    const written = ({ status }: Committed): void => {
      if (status !== 'committed' || !(finish ?? outgoing ?? work ?? resend)) return;
      this.#schedule();
      this.#watchers.wake();
    };
    // Whatever else fails when it has written is a mistake of the caller's, and rare.
    const mayFail = item.inside !== undefined;
    return this.#underWay.run(() => this.#access.write(() => this.#commit(item), written, mayFail));
  }

  claim(request: Parameters<Store['claim']>[0]): Promise<readonly Lease[]> {
    return this.#underWay.run(async () => {
      // A look that writes nothing first: most claims find nothing.
      const due = await this.#access.read(() => this.#tasks.due({ ...request, limit: 1 }));
      if (due.length === 0) return [];
      return this.#access.write(
        () => this.#tasks.claim(request),
        () => this.#schedule(),
      );
    });
  }

  async renew(lease: Lease, until: number, isUntried = false): Promise<Lease | undefined> {
    const renew = (): number | undefined => this.#tasks.renew(lease, until, isUntried);
    const attempt = await this.#underWay.run(() => this.#access.write(renew, () => this.#schedule()));
    return attempt === undefined ? undefined : { ...lease, until, attempt };
  }

  nextDueAt(participants: readonly Party[]): Promise<number | undefined> {
    return this.#underWay.run(() => this.#access.read(() => this.#tasks.nextDueAt(participants)));
  }

  list(filter: Filter): Promise<{ messages: readonly StoredMessage[]; next?: string }> {
    return this.#underWay.run(() => this.#access.read(() => list(this.#driver, this.#records, filter)));
  }

  prune(before: Parameters<Store['prune']>[0]): Promise<{ bodies: number; records: number }> {
    return this.#underWay.run(() => {
      const pruning = this.#pruning.then(() => this.#prune(before));
      this.#pruning = pruning.catch(() => undefined);
      return pruning;
    });
  }

  watch(wake: () => void): () => void {
    return this.#watchers.watch(wake);
  }

  close(): Promise<void> {
    return this.#underWay.close(() => {
      this.#watchers.end();
      this.#driver.close();
    });
  }

  /** Writes where all conditions hold; their order is the contract's. A throw undoes all of it. */
  #commit(item: Commit<SqlTx>): Committed {
    const { finish, answer } = item;
    const task = finish && this.#tasks.held(finish.lease);
    if (finish !== undefined && task === undefined) return { status: 'lost' };
    for (const key of recordsOf(item)) {
      const record = this.#records.find(key);
      if (record !== undefined) return { status: 'duplicate', record };
    }
    const answered = answer && this.#records.find(answer.message);
    if (answer !== undefined && answered?.verdict?.result !== 'deferred') return { status: 'answered' };
    const moved = item.read?.some(
      ({ participant, key, revision }) => this.#records.revision(participant, key) !== revision,
    );
    if (moved) return { status: 'conflict' };
    this.#write(item, task, answered);
    return { status: 'committed' };
  }

  /** @param task - of `finish` @param answered - what is answered */
  #write(item: Commit<SqlTx>, task: HeldTask | undefined, answered: StoredMessage | undefined): void {
    const { finish, answer, received, resend, inside } = item;
    if (finish !== undefined && task !== undefined) this.#tasks.finish(task, finish.outcome);
    if (answer !== undefined && answered !== undefined) this.#records.answer(answered, answer.verdict);
    const added = new Map<string, number>();
    if (received !== undefined) this.#add(received, added);
    for (const each of item.outgoing ?? []) this.#tasks.addOutgoing(this.#add(each.record, added), each);
    for (const each of item.work ?? []) {
      const place = added.get(textOf(each.message)) ?? this.#records.find(each.message)?.place;
      if (place === undefined) throw new RangeError(`work ${each.id} is on a message that is not stored`);
      this.#tasks.addWork(place, each);
    }
    if (resend !== undefined) this.#resend(resend);
    if (inside !== undefined) this.#runInside(inside);
  }

  /** @param added - the places of what the commit has added, by {@link textOf} */
  #add(record: MessageRecord, added: Map<string, number>): number {
    const text = textOf(record);
    if (added.has(text)) throw new RangeError(`message ${record.identity} stands in the commit twice`);
    const place = this.#records.add(record);
    added.set(text, place);
    return place;
  }

  #resend({ message, dueAt, unlessTriedSince }: NonNullable<Commit['resend']>): void {
    const sent = this.#records.find(message);
    if (sent !== undefined) this.#tasks.resend(sent, dueAt, unlessTriedSince);
  }

  #runInside(inside: NonNullable<Commit<SqlTx>['inside']>): void {
    let ended = false;
    const open = (sql: string): SqlDriver => {
      if (ended) throw new TypeError('the transaction has ended');
      if (endsTransaction.test(sql))
        throw new TypeError('transactions are begun and ended by the store, not inside a commit');
      return this.#driver;
    };
    const tx: SqlTx = {
      run: (sql, params) => open(sql).run(sql, params),
      all: (sql, params) => open(sql).all(sql, params),
    };
    try {
      const result: unknown = this.#underWay.inside(() => inside(tx));
      if (!isThenable(result)) return;
      result.then(undefined, () => {}); // it is told here what is wrong
      throw new TypeError(
        `a commit of the ${this.name} store is synchronous: what runs inside, as onCommit does, must not return a promise`,
      );
    } finally {
      ended = true;
    }
  }

  async #prune(before: Parameters<Store['prune']>[0]): Promise<{ bodies: number; records: number }> {
    const { prune } = await import('./prune.ts'); // seldom needed
    const write = <T>(work: () => T): Promise<T> => this.#access.write(work);
    return prune(this.#driver, this.#records.participants.all(), write, before);
  }

  #schedule(): void {
    this.#driver.schedule?.(this.#tasks.nextDueAt());
  }
}

/** What would end the transaction that others share; not what goes back to a savepoint. */
const endsTransaction = /^\s*(?:BEGIN|COMMIT|END|ROLLBACK(?!\s+(?:TRANSACTION\s+)?TO\b))\b/i;

/** What a commit adds, in its order. */
function recordsOf({ received, outgoing }: Commit<SqlTx>): readonly MessageKey[] {
  const sent = (outgoing ?? []).map(({ record }) => record);
  return received === undefined ? sent : [received, ...sent];
}

/** A text for each identity. */
function textOf({ participant, direction, partner, identity }: MessageKey): string {
  return [participant.role, participant.domain, direction, partner.role, partner.domain, identity].join(' ');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
