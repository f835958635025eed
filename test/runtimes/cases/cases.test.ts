/** @module The same cases on Node 20, 22 and 24, Bun, Deno and workerd, with the same results. */

import { suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { flags, remoteSuite, runScript } from '../remote.ts';
import { bundle } from '../workerd/bundle.ts';
import { startWorker, whyNot } from '../workerd/start.ts';
import { allCases, type Report } from './all.ts';
import { readSpeccheck } from './vectors.ts';

const programs = await runtimes();
const { node22, node24, bun, deno } = programs;
const vectors = readSpeccheck();
const titles = allCases(vectors).map(({ title }) => title);

for (const [name, program, how] of [
  [`Node ${process.versions.node}, which runs the tests`, process.execPath, flags.node],
  ['Node 22', node22, flags.node],
  ['Node 24', node24, flags.node],
  ['Bun', bun, flags.bun],
  ['Deno', deno, flags.deno],
] as const) {
  const why = program === undefined ? 'npm has none for this machine' : undefined;
  declare(name, why, () => runScript(program ?? '', how, 'test/runtimes/cases/run.ts'));
}
declare('workerd', whyNot(programs), playInWorkerd);

/** Declares the tests of a runtime, or leaves them out visibly. */
function declare(runtime: string, why: string | undefined, playThere: () => Promise<Report>): void {
  const name = `cases: ${runtime}`;
  if (why !== undefined) {
    suite(name).skip('all', why);
    return;
  }
  if (vectors === undefined) suite(name).skip("speccheck gets libsodium's verdicts", '../shared is absent');
  remoteSuite(name, titles, async (): Promise<readonly Result[]> => {
    const { backend, results } = await playThere();
    console.log(`portableEd25519() is ${backend}`);
    return results;
  });
}

async function playInWorkerd(): Promise<Report> {
  const { code, imports } = await bundle('../cases/cases.worker.ts');
  if (imports.length > 0) throw new Error(`the bundle still imports ${imports.join(', ')}`);
  const bindings: Record<string, string> = vectors === undefined ? {} : { VECTORS: JSON.stringify(vectors) };
  const worker = await startWorker(code, { bindings });
  try {
    const response = await fetch(worker.url);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}\n${worker.output()}`);
    return (await response.json()) as Report;
  } finally {
    await worker.stop();
  }
}
