/** @module The process under attack: an AGR behind `serve`, which tells its parent where it listens and what it uses. */

import { agr } from '../../generated/3.1.0/index.ts';
import { addressBook } from '../../runtime/lookup/address-book.ts';
import { createService, serve } from '../../runtime/node.ts';
import { memory } from '../../runtime/store/memory/store.ts';

/** What the parent tells at the start. */
export interface Given {
  readonly key: string;
  /** The public key of the DSO. */
  readonly dsoKey: string;
  readonly chunked: boolean;
}

/** What the parent may ask for: processor time of all threads in milliseconds, or reachable memory in bytes. */
export type Question = 'cpuMs' | 'memoryBytes';

const answers: Readonly<Record<Question, () => Promise<number>>> = {
  async cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  async memoryBytes() {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setImmediate(resolve)); // what was just closed is let go of later
      globalThis.gc?.();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
};

const { key, dsoKey, chunked } = JSON.parse(process.argv[2] ?? '') as Given;
const endpoint = 'https://dso.example/';
const service = await createService(agr, {
  domain: 'agr.example',
  key,
  chunked,
  store: memory(),
  lookup: addressBook([{ domain: 'dso.example', role: 'DSO', key: dsoKey, endpoint }]),
  transport: async () => ({ status: 200, header: () => undefined, text: '' }),
  observe: () => {},
  handlers: { processFlexRequest() {} },
});
const { url } = await serve(service, { port: 0 });
process.on('message', async (question: Question) => process.send?.(await answers[question]()));
process.on('disconnect', () => process.exit());
process.send?.(url);
