/** @module The conformance suite over PostgreSQL. */

import { type PostgresServer, postgresFolder, startPostgres } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { postgresCases } from './cases.ts';

const test = suite('postgres: conformance');

let server: PostgresServer;
const cases = postgresCases(() => server.url);
const folder = postgresFolder();
if (folder === undefined) {
  for (const { title } of cases) test.skip(title, 'PostgreSQL is not installed');
} else {
  test.before(async () => {
    server = await startPostgres(folder);
  });
  test.after(() => server.remove());
  for (const { title, run } of cases) test(title, run);
}
