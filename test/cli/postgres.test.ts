/** @module The commands on a store in PostgreSQL, run as a user runs them; all skipped where there is no server. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import driver from 'postgres';
import { dso } from '../../generated/3.1.0/index.ts';
import { flexRequest } from '../flow/drafts.ts';
import { jsonLines, uftp } from '../support/command.ts';
import { openScene } from '../support/participants.ts';
import { type PostgresServer, postgresFolder, startPostgres } from '../support/postgres.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: postgres');
const server = postgresFolder();

/** Declares a test on a server, or a visible skip. */
function withServer(title: string, play: (server: PostgresServer) => Promise<void>): void {
  if (server === undefined) test.skip(title, 'PostgreSQL is not installed');
  else
    test(title, async () => {
      const started = await startPostgres(server);
      try {
        await play(started);
      } finally {
        await started.remove();
      }
    });
}

/** A folder with the request that a DSO has sent to an AGR. */
async function earlier(): Promise<string> {
  const scene = openScene();
  await scene.outsider('AGR');
  await (await scene.join(dso)).agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  const folder = mkdtempSync(join(tmpdir(), 'uftp-postgres-cli-'));
  mkdirSync(join(folder, 'old'));
  for (const [i, { bytes }] of scene.posts.entries()) writeFileSync(join(folder, 'old', `${i}.xml`), bytes);
  return folder;
}

withServer(
  'commands that read make no tables, and ?schema= names where those of import are',
  async ({ url }) => {
    const admin = driver(url, { max: 1 });
    const schemas = async (): Promise<readonly string[]> => {
      const rows = await admin`SELECT nspname FROM pg_namespace WHERE nspname LIKE '%uftp%' ORDER BY 1`;
      return rows.map(({ nspname }) => nspname);
    };
    const folder = await earlier();
    const old = ['import', join(folder, 'old'), '--as', 'AGR:agr.example'];
    const readers = [['log'], ['show', 'x'], ['export'], ['retry', '--all']];
    const ran = await Promise.all(readers.map((args) => uftp([...args, '--store', url])));
    for (const { code, stderr } of ran) {
      assert.is(code, 2);
      assert.match(stderr, /^uftp: \[store-unavailable\] there is no UFTP store in /);
    }
    const dry = await uftp([...old, '--dry-run', '--store', url]);
    assert.is(dry.code, 0, dry.stderr);
    assert.is(
      dry.stderr,
      'no store was looked into: there is no UFTP store in schema uftp yet\n' +
        '1 would be imported, 0 there already, 0 refused (read: 1 received, 0 sent)\n',
    );
    assert.equal(await schemas(), []);
    const gone = await uftp([...old, '--dry-run', '--store', url.replace(/:\d+\//, ':1/')]);
    assert.is(gone.code, 2, gone.stderr);
    const side = `${url}?schema=side_uftp`;
    const imported = await uftp([...old, '--store', side]);
    assert.is(imported.code, 0, imported.stderr);
    assert.equal(await schemas(), ['side_uftp']);
    const listed = await uftp(['log', '--json', '--state', 'none'], undefined, { UFTP_STORE: side });
    assert.equal(
      jsonLines(listed.stdout).map(({ type }) => type),
      ['FlexRequest'],
    );
    await admin.end();
    rmSync(folder, { recursive: true });
  },
);

test('a wrong connection string is told without being quoted', async () => {
  const strings = [
    'postgres://u:se#cret@db.example/uftp',
    'postgres://u:se%cret@db.example/uftp',
    'postgres://u:secret@db.example:99999/uftp',
  ];
  const ran = await Promise.all(strings.map((store) => uftp(['log', '--store', store])));
  for (const { code, stderr } of ran) {
    assert.is(code, 2);
    assert.match(
      stderr,
      /^uftp: --store or UFTP_STORE: the connection string is no URL: write # % @ of a password/,
    );
    assert.not.match(stderr, /cret|99999|\n +at /);
  }
});
