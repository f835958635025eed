/** @module `npm run bench`: measures what a message costs, prints tables, and writes a report and plots. */

import '../support/threads.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.ts';
import { help, type Options, readOptions } from './options.ts';
import { ispsPlot, requestsPlot } from './plot.ts';
import { tables } from './print.ts';
import { measureStores, storesInWords } from './store.ts';

/** Shows what is under way, on one line of a terminal. */
function show(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

async function run(options: Options): Promise<void> {
  mkdirSync(options.out, { recursive: true }); // first: it may fail
  return options.store ? runStores(options) : runMessages(options);
}

async function runStores({ rounds, old, out }: Options): Promise<void> {
  show('stores');
  const report = await measureStores(rounds, old);
  show('');
  console.log(storesInWords(report));
  write(out, { 'stores.json': `${JSON.stringify(report, undefined, 2)}\n` });
}

async function runMessages({ rounds, requests, out, runtimes, peer }: Options): Promise<void> {
  const report = await measure(
    {
      ...{ rounds, requests, peer },
      runtimes: runtimes ? ['node', 'bun', 'deno'] : ['node'],
      warmUps: 3,
      sampleMs: 20,
      isps: [1, 10, 100, 1000, 10_000, 100_000],
    },
    show,
  );
  show('');
  console.log(tables(report));
  write(out, {
    'report.json': `${JSON.stringify(report, undefined, 2)}\n`,
    'requests.svg': requestsPlot(report.http),
    'isps.svg': ispsPlot(report.isps),
  });
}

function write(out: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(out, name), content);
    console.log(`written: ${join(out, name)}`);
  }
}

/** @returns the exit code: 0 for done, 1 for what could not be measured, 2 for wrong words */
async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`bench: ${messageOf(error)}; see --help`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(help);
    return 0;
  }
  try {
    await run(options);
    return 0;
  } catch (error) {
    show('');
    console.error(`bench: ${messageOf(error)}`);
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exit(await main(process.argv.slice(2)));
