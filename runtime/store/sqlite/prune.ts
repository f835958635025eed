/** @module Retention in the SQL store: a moment in; what came before it is removed, a part at a time. */

import type { Store } from '../../ports/store.ts';
import type { SqlTx } from './driver.ts';

/** How many messages one step looks for, so that a step takes milliseconds. */
const stepMax = 500;

/** How far a removal has come. */
interface Position {
  readonly at: number;
  readonly place: number;
}

/** Where every removal begins. */
const start: Position = Object.freeze({ at: Number.MIN_SAFE_INTEGER, place: 0 });

/** What one step did. */
interface Step {
  readonly removed: number;
  /** Where the next one goes on; undefined at the end. */
  readonly next: Position | undefined;
}

/**
 * Removes what is old, step by step, each in a transaction of its own, with other work between.
 *
 * @param participants - by their numbers
 * @param write - runs a transaction
 */
export async function prune(
  sql: SqlTx,
  participants: readonly number[],
  write: <T>(work: () => T) => Promise<T>,
  { bodiesBefore, recordsBefore, signal }: Parameters<Store['prune']>[0],
): Promise<{ bodies: number; records: number }> {
  const steps = async (step: (from: Position) => Step): Promise<number> => {
    let removed = 0;
    let from: Position | undefined = start;
    while (from !== undefined && !signal?.aborted) {
      const { next, removed: now }: Step = await write(step.bind(undefined, from));
      removed += now;
      from = next;
      if (from !== undefined) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return removed;
  };
  let records = 0;
  for (const id of participants) records += await steps((from) => pruneRecords(sql, id, recordsBefore, from));
  return { records, bodies: await steps((from) => pruneBodies(sql, bodiesBefore, from)) };
}

/** What belongs to a task that has not ended stays whole. */
const ended = (place: string): string =>
  `NOT EXISTS (SELECT 1 FROM uftp_task WHERE uftp_task.place = ${place} AND head IS NOT NULL)`;

/**
 * Removes places from scopes: those that others come after, since the greatest one is the scope's revision; then scopes
 * in which no message stands any more.
 *
 * @param places - as JSON: participant, value and name of the scope, and the place of a message that has been removed
 */
function pruneScopes(sql: SqlTx, places: string): void {
  sql.run(
    `DELETE FROM uftp_scope
      WHERE (participant, value, name, place) IN (
        SELECT json_each.value ->> 0, json_each.value ->> 1, json_each.value ->> 2, json_each.value ->> 3 FROM json_each(?))
      AND EXISTS (
        SELECT 1 FROM uftp_scope s WHERE s.participant = uftp_scope.participant AND s.value = uftp_scope.value
          AND s.name = uftp_scope.name AND s.place > uftp_scope.place)`,
    [places],
  );
  sql.run(
    `DELETE FROM uftp_scope
      WHERE (participant, value, name) IN (
        SELECT json_each.value ->> 0, json_each.value ->> 1, json_each.value ->> 2 FROM json_each(?)
        WHERE NOT EXISTS (
          SELECT 1 FROM uftp_scope s CROSS JOIN uftp_message m ON m.place = s.place
            WHERE s.participant = json_each.value ->> 0 AND s.value = json_each.value ->> 1
              AND s.name = json_each.value ->> 2))`,
    [places],
  );
}

/** Removes some whole records of a participant, by its number, that came before a moment. */
function pruneRecords(sql: SqlTx, participant: number, before: number, from: Position): Step {
  const rows = sql.all<Position>(
    `SELECT at, place FROM uftp_message INDEXED BY uftp_message_time
      WHERE participant = ? AND at < ? AND (at, place) > (?, ?) AND ${ended('uftp_message.place')}
      ORDER BY at, place LIMIT ${stepMax}`,
    [participant, before, from.at, from.place],
  );
  const places = JSON.stringify(rows.map(({ place }) => place));
  const these = 'IN (SELECT value FROM json_each(?))';
  const inScopes = sql.all<{ place: string }>(
    `SELECT json_array(participant, json_each.value ->> 1, json_each.value ->> 0, place) AS place
      FROM uftp_message, json_each(keys) WHERE place ${these}`,
    [places],
  );
  for (const table of ['uftp_body', 'uftp_task', 'uftp_message']) {
    sql.run(`DELETE FROM ${table} WHERE place ${these}`, [places]);
  }
  pruneScopes(sql, `[${inScopes.map(({ place }) => place)}]`);
  return { removed: rows.length, next: rows.length < stepMax ? undefined : rows.at(-1) };
}

/** Removes the bodies of some messages that came before a moment. */
function pruneBodies(sql: SqlTx, before: number, from: Position): Step {
  const rows = sql.all<Position>(
    `SELECT at, place FROM uftp_message INDEXED BY uftp_message_body
      WHERE body IS NOT NULL AND at < ? AND (at, place) > (?, ?) AND ${ended('uftp_message.place')}
      ORDER BY at, place LIMIT ${stepMax}`,
    [before, from.at, from.place],
  );
  const places = JSON.stringify(rows.map(({ place }) => place));
  sql.run('UPDATE uftp_message SET body = NULL WHERE place IN (SELECT value FROM json_each(?))', [places]);
  sql.run('DELETE FROM uftp_body WHERE place IN (SELECT value FROM json_each(?))', [places]);
  return { removed: rows.length, next: rows.length < stepMax ? undefined : rows.at(-1) };
}
