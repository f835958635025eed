/** @module The tables of the SQL store: an open database in, one that has them in their newest form out. */

import { UftpError } from '../../errors.ts';
import type { SqlDriver } from './driver.ts';
import { migrations } from './migrations.ts';

/** Whether the tables are there, of whatever version; writes nothing. */
export function hasTables(driver: SqlDriver): boolean {
  return driver.all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'uftp_schema'").length > 0;
}

/**
 * Makes the tables, or brings them up to date.
 *
 * @throws {UftpError} `store-unavailable` where a newer version of this package has been at them
 */
export function migrate(driver: SqlDriver): void {
  driver.transaction('write', () => {
    driver.run('CREATE TABLE IF NOT EXISTS uftp_schema (version INTEGER NOT NULL)');
    const version = Number(driver.all('SELECT version FROM uftp_schema')[0]?.version ?? 0);
    if (version > migrations.length) {
      throw new UftpError(
        'store-unavailable',
        `the tables are of version ${version}, this package knows ${migrations.length}: update it`,
      );
    }
    // Where they are of this version it removes nothing, but fails where they cannot be written.
    driver.run('DELETE FROM uftp_schema WHERE version <> ?', [migrations.length]);
    if (version === migrations.length) return;
    for (const statement of migrations[version] ?? []) driver.run(statement);
    driver.run('INSERT INTO uftp_schema VALUES (?)', [migrations.length]);
  });
}
