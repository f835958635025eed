/** @module The tables of the PostgreSQL store: a connection in, a schema that has them in their newest form out. */

import { UftpError } from '../../errors.ts';
import { missingStore } from '../missing.ts';
import { inTime } from './ask.ts';
import { commitFunctions } from './commit.ts';
import type { PgSql, PgTx } from './driver.ts';
import { isLockedOut, mayRetry } from './faults.ts';
import { queryFunctions } from './functions.ts';
import { migrations } from './migrations.ts';

/**
 * How long to wait for a lock on a table, in milliseconds: what nodes ask meanwhile waits behind it. Shorter than the
 * second after which the server looks for circles of waiting ones, so that it never breaks off what a node asks.
 */
const lockMsMax = 500;
/** How long nodes have their turn before the next attempt, in milliseconds. */
const pauseMs = 200;
/** So many attempts, which take a minute: longer than a commit in which handlers write. */
const triesMax = 100;

/**
 * Makes the tables, or brings them up to date, and with them the functions. Of many nodes that start at once one does
 * it, the others wait for it; a node that finds them up to date needs no right to make any. Nodes of the release before
 * may be at work meanwhile.
 *
 * @param schema a plain lower-case name
 * @param make false: where there are none, none are made
 * @param answerMsMax how long to wait until it is known what is there; making tables may take longer
 * @throws {UftpError} `store-unavailable` where a newer version of this package has been at them, or none are made
 * @throws what the server says, where it fails or others keep the tables locked for a minute
 */
export async function migrate(sql: PgSql, schema: string, make: boolean, answerMsMax: number): Promise<void> {
  const before = await inTime(versionOf(sql, schema), answerMsMax);
  if (before === migrations.length) return;
  if (before === 0 && !make) {
    throw missingStore(`schema ${schema}`);
  }
  for (let tries = 1; ; tries += 1) {
    try {
      await sql.begin('isolation level read committed', (tx) => bringUpToDate(tx, schema));
      return;
    } catch (error) {
      if (tries === triesMax || !(isLockedOut(error) || mayRetry(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function bringUpToDate(tx: PgTx, schema: string): Promise<void> {
  await tx.unsafe(`SELECT pg_advisory_xact_lock(hashtextextended('uftp migration ${schema}', 0))`);
  const version = await versionOf(tx, schema);
  if (version === migrations.length) return;
  if (version === 0) {
    const [found] = await tx.unsafe(`SELECT 1 AS one FROM pg_namespace WHERE nspname = '${schema}'`);
    if (found === undefined) await tx.unsafe(`CREATE SCHEMA "${schema}"`);
    await tx.unsafe(`CREATE TABLE "${schema}".migration (version integer PRIMARY KEY)`);
  }
  await tx.unsafe(`SET LOCAL search_path = "${schema}", pg_temp; SET LOCAL lock_timeout = ${lockMsMax}`);
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    await tx.unsafe(statements);
    await tx.unsafe(`INSERT INTO "${schema}".migration VALUES (${index + 1})`);
  }
  await tx.unsafe(`${commitFunctions}${queryFunctions}`.replaceAll(':schema', schema));
}

/** The version of the tables; 0 where there are none. */
async function versionOf(sql: PgTx, schema: string): Promise<number> {
  // Not to_regclass: it may answer by what this connection remembers from before it waited for another node.
  const [made] = await sql.unsafe(
    `SELECT 1 AS one FROM pg_tables WHERE schemaname = '${schema}' AND tablename = 'migration'`,
  );
  if (made === undefined) return 0;
  const [row] = await sql.unsafe<{ version: number | null }>(
    `SELECT max(version) AS version FROM "${schema}".migration`,
  );
  const version = row?.version ?? 0;
  if (version > migrations.length) {
    throw new UftpError(
      'store-unavailable',
      `the tables of schema ${schema} are of version ${version}, this package knows ${migrations.length}: update it`,
    );
  }
  return version;
}
