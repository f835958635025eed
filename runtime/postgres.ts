/** @module The PostgreSQL entry: a store that any number of nodes share. It needs the package `postgres`. */

export type { PgRow, PgSql, PgTx } from './store/postgres/driver.ts';
export { type PostgresOptions, postgres } from './store/postgres/store.ts';
