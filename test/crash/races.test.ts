import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshSchema, type PostgresServer, postgresFolder, startPostgres } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { races } from './races.ts';

const test = suite('crash: races at two nodes');

const folder = mkdtempSync(join(tmpdir(), 'uftp-races-'));
const programs = postgresFolder();
let server: PostgresServer | undefined;

test.before(async () => {
  if (programs !== undefined) server = await startPostgres(programs);
});
test.after(async () => {
  rmSync(folder, { recursive: true });
  await server?.remove();
});

for (const [i, { title, run }] of races.entries()) {
  test(`${title}, at SQLite`, () => run({ kind: 'sqlite', path: join(folder, `${i}.sqlite`) }));
  if (programs === undefined) test.skip(`${title}, at PostgreSQL`, 'PostgreSQL is not installed');
  else
    test(`${title}, at PostgreSQL`, () =>
      run({ kind: 'postgres', url: server?.url ?? '', schema: freshSchema() }));
}
