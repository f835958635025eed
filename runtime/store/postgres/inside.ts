/** @module A PostgreSQL commit in which users write: its conditions and their writes in, one transaction of both out. */

import type { Commit, Committed } from '../../ports/store.ts';
import { inTime } from './ask.ts';
import type { PgSql, PgTx } from './driver.ts';
import { faultOf, isGone } from './faults.ts';

/**
 * Runs `decide`, and `inside` where that commits, in one transaction.
 *
 * @param answerMsMax how long all of it may take; then no more statements are taken, and it is undone where it can be
 * @throws what `inside` throws, as it is, unless that is only how the loss of the connection shows
 */
export async function commitInside<Tx>(
  sql: PgSql,
  decide: (tx: PgTx) => Promise<Committed>,
  inside: NonNullable<Commit<Tx>['inside']>,
  answerMsMax: number,
): Promise<Committed> {
  const guard = new Guard();
  let begun = false;
  let over = false;
  let result: Committed | undefined;
  let failure: { readonly error: unknown } | undefined;
  const transaction = sql
    .begin('isolation level read committed', async (tx) => {
      begun = true;
      try {
        result = await decide(tx);
        guard.check(); // here and below: its caller may have been told that it failed
        if (result.status === 'committed') await inside(guard.over(tx) as Tx);
        guard.check();
      } catch (error) {
        failure = { error };
        await new Promise((resolve) => setTimeout(resolve, 0)); // the loss of the connection is told in another turn
      }
      // The package would write COMMIT or ROLLBACK to a connection that is lost, and end the process with a throw that
      // nobody can catch (its issue 1208). `begin` has been told of the loss, and rejects without us.
      if (over || isGone(failure?.error)) await new Promise(() => {});
      if (failure !== undefined) throw failure.error;
    })
    .finally(() => {
      over = true;
    });
  try {
    await inTime(transaction, answerMsMax);
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

  end(): void {
    this.#ended = true;
  }

  check(): void {
    if (this.#ended) throw new TypeError('the transaction has ended');
  }

  over(tx: PgTx): PgTx {
    const open = <T>(value: T): T => {
      this.check();
      return value;
    };
    return new Proxy(tx, {
      apply: (target, self, values) => Reflect.apply(open(target), self, values),
      get: (target, name) => Reflect.get(open(target), name),
    });
  }
}
