/** @module How the conformance suite writes users' values in SQL. */

import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';

export const own = {
  put(tx: SqlTx, value: string): void {
    tx.run('CREATE TABLE IF NOT EXISTS own (value TEXT)');
    tx.run('DELETE FROM own');
    tx.run('INSERT INTO own VALUES (?)', [value]);
  },
  get(tx: SqlTx): string | undefined {
    tx.run('CREATE TABLE IF NOT EXISTS own (value TEXT)');
    return tx.all<{ value: string }>('SELECT value FROM own')[0]?.value;
  },
};
