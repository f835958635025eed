/** @module The servers of the Node, Bun and Deno entries: where they listen, and how they stop. */

import { serve as serveByBun } from '../../../runtime/bun.ts';
import { serve as serveByDeno } from '../../../runtime/deno.ts';
import type { Servable } from '../../../runtime/host.ts';
import { stopServer } from '../../../runtime/server.ts';
import { assert, suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { flags, remoteSuite, runScript } from '../remote.ts';
import { serveCases } from './cases.ts';

const { node22, node24, bun, deno } = await runtimes();
const titlesOf = (runtime: 'Node' | 'Bun' | 'Deno'): readonly string[] =>
  serveCases(() => Promise.reject(new Error('only the titles are wanted')), runtime).map(
    ({ title }) => title,
  );

for (const [name, program, runtime] of [
  ['this Node', process.execPath, 'Node'],
  ['Node 22', node22, 'Node'],
  ['Node 24', node24, 'Node'],
  ['Bun', bun, 'Bun'],
  ['Deno', deno, 'Deno'],
] as const) {
  const how = flags[({ Node: 'node', Bun: 'bun', Deno: 'deno' } as const)[runtime]];
  if (program === undefined) suite(`serve: ${name}`).skip('all', 'npm has none for this machine');
  else
    remoteSuite(`serve: ${name}`, titlesOf(runtime), () =>
      runScript<Result[]>(program, how, 'test/runtimes/serve/run.ts'),
    );
}

const test = suite('serve: elsewhere');

test('the servers of Bun and Deno say where they do not serve', async () => {
  for (const [serve, text] of [
    [serveByBun, /serves on Bun only/],
    [serveByDeno, /serves on Deno only/],
  ] as const) {
    const error = await serve({} as Servable).catch((thrown: unknown) => thrown);
    assert.instance(error, TypeError);
    assert.match(String(error), text);
  }
});

test('a connection that stalls is cut 1 s after the service has stopped, however long that takes', async () => {
  const { setTimeout: real } = globalThis;
  const pauses: number[] = [];
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    pauses.push(ms);
    return real(run, 0);
  }) as typeof setTimeout;
  let cut = (): void => {};
  const ended = new Promise<void>((resolve) => {
    cut = resolve;
  });
  try {
    const stop = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(pauses, []);
    };
    await stopServer({ stop } as Servable, ended, () => cut());
  } finally {
    globalThis.setTimeout = real;
  }
  assert.equal(pauses, [1_000]);
});
