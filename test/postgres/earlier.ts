/** @module Schemas as earlier versions left them, and a node of the release that knew no later one: it asks the server as that did, and migrates nothing. */

import { readFileSync } from 'node:fs';
import type driver from 'postgres';
import type { Commit, Lease, StoredMessage } from '../../runtime/ports/store.ts';
import { us } from '../../runtime/store/conformance/stage.ts';
import { listQuery } from '../../runtime/store/postgres/list.ts';
import {
  commitParams,
  json,
  ownerText,
  type StoredRow,
  scopeText,
  stored,
} from '../../runtime/store/postgres/records.ts';

/** Makes a schema by the statements of the versions up to this one. */
export async function makeEarlier(sql: driver.Sql, schema: string, version: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe(`CREATE SCHEMA ${schema}; SET LOCAL search_path = ${schema}, pg_temp;
      CREATE TABLE migration (version integer PRIMARY KEY)`);
    for (let each = 1; each <= version; each += 1) {
      const statements = readFileSync(new URL(`earlier/version-${each}.sql`, import.meta.url), 'utf8');
      await tx.unsafe(statements.replaceAll(':schema', schema));
      await tx.unsafe(`INSERT INTO migration VALUES (${each})`);
    }
  });
}

/** See the module. Whatever fails is thrown: it tries nothing again. */
export class EarlierNode {
  readonly #sql: driver.Sql;
  readonly #schema: string;

  constructor(sql: driver.Sql, schema: string) {
    this.#sql = sql;
    this.#schema = schema;
  }

  async commit(item: Commit): Promise<unknown> {
    const statement = `SELECT r::text AS json
      FROM "${this.#schema}".commit($1::text::jsonb, string_to_array($2::text, ',')) r`;
    const [result] = await this.#rows<{ readonly status: string }>(statement, commitParams(item));
    return result?.status;
  }

  async claim(queue: Lease['queue'], now: number): Promise<readonly Lease[]> {
    const request = { queue, now, until: now + 1000, limit: 100, owners: [ownerText(queue, us)] };
    const rows = await this.#ask<{ readonly task: number; readonly token: number }>('claim', request);
    return rows.map(({ task, token }) => ({ queue, task: String(task), token: String(token) }) as Lease);
  }

  async renew({ task, token }: Lease, until: number): Promise<boolean> {
    return (await this.#ask('renew', { task, token, until })).length > 0;
  }

  /** How many messages stand in the scope. */
  async read({ index }: StoredMessage | Pick<StoredMessage, 'index'>): Promise<number> {
    const request = { scopes: index.map((key) => scopeText(us, key)) };
    return (await this.#ask('read', request)).length - 1;
  }

  async list(): Promise<readonly StoredMessage[]> {
    const { statement, params } = listQuery(this.#schema, { participant: us, limit: 20 });
    return (await this.#rows<StoredRow>(statement, params)).map(stored);
  }

  async nextDueAt(): Promise<unknown> {
    const [dueAt] = await this.#ask('next_due', [ownerText('work', us), ownerText('outgoing', us)]);
    return dueAt;
  }

  #ask<T>(name: string, request: unknown): Promise<readonly T[]> {
    const statement = `SELECT r::text AS json FROM "${this.#schema}".${name}($1::text::jsonb) r`;
    return this.#rows(statement, [json(request)]);
  }

  async #rows<T>(statement: string, params: readonly (string | number)[]): Promise<readonly T[]> {
    const rows = await this.#sql.unsafe<{ json: string }[]>(statement, [...params], { prepare: true });
    return rows.map((row) => JSON.parse(row.json));
  }
}
