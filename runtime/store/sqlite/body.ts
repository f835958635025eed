/** @module The bodies of the SQL store, in parts: the first stands in the row of its message, a longer one goes on behind it. */

import type { SqlTx } from './driver.ts';

/** A part has at most so many bytes: a Durable Object takes no row above 2 MB. */
const partBytesMax = 1_000_000;

/** Writes what is beyond the first part of a body. @returns the first part; null of an empty body */
export function addBody(sql: SqlTx, place: number, body: Uint8Array): Uint8Array | null {
  for (let part = 1; part * partBytesMax < body.length; part += 1) {
    const bytes = body.subarray(part * partBytesMax, (part + 1) * partBytesMax);
    sql.run('INSERT INTO uftp_body (place, part, bytes) VALUES (?, ?, ?)', [place, part, bytes]);
  }
  return body.length === 0 ? null : body.subarray(0, partBytesMax);
}

/** The body of the message of a place, by its first part; empty where it was removed. */
export function bodyOf(sql: SqlTx, place: number, first: Uint8Array | null): Uint8Array {
  if (first === null) return new Uint8Array(0);
  if (first.length < partBytesMax) return first;
  const behind = sql.all<{ bytes: Uint8Array }>('SELECT bytes FROM uftp_body WHERE place = ? ORDER BY part', [
    place,
  ]);
  const body = new Uint8Array(behind.reduce((length, { bytes }) => length + bytes.length, first.length));
  body.set(first);
  let at = first.length;
  for (const { bytes } of behind) {
    body.set(bytes, at);
    at += bytes.length;
  }
  return body;
}
