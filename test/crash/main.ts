/** @module `npm run crash`: runs the crash test for each store and seed; a table, and the count of the runs, come out. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, UsageError } from '../../runtime/cli/command.ts';
import { type PostgresServer, postgresFolder, startPostgres } from '../support/postgres.ts';
import { endAll } from './process.ts';
import { makeProgram, programFile } from './program.ts';
import { header, rows } from './report.ts';
import { type Means, type Plan, type Result, run } from './run.ts';

const help = `npm run crash -- [OPTIONS]

A DSO sends FlexRequests to an AGR, each in a process of its own, while one after another is killed by SIGKILL and
started again; with PostgreSQL each is two processes, and the database is killed in its turn, too. At the end nothing
that was acknowledged may be lost, and no handler may have taken effect twice.

  --kills N      how often something is killed (default 40)
  --messages N   how many FlexRequests are sent (default 4000)
  --seeds N      runs with each store, each with other moments of the kills (default 2)
  --seed N       the first seed (default 1)
  --store NAME   sqlite or postgres (default both)
  --help

Exit codes: 0 all runs passed; 1 one did not: what it leaves behind is in the folder that is named; 2 wrong words.`;

/** Reads the command line. @throws {UsageError} */
function readPlans(): readonly Plan[] | undefined {
  const text = { type: 'string' } as const;
  const numbers = { kills: text, messages: text, seeds: text, seed: text };
  const options = { ...numbers, store: text, help: { type: 'boolean' } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options);
  if (values.help === true) return undefined;
  if (positionals.length > 0) throw new UsageError(`${positionals[0]} is not understood`);
  const kills = whole('--kills', values.kills ?? '40', 0);
  const messages = whole('--messages', values.messages ?? '4000', 1);
  const seeds = whole('--seeds', values.seeds ?? '2', 1);
  const first = whole('--seed', values.seed ?? '1', 0);
  const all = ['sqlite', 'postgres'] as const;
  const stores = all.filter((one) => values.store === undefined || values.store === one);
  if (stores.length === 0) throw new UsageError(`--store: expected ${all.join(' or ')}, got ${values.store}`);
  return stores.flatMap((store) =>
    Array.from({ length: seeds }, (_, i) => ({ store, kills, messages, seed: first + i })),
  );
}

function whole(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < min)
    throw new UsageError(`${name}: expected a whole number of at least ${min}, got ${text}`);
  return value;
}

/** Runs one plan. What it leaves behind is kept where it fails. */
async function attempt(plan: Plan, means: Omit<Means, 'progress'>): Promise<Result | undefined> {
  const name = `${plan.store}, seed ${plan.seed}`;
  const progress = (killed: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${killed} kills \x1b[K`);
  };
  try {
    const result = await run(plan, { ...means, progress });
    if (result.passed) rmSync(means.folder, { recursive: true });
    else console.error(`${name}: failed; see ${means.folder}`);
    return result;
  } catch (error) {
    endAll();
    console.error(`${name}: ended early; see ${means.folder}:`, error);
    return undefined;
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

/** What was started or made and has to go at the end, however that comes. */
class Things {
  readonly evidence: string = mkdtempSync(join(tmpdir(), 'uftp-crash-'));
  programs: string | undefined;
  database: PostgresServer | undefined;
  isRemoved = false;

  /** @param keeps true: what failed runs have left behind stays */
  async remove(keeps: boolean): Promise<void> {
    this.isRemoved = true;
    endAll();
    await this.database?.remove();
    if (this.programs !== undefined) rmSync(this.programs, { recursive: true, force: true });
    if (!keeps) rmSync(this.evidence, { recursive: true, force: true });
  }
}

async function runAll(plans: readonly Plan[], things: Things): Promise<number> {
  things.programs = await makeProgram();
  const program = join(things.programs, programFile);
  const postgres = postgresFolder();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  console.log(header);
  for (const plan of plans) {
    const folder = join(things.evidence, `${plan.store}-${plan.seed}`);
    if (plan.store === 'postgres' && postgres === undefined) {
      console.log(`skipped: postgres, seed ${plan.seed} (PostgreSQL is not installed)`);
      counts.skipped += 1;
      continue;
    }
    if (plan.store === 'postgres' && postgres !== undefined) things.database = await startPostgres(postgres);
    const { database } = things;
    const result = await attempt(plan, { program, folder, ...(database === undefined ? {} : { database }) });
    if (things.isRemoved) break; // it was interrupted
    await database?.remove();
    things.database = undefined;
    for (const row of result === undefined ? [] : rows(result)) console.log(row);
    counts[result?.passed === true ? 'passed' : 'failed'] += 1;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed;
}

async function main(): Promise<number> {
  const plans = readPlans();
  if (plans === undefined) {
    console.log(help);
    return 0;
  }
  const things = new Things();
  const interrupted = (): void => {
    void things.remove(false).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  let failed = 1;
  try {
    failed = await runAll(plans, things);
  } finally {
    await things.remove(failed > 0);
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}; --help tells more`);
  process.exitCode = 2;
}
