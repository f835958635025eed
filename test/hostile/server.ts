/** @module The process under attack: an AGR behind `serve`, which tells its parent where it listens and what it uses. */

import { agr } from '../../generated/3.1.0/index.ts';
import { addressBook } from '../../runtime/lookup/address-book.ts';
import { createService, serve, sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { memory } from '../../runtime/store/memory/store.ts';

/** What the parent tells at the start. */
export interface Given {
  readonly key: string;
  /** The public key of the DSO. */
  readonly dsoKey: string;
  readonly chunked?: boolean;
  /** A SQLite file to keep messages in. Default: memory. */
  readonly file?: string;
  /** How many requests are worked on at the same time. Default: as usual. */
  readonly requestsMax?: number;
}

/**
 * What the parent may ask for: processor time of all threads in milliseconds; memory in bytes, what is reachable or all
 * that the process has.
 */
export type Question = 'cpuMs' | 'memoryBytes' | 'rssBytes';

const answers: Readonly<Record<Question, () => Promise<number>>> = {
  async cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  async memoryBytes() {
    await collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  async rssBytes() {
    await collect();
    return process.memoryUsage.rss();
  },
};

async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve)); // what was just closed is let go of later
    globalThis.gc?.();
  }
}

const { key, dsoKey, chunked = false, file, requestsMax } = JSON.parse(process.argv[2] ?? '') as Given;
const endpoint = 'https://dso.example/';
const service = await createService(agr, {
  domain: 'agr.example',
  key,
  chunked,
  store: (file === undefined ? memory() : await sqlite(file)) as Store<unknown>,
  ...(requestsMax !== undefined && { requestsMax }),
  lookup: addressBook([{ domain: 'dso.example', role: 'DSO', key: dsoKey, endpoint }]),
  transport: async () => ({ status: 200, header: () => undefined, text: '' }),
  observe: () => {},
  handlers: { processFlexRequest() {} },
});
const { url } = await serve(service, { port: 0 });
process.on('message', async (question: Question) => process.send?.(await answers[question]()));
process.on('disconnect', () => process.exit());
process.send?.(url);
