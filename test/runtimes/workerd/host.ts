/**
 * @module The process in which Miniflare runs workerd: options as JSON in; the worker's URL as the first line out. It
 * ends when its input does. Miniflare needs a newer Node than the tests run on.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/** What a worker is run with. */
export interface HostOptions {
  /** The folder that `miniflare` is installed in. */
  readonly home: string;
  /** Path of the bundle. */
  readonly script: string;
  /** The name of the binding to the class `Participant`. */
  readonly binding: string;
  readonly bindings: Readonly<Record<string, string>>;
  /** Where objects keep their storage; absent: in memory. */
  readonly storage?: string;
}

const options: HostOptions = JSON.parse(process.argv[2] ?? '{}');
const require = createRequire(join(options.home, 'package.json'));
const { Miniflare } = require('miniflare') as {
  Miniflare: new (options: object) => { readonly ready: Promise<URL>; dispose(): Promise<void> };
};
const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync(options.script, 'utf8') }],
  compatibilityDate: '2026-07-01',
  bindings: options.bindings,
  durableObjects: { [options.binding]: { className: 'Participant', useSQLite: true } },
  unsafeTriggerHandlers: true, // serves /cdn-cgi/handler/scheduled
  ...(options.storage !== undefined && { durableObjectsPersist: options.storage }),
});
console.log((await miniflare.ready).href);
process.stdin.resume().once('end', () => {
  void miniflare.dispose().then(() => process.exit(0));
});
