/** @module Parties of the SQL store by number: rows of messages and tasks hold the number, this knows both. */

import type { Party } from '../../roles.ts';
import type { SqlTx } from './driver.ts';

/** One table of parties. What was looked up is remembered: a party keeps its number for good. */
export class Parties {
  readonly #sql: SqlTx;
  readonly #table: 'uftp_participant' | 'uftp_partner';
  readonly #ids = new Map<string, number>();
  readonly #parties = new Map<number, Party>();

  constructor(sql: SqlTx, table: 'uftp_participant' | 'uftp_partner') {
    this.#sql = sql;
    this.#table = table;
  }

  /** The number of a party, or undefined where nothing of it was ever stored. */
  find({ role, domain }: Party): number | undefined {
    const text = `${role} ${domain}`;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const sql = `SELECT id FROM ${this.#table} WHERE domain = ? AND role = ?`;
    const [row] = this.#sql.all<{ id: number }>(sql, [domain, role]);
    if (row !== undefined) this.#ids.set(text, row.id);
    return row?.id;
  }

  /** The number of a party, which it gets now where it has none. */
  add(party: Party): number {
    const known = this.find(party);
    if (known !== undefined) return known;
    const [row] = this.#sql.all<{ id: number }>(
      `INSERT INTO ${this.#table} (role, domain) VALUES (?, ?) RETURNING id`,
      [party.role, party.domain],
    );
    if (row === undefined) throw new RangeError(`${party.role} ${party.domain} got no number`);
    return row.id;
  }

  /** The party of a number that stands in a row. */
  at(id: number): Party {
    let party = this.#parties.get(id);
    if (party === undefined) {
      [party] = this.#sql.all<Party>(`SELECT role, domain FROM ${this.#table} WHERE id = ?`, [id]);
      if (party === undefined) throw new RangeError(`no party ${id}`);
      this.#parties.set(id, party);
    }
    return { role: party.role, domain: party.domain };
  }

  /** The numbers of all parties, or of those of a domain. */
  all(domain?: string): readonly number[] {
    const sql = `SELECT id FROM ${this.#table}`;
    const rows =
      domain === undefined
        ? this.#sql.all<{ id: number }>(sql)
        : this.#sql.all<{ id: number }>(`${sql} WHERE domain = ?`, [domain]);
    return rows.map(({ id }) => id);
  }

  /** Forgets what it remembers. To be called when a transaction was undone: it may have given the numbers. */
  forget(): void {
    this.#ids.clear();
    this.#parties.clear();
  }
}
