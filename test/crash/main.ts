/** @module `npm run crash`: runs the crash test for each store and seed; a table, and the count of the runs, come out. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, UsageError } from '../../runtime/cli/command.ts';
import { endAll } from './process.ts';
import { makeProgram } from './program.ts';
import { header, rows } from './report.ts';
import { type Plan, type Result, run } from './run.ts';

const help = `npm run crash -- [OPTIONS]

A DSO sends FlexRequests to an AGR, each in a process of its own, while one after another is killed by SIGKILL and
started again. At the end nothing that was acknowledged may be lost, and no handler may have taken effect twice.

  --kills N      how often a process is killed (default 40)
  --messages N   how many FlexRequests are sent (default 4000)
  --seeds N      runs, each with other moments of the kills (default 2)
  --seed N       the first seed (default 1)
  --help

Exit codes: 0 all runs passed; 1 one did not: what it leaves behind is in the folder that is named; 2 wrong words.`;

/** Reads the command line. @throws {UsageError} */
function readPlans(): readonly Plan[] | undefined {
  const text = { type: 'string' } as const;
  const options = {
    kills: text,
    messages: text,
    seeds: text,
    seed: text,
    help: { type: 'boolean' },
  } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options);
  if (values.help === true) return undefined;
  if (positionals.length > 0) throw new UsageError(`${positionals[0]} is not understood`);
  const kills = whole('--kills', values.kills ?? '40', 0);
  const messages = whole('--messages', values.messages ?? '4000', 1);
  const seeds = whole('--seeds', values.seeds ?? '2', 1);
  const first = whole('--seed', values.seed ?? '1', 0);
  return Array.from({ length: seeds }, (_, i) => ({ store: 'sqlite', kills, messages, seed: first + i }));
}

function whole(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min)
    throw new UsageError(`${name}: expected a whole number of at least ${min}, got ${text}`);
  return value;
}

/** Runs one plan. What it leaves behind is kept where it fails. */
async function attempt(plan: Plan, program: string, evidence: string): Promise<Result | undefined> {
  const folder = join(evidence, `${plan.store}-${plan.seed}`);
  const show = (killed: number): void => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${plan.store}, seed ${plan.seed}: ${killed} kills \x1b[K`);
  };
  try {
    const result = await run(plan, program, folder, show);
    if (result.passed) rmSync(folder, { recursive: true });
    else console.error(`${plan.store}, seed ${plan.seed}: failed; see ${folder}`);
    return result;
  } catch (error) {
    endAll();
    console.error(`${plan.store}, seed ${plan.seed}: ended early; see ${folder}:`, error);
    return undefined;
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

async function main(): Promise<number> {
  const plans = readPlans();
  if (plans === undefined) {
    console.log(help);
    return 0;
  }
  const program = await makeProgram();
  const evidence = mkdtempSync(join(tmpdir(), 'uftp-crash-'));
  const interrupted = (): void => {
    endAll();
    for (const path of [program, evidence]) rmSync(path, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const results: (Result | undefined)[] = [];
  console.log(header);
  for (const plan of plans) {
    const result = await attempt(plan, program, evidence);
    results.push(result);
    for (const row of result === undefined ? [] : rows(result)) console.log(row);
  }
  rmSync(program);
  const passed = results.filter((one) => one?.passed === true).length;
  if (passed === results.length) rmSync(evidence, { recursive: true });
  console.log(`${passed} passed, ${results.length - passed} failed, 0 skipped`);
  return passed === results.length ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}; --help tells more`);
  process.exitCode = 2;
}
