/**
 * @module What durable storage costs: counts in; messages received a second by store out, and how SQLite does with many old
 * messages and with a long backlog.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshSchema, postgresFolder, startPostgres } from '../support/postgres.ts';
import { inRounds, median, medianRatio } from './figures.ts';
import { bundlePrograms, type Running, start } from './programs.ts';
import type { Order, Place, Took } from './storing.ts';

/** A row of a table of stores. */
export interface StoreRow {
  readonly name: string;
  /** Of all nodes together; median of the rounds. */
  readonly perSecond: number;
  /** Processor time of the nodes for each, in microseconds; the database's own is not counted. */
  readonly cpuUs: number;
  /** To the rate of the first row, round by round. */
  readonly ratio: number;
}

/** Some rows, and what they are of. */
export interface StoreTable {
  readonly title: string;
  readonly rows: readonly StoreRow[];
}

/** What is left of a backlog, and how many are delivered a second then. */
export interface BacklogPoint {
  readonly left: number;
  readonly perSecond: number;
}

/** What `npm run bench -- --store` finds out. */
export interface StoreReport {
  readonly tables: readonly StoreTable[];
  /** Empty where that was not asked for. */
  readonly backlog: readonly BacklogPoint[];
}

/** How much to measure. */
export interface StoreOptions {
  /** Rounds that are counted, after one that is not. */
  readonly rounds: number;
  /** Messages in a round, for each row. */
  readonly requests: number;
  /** So many old messages, and as long a backlog; 0 leaves both out. */
  readonly old: number;
}

