/** @module Kill -9 in the midst of commits: what was acknowledged is in the SQLite file, and nothing is there by half. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claim, listed, message, stored } from '../../runtime/store/conformance/stage.ts';
import { sqlite } from '../../runtime/store/sqlite/node.ts';
import { flags } from '../runtimes/remote.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('store: SQLite and kill -9');

const script = fileURLToPath(new URL('sqlite/committer.ts', import.meta.url));
/** Two processes are killed, each after so many acknowledgements. */
const rounds: readonly number[] = [1, 2, 3, 8, 9, 50, 100, 200, 333, 500];

test('after 20 kills all that was acknowledged is there, with its task, and nothing is there by half', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-kill-'));
  const path = join(folder, 'store.sqlite');
  const acknowledged: string[] = [];
  for (const [round, count] of rounds.entries()) {
    const both = ['a', 'b'].map((name) => killedAfter(count, path, `${name}${round}`));
    for (const some of await Promise.all(both)) acknowledged.push(...some);
  }
  const store = await sqlite(path);
  await store.commit({
    inside: (tx) => assert.equal(tx.all('PRAGMA integrity_check')[0]?.integrity_check, 'ok'),
  });
  const all = new Set(await listed(store));
  assert.ok(acknowledged.length >= 2 * rounds.reduce((sum, count) => sum + count, 0));
  assert.equal(
    acknowledged.filter((identity) => !all.has(identity)),
    [],
    'lost',
  );
  const received = (await listed(store, { direction: 'in' })).sort();
  const answers = (await listed(store, { direction: 'out' })).map((one) => one.replace('answer to ', ''));
  assert.equal(answers.sort(), received, 'one answer each');
  const claimed = async (queue: 'work' | 'outgoing'): Promise<number> =>
    (await claim(store, queue, 0, { limit: 1e6 })).length;
  assert.equal(
    [await claimed('work'), await claimed('outgoing')],
    [received.length, received.length],
    'tasks',
  );
  for (const identity of acknowledged.slice(-50)) {
    assert.is((await stored(store, message(identity))).body.length, 5_000, identity);
  }
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Starts a process that commits, and kills it. @returns what it had acknowledged */
async function killedAfter(count: number, path: string, name: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [...(flags.node ?? []), script, path, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
    if (output.split('\n').length > count) child.kill('SIGKILL');
  });
  const signal = await new Promise<string | null>((resolve) => {
    child.on('close', (_code, by) => resolve(by));
  });
  assert.is(signal, 'SIGKILL', `process ${name}`);
  return output.split('\n').slice(0, -1); // a line that was cut off was not acknowledged
}
