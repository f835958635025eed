/** @module A PostgreSQL commit in which users write: its conditions and their writes in, one transaction of both out. */

import type { Commit, Committed } from '../ports/store.ts';
import type { PgSql, PgTx } from './postgres-driver.ts';
import { faultOf, isGone } from './postgres-faults.ts';

/**
 * Runs `decide`, and `inside` where that commits, in one transaction.
 *
 * @throws what `inside` throws, as it is, unless that is only how the loss of the connection shows
 */
export async function commitInside<Tx>(
  sql: PgSql,
  decide: (tx: PgTx) => Promise<Committed>,
  inside: NonNullable<Commit<Tx>['inside']>,
): Promise<Committed> {
  const guard = new Guard();
  let begun = false;
  let result: Committed | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    await sql.begin('isolation level read committed', async (tx) => {
      begun = true;
      try {
        result = await decide(tx);
        if (result.status === 'committed') await inside(guard.over(tx) as Tx);
      } catch (error) {
        failure = { error };
        await new Promise((resolve) => setTimeout(resolve, 0)); // the loss of the connection is told in another turn
      }
      // The package would write COMMIT or ROLLBACK to a connection that is lost, and end the process with a throw that
      // nobody can catch (its issue 1208). `begin` has been told of the loss, and rejects without us.
      if (guard.ended || isGone(failure?.error)) await new Promise(() => {});
      if (failure !== undefined) throw failure.error;
    });
  } catch (error) {
    if (!begun || isGone(error)) throw faultOf(error);
    const reason = failure === undefined ? error : failure.error;
    throw isGone(reason) ? faultOf(reason) : reason;
  } finally {
    guard.end();
  }
  return result as Committed;
}

/** Refuses statements of a transaction that has ended: its connection serves another by then. */
class Guard {
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  over(tx: PgTx): PgTx {
    const open = <T>(value: T): T => {
      if (this.#ended) throw new TypeError('the transaction has ended');
      return value;
    };
    return new Proxy(tx, {
      apply: (target, self, values) => Reflect.apply(open(target), self, values),
      get: (target, name) => Reflect.get(open(target), name),
    });
  }
}
