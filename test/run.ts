/**
 * @module Runs the tests: `npm test` all but what is on demand, `npm test -- FOLDER…` those of the folders named.
 * The last line of the output is the count.
 */

import './support/threads.ts';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Suites that need more than `npm ci`; they run only when named. */
const onDemand = ['interop', 'package', 'runtimes'];

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);

const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
  .filter((file) =>
    wanted.length > 0
      ? wanted.some((part) => file.includes(part))
      : !onDemand.some((folder) => file.startsWith(`${folder}/`)),
  )
  .sort();

if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}

// uvu takes its suites from this queue when it does not start by itself; it must know before it is first imported.
const queue: unknown[][] = [];
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: queue });
const { exec } = await import('uvu');
const { counts } = await import('./support/suite.ts');
for (const file of files) {
  Object.assign(globalThis, { UVU_INDEX: queue.length });
  queue.push([relative(process.cwd(), join(here, file))]);
  await import(pathToFileURL(join(here, file)).href);
  await new Promise((resolve) => setImmediate(resolve)); // lets the suites of this file register
}
await exec();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || process.exitCode ? 1 : 0);
