/** @module Retention in the SQL store: a moment in; what came before it is removed, a part at a time. */

import type { SqlTx } from './driver.ts';

/** How many messages one step looks for, so that a step takes milliseconds. */
const stepMax = 500;

/** How far a removal has come. */
export interface Position {
  readonly at: number;
  readonly place: number;
}

/** Where every removal begins. */
export const start: Position = Object.freeze({ at: Number.MIN_SAFE_INTEGER, place: 0 });

/** What one step did. */
export interface Step {
  readonly removed: number;
  /** Where the next one goes on; undefined at the end. */
  readonly next: Position | undefined;
}

/** What belongs to a task that has not ended stays whole. */
const ended = (place: string): string =>
  `NOT EXISTS (SELECT 1 FROM uftp_task WHERE uftp_task.place = ${place} AND head IS NOT NULL)`;

/** Removes some whole records of a participant, by its number, that came before a moment. */
export function pruneRecords(sql: SqlTx, participant: number, before: number, from: Position): Step {
  const rows = sql.all<Position>(
    `SELECT at, place FROM uftp_message INDEXED BY uftp_message_time
      WHERE participant = ? AND at < ? AND (at, place) > (?, ?) AND ${ended('uftp_message.place')}
      ORDER BY at, place LIMIT ${stepMax}`,
    [participant, before, from.at, from.place],
  );
  const places = JSON.stringify(rows.map(({ place }) => place));
  const these = 'IN (SELECT value FROM json_each(?))';
  const scopes = sql.all<{ scope: number }>(`SELECT scope FROM uftp_scope_message WHERE place ${these}`, [
    places,
  ]);
  for (const table of ['uftp_scope_message', 'uftp_body', 'uftp_task', 'uftp_message']) {
    sql.run(`DELETE FROM ${table} WHERE place ${these}`, [places]);
  }
  sql.run(
    `DELETE FROM uftp_scope WHERE id ${these}
      AND NOT EXISTS (SELECT 1 FROM uftp_scope_message WHERE scope = uftp_scope.id)`,
    [JSON.stringify(scopes.map(({ scope }) => scope))],
  );
  return { removed: rows.length, next: rows.length < stepMax ? undefined : rows.at(-1) };
}

/** Removes the bodies of some messages that came before a moment. */
export function pruneBodies(sql: SqlTx, before: number, from: Position): Step {
  const rows = sql.all<Position>(
    `SELECT at, place FROM uftp_body INDEXED BY uftp_body_time
      WHERE part = 0 AND at < ? AND (at, place) > (?, ?) AND ${ended('uftp_body.place')}
      ORDER BY at, place LIMIT ${stepMax}`,
    [before, from.at, from.place],
  );
  const places = JSON.stringify(rows.map(({ place }) => place));
  sql.run('DELETE FROM uftp_body WHERE place IN (SELECT value FROM json_each(?))', [places]);
  return { removed: rows.length, next: rows.length < stepMax ? undefined : rows.at(-1) };
}
