/** @module The conformance suite over PostgreSQL on Node 22 and 24, Bun and Deno. */

import { postgresCases } from '../../postgres/cases.ts';
import { postgresFolder, startPostgres } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { flags, remoteSuite, runScript } from '../remote.ts';

const folder = postgresFolder();
const { node22, node24, bun, deno } = await runtimes();
const titles = postgresCases(() => '').map(({ title }) => title);

for (const [name, program, how] of [
  ['postgres on Node 22', node22, flags.node],
  ['postgres on Node 24', node24, flags.node],
  ['postgres on Bun', bun, flags.bun],
  ['postgres on Deno', deno, flags.deno],
] as const) {
  if (program === undefined) suite(name).skip('the store', 'npm has none for this machine');
  else if (folder === undefined) suite(name).skip('the store', 'PostgreSQL is not installed');
  else {
    remoteSuite(name, titles, async () => {
      const server = await startPostgres(folder);
      try {
        return await runScript<Result[]>(program, how, 'test/runtimes/postgres/run.ts', server.url);
      } finally {
        await server.remove();
      }
    });
  }
}