/** One sample. */
interface Sample {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** A row that can be measured: the nodes of one store. */
interface Case {
  readonly name: string;
  readonly nodes: readonly Running[];
}

/** The parts that a backlog is drained in. */
const backlogParts = 20;

/** Measures stores. @param show is told what is under way */
export async function measureStores(
  options: StoreOptions,
  show: (what: string) => void,
): Promise<StoreReport> {
  await bundlePrograms();
  const folder = mkdtempSync(join(tmpdir(), 'uftp-bench-store-'));
  const cleanUps: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true })];
  try {
    const cases = await receivers(folder, cleanUps);
    const tables = [await receiving(cases, options, show)];
    if (options.old === 0) return { tables, backlog: [] };
    tables.push(await aged(folder, options, cleanUps, show));
    return { tables, backlog: await draining(folder, options.old, cleanUps, show) };
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

type CleanUps = (() => Promise<void>)[];

async function node(place: Place, cleanUps: CleanUps): Promise<Running> {
  const started = await start('storing', 'node', place);
  cleanUps.push(started.stop);
  return started;
}

/** All stores that there are here; PostgreSQL where it is installed. */
async function receivers(folder: string, cleanUps: CleanUps): Promise<readonly Case[]> {
  const places: [name: string, place: Place, nodes: number][] = [
    ['in memory', { kind: 'memory' }, 1],
    ['SQLite, group commit', { kind: 'sqlite', path: join(folder, 'group') }, 1],
    ['SQLite, a commit per message', { kind: 'single', path: join(folder, 'single') }, 1],
  ];
  const programs = postgresFolder();
  if (programs !== undefined) {
    const server = await startPostgres(programs);
    cleanUps.push(server.remove);
    for (const nodes of [1, 2])
      places.push([
        `PostgreSQL, ${nodes === 1 ? 'one node' : `${nodes} nodes`}`,
        { kind: 'postgres', url: server.url, schema: freshSchema() },
        nodes,
      ]);
  }
  const cases: Case[] = [];
  for (const [name, place, count] of places) {
    const nodes: Running[] = [];
    for (let i = 0; i < count; i += 1) nodes.push(await node(place, cleanUps));
    cases.push({ name, nodes });
  }
  return cases;
}

/** Has nodes do something, all at the same time, so often in all. */
async function told({ nodes }: Case, what: Order['what'], count: number): Promise<Sample> {
  const each = Math.ceil(count / nodes.length);
  const took = await Promise.all(
    nodes.map(async ({ child, next }) => {
      child.stdin?.write(`${JSON.stringify({ what, count: each } satisfies Order)}\n`);
      return (await next()) as Took;
    }),
  );
  const all = each * nodes.length;
  const cpuMs = took.reduce((sum, one) => sum + one.cpuMs, 0);
  return {
    perSecond: (all * 1000) / Math.max(...took.map(({ ms }) => ms)),
    cpuUs: (cpuMs * 1000) / all,
  };
}

async function receiving(
  cases: readonly Case[],
  options: StoreOptions,
  show: (what: string) => void,
): Promise<StoreTable> {
  return table('received a second, 32 at once', cases, options, show, async (one, count) => {
    await told(one, 'seal', count);
    return told(one, 'receive', count);
  });
}

/** Commits to a store of so many old messages, and to an empty one. */
async function aged(
  folder: string,
  options: StoreOptions,
  cleanUps: CleanUps,
  show: (what: string) => void,
): Promise<StoreTable> {
  const open = async (name: string, file: string): Promise<Case> => ({
    name,
    nodes: [await node({ kind: 'sqlite', path: join(folder, file) }, cleanUps)],
  });
  const empty = await open('an empty store', 'empty');
  const full = await open(`a store of ${options.old} messages`, 'full');
  await inParts(options.old, (part) => {
    show(`old messages: ${part.done} of ${options.old}`);
    return told(full, 'fill', part.count);
  });
  return table('committed a second, 32 at once', [empty, full], options, show, (one, count) =>
    told(one, 'commit', count),
  );
}

/** Deliveries while a backlog is drained, by a worker to a partner that takes all at once. */
async function draining(
  folder: string,
  backlog: number,
  cleanUps: CleanUps,
  show: (what: string) => void,
): Promise<readonly BacklogPoint[]> {
  const place: Place = { kind: 'sqlite', path: join(folder, 'backlog') };
  const one: Case = { name: 'backlog', nodes: [await node(place, cleanUps)] };
  await inParts(backlog, (part) => {
    show(`backlog: ${part.done} of ${backlog}`);
    return told(one, 'queue', part.count);
  });
  return inParts(backlog, async (part) => {
    show(`delivered: ${part.done} of ${backlog}`);
    const { perSecond } = await told(one, 'deliver', part.count);
    return { left: backlog - part.done, perSecond };
  });
}

/** Does something in parts, one after another. */
async function inParts<T>(
  count: number,
  each: (part: { readonly count: number; readonly done: number }) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  const size = Math.ceil(count / backlogParts);
  for (let done = 0; done < count; done += size)
    results.push(await each({ count: Math.min(size, count - done), done }));
  return results;
}

/** Measures each case in its turn. */
async function table(
  title: string,
  cases: readonly Case[],
  { rounds, requests }: StoreOptions,
  show: (what: string) => void,
  measure: (one: Case, count: number) => Promise<Sample>,
): Promise<StoreTable> {
  const samples = await inRounds(
    new Map(cases.map((one) => [one.name, () => measure(one, requests)])),
    rounds,
    {
      began: (round, name) => show(`${name}: round ${round} of ${rounds}`),
    },
  );
  const rates = [...samples.values()].map((own) => own.map(({ perSecond }) => perSecond));
  const rows = [...samples].map(([name, own], i) => ({
    name,
    perSecond: median(rates[i] ?? []),
    cpuUs: median(own.map(({ cpuUs }) => cpuUs)),
    ratio: medianRatio(rates[i] ?? [], rates[0] ?? []),
  }));
  return { title, rows };
}

/** The report as text. */
export function storesInWords({ tables, backlog }: StoreReport): string {
  const lines = tables.flatMap(({ title, rows }) => [
    `${title.padEnd(32)} ${'rate'.padStart(9)} ${'to the first'.padStart(13)} ${'CPU'.padStart(10)}`,
    ...rows.map(
      ({ name, perSecond, ratio, cpuUs }) =>
        `  ${name.padEnd(30)} ${perSecond.toFixed(0).padStart(7)}/s ${ratio.toFixed(2).padStart(13)} ${cpuUs.toFixed(0).padStart(7)} µs`,
    ),
  ]);
  if (backlog.length > 0) {
    lines.push('delivered a second, by what is left');
    for (const { left, perSecond } of backlog)
      lines.push(`  ${String(left).padStart(30)} ${perSecond.toFixed(0).padStart(7)}/s`);
  }
  return lines.join('\n');
}
