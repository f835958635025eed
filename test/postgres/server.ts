/** @module A suite over a PostgreSQL server of its own: a name in, tests with stores on fresh schemas out; all skipped where there is none. */

import driver from 'postgres';
import type { Store } from '../../runtime/ports/store.ts';
import { type PgTx, postgres } from '../../runtime/postgres.ts';
import { freshSchema, type PostgresServer, postgresFolder, startPostgres } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

/** The tools of such a suite. */
export interface ServerSuite {
  /** Declares a test, or a visible skip. */
  test(title: string, run: () => Promise<void>): void;
  /** The server. To be asked for in tests only, as the next. */
  server(): PostgresServer;
  /** Connections of a superuser. */
  admin(): driver.Sql;
  /** Plays on nodes that share a schema of their own. */
  nodes<Count extends 1 | 2 | 3 | 8>(
    count: Count,
    play: (stores: Stores<Count>, schema: string) => Promise<void>,
  ): Promise<void>;
}

/** As many stores as were asked for. */
export type Stores<Count extends number> = readonly Store<PgTx>[] & {
  readonly [Index in Below<Count>]: Store<PgTx>;
};
type Below<Count extends number> = Count extends 1 ? 0 : Count extends 2 ? 0 | 1 : 0 | 1 | 2;

/** Declares the suite. */
export function serverSuite(name: string): ServerSuite {
  const group = suite(name);
  const folder = postgresFolder();
  let server: PostgresServer;
  let admin: driver.Sql;
  if (folder !== undefined) {
    group.before(async () => {
      server = await startPostgres(folder);
      admin = driver(server.url, { max: 2, onnotice: () => {} });
    });
    group.after(async () => {
      await admin.end();
      await server.remove();
    });
  }
  return {
    test: (title, run) =>
      folder === undefined ? group.skip(title, 'PostgreSQL is not installed') : group(title, run),
    server: () => server,
    admin: () => admin,
    async nodes<Count extends 1 | 2 | 3 | 8>(
      count: Count,
      play: (stores: Stores<Count>, schema: string) => Promise<void>,
    ) {
      const schema = freshSchema();
      const opening = Array.from({ length: count }, () => postgres(server.url, { schema }));
      const stores = await Promise.all(opening);
      try {
        await play(stores as unknown as Stores<Count>, schema);
      } finally {
        await Promise.all(stores.map((store) => store.close()));
      }
    },
  };
}
