/** @module How connections to SQLite files are set: what is answered is on disk, whichever of them has written it. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flags, runScript } from '../runtimes/remote.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: settings of SQLite');

test('every connection that is opened waits for the disk: in this thread, in one of its own, and beside that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-settings-'));
  const told = join(folder, 'told');
  process.env.SETTINGS = told;
  const preload = ['--require', fileURLToPath(new URL('sqlite/settings.cjs', import.meta.url))];
  const script = 'test/store/sqlite/opener.ts';
  await runScript(process.execPath, [...(flags.node ?? []), ...preload], script, join(folder, 'store'));
  delete process.env.SETTINGS;
  const all = readFileSync(told, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const onDisk = { journal_mode: 'wal', synchronous: 2, fullfsync: 1, checkpoint_fullfsync: 1 };
  assert.equal(
    all.map(({ isMainThread, ...settings }) => settings),
    all.map(() => onDisk),
  );
  assert.equal(all.map(({ isMainThread }) => isMainThread).sort(), [false, true, true]);
  rmSync(folder, { recursive: true });
});
