/** @module The conformance suite over the SQLite of Durable Objects, in workerd. */

import { suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { remoteSuite } from '../remote.ts';
import { bundle } from './bundle.ts';
import { edgeCases } from './cases.ts';
import { startWorker, whyNot } from './start.ts';

const name = 'Durable Object in workerd';
const none = (): never => {
  throw new Error('only the titles are wanted here');
};
const titles = edgeCases(none, none).map(({ title }) => title);

const why = whyNot(await runtimes());
if (why !== undefined) suite(name).skip('the store', why);
else remoteSuite(name, titles, run);

async function run(): Promise<readonly Result[]> {
  const worker = await startWorker((await bundle('cases.worker.ts')).code, { bindings: {} });
  try {
    const results: Result[] = [];
    for (const [number] of titles.entries()) {
      const response = await fetch(new URL(String(number), worker.url));
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}\n${worker.output()}`);
      results.push(...((await response.json()) as Result[]));
    }
    return results;
  } finally {
    await worker.stop();
  }
}
