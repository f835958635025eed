import { postgres } from '../../runtime/postgres.ts';
import { rejects } from '../../runtime/store/conformance/stage.ts';
import { postgresFolder, startPostgres } from '../support/postgres.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('postgres: a lost server');
const title =
  'a server that goes in the middle of a handler’s transaction costs the commit, and not the process';
const folder = postgresFolder();

/** Ways in which a handler's transaction may go on when its connection is gone. */
const ways = ['does nothing more', 'throws', 'asks for more'] as const;

if (folder === undefined) test.skip(title, 'PostgreSQL is not installed');
else
  test(title, async () => {
    const server = await startPostgres(folder);
    const store = await postgres(server.url);
    for (const way of ways) {
      let halted: Promise<void> | undefined;
      const commit = store.commit({
        async inside(tx) {
          await tx`SELECT 1`;
          halted = server.halt();
          await halted;
          await new Promise((resolve) => setTimeout(resolve, 20)); // the connection is told of it
          if (way === 'throws') throw new Error('of its own');
          if (way === 'asks for more') await tx`SELECT 1`;
        },
      });
      assert.is(((await rejects(commit, way)) as { code?: string }).code, 'store-unavailable');
      await halted; // the commit is told of it before the server has ended
      await server.start();
      let status = '';
      while (status !== 'committed') {
        const again = store.commit({
          async inside(tx) {
            await tx`SELECT 1`;
          },
        });
        status = await again.then(
          (committed) => committed.status,
          () => 'gone still',
        );
      }
    }
    await store.close();
    await server.remove();
  });
