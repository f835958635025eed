/**
 * @module What durable storage costs: counts in; messages received a second by store out, and how SQLite does with many old
 * messages and with a long backlog.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { importPrivateKey } from '../../runtime/seal/keys.ts';
import { freshSchema, postgresFolder, startPostgres } from '../support/postgres.ts';
import { inRounds, median, medianRatio } from './figures.ts';
import { connections, offersByRound } from './http.ts';
import { load } from './load.ts';
import type { Place } from './places.ts';
import { bundlePrograms, type Running, start } from './programs.ts';
import { newKeys, startOurs, type Target } from './servers.ts';
import type { Order, Took } from './storing.ts';

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

/** What can be measured, by its name: once a round. */
type Cases = ReadonlyMap<string, (round: number) => Promise<Sample>>;

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
    const tables = [await receiving(folder, options, cleanUps, show)];
    if (options.old === 0) return { tables, backlog: [] };
    tables.push(await aged(folder, options, cleanUps, show));
    return { tables, backlog: await draining(folder, options.old, cleanUps, show) };
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

type CleanUps = (() => Promise<void>)[];

/** All stores that there are here, PostgreSQL where it is installed; and how many nodes share it. */
async function places(
  folder: string,
  cleanUps: CleanUps,
): Promise<readonly (readonly [name: string, place: Place, nodes: number])[]> {
  const programs = postgresFolder();
  const own = [
    ['in memory', { kind: 'memory' }, 1],
    ['SQLite, group commit', { kind: 'sqlite', path: join(folder, 'group') }, 1],
    ['SQLite, a commit per message', { kind: 'single', path: join(folder, 'single') }, 1],
  ] as const;
  if (programs === undefined) return own;
  const { url, remove } = await startPostgres(programs);
  cleanUps.push(remove);
  const shared = (): Place => ({ kind: 'postgres', url, schema: freshSchema() });
  return [...own, ['PostgreSQL, one node', shared(), 1], ['PostgreSQL, 2 nodes', shared(), 2]];
}

/** Receives over HTTP, on 32 connections to all nodes of a store together; every message is one that nobody has seen. */
async function receiving(
  folder: string,
  options: StoreOptions,
  cleanUps: CleanUps,
  show: (what: string) => void,
): Promise<StoreTable> {
  const keys = await newKeys();
  const signer = await importPrivateKey(keys.sender.privateKey, nodeEd25519);
  const offersOf = offersByRound(signer, options.requests);
  const cases = new Map<string, (round: number) => Promise<Sample>>();
  for (const [name, place, count] of await places(folder, cleanUps)) {
    const nodes: Target[] = [];
    for (let i = 0; i < count; i += 1) {
      const node = await startOurs('node', keys, { kind: 'service', ed25519: 'node', place });
      cleanUps.push(node.stop);
      nodes.push(node);
    }
    cases.set(name, async (round) => received(nodes, await offersOf(round)));
  }
  return table('received a second, 32 connections', cases, options, show);
}

async function received(nodes: readonly Target[], offers: readonly Uint8Array[]): Promise<Sample> {
  const used = async (): Promise<number> => {
    const all = await Promise.all(nodes.map((node) => node.usedUs()));
    return all.reduce((sum, one) => sum + one, 0);
  };
  const before = await used();
  const size = Math.ceil(offers.length / nodes.length);
  const seconds = await Promise.all(
    nodes.map(({ url }, i) => load(url, offers.slice(i * size, (i + 1) * size), connections / nodes.length)),
  );
  return {
    perSecond: offers.length / Math.max(...seconds),
    cpuUs: ((await used()) - before) / offers.length,
  };
}

/** Starts a node that does as it is told. */
async function startNode(path: string, cleanUps: CleanUps): Promise<Running> {
  const node = await start('storing', 'node', { kind: 'sqlite', path } satisfies Place);
  cleanUps.push(node.stop);
  return node;
}

async function told({ child, next }: Running, order: Order): Promise<Sample> {
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  const { ms, cpuMs } = (await next()) as Took;
  return { perSecond: (order.count * 1000) / ms, cpuUs: (cpuMs * 1000) / order.count };
}

/** Commits to a store of so many old messages, and to an empty one. */
async function aged(
  folder: string,
  options: StoreOptions,
  cleanUps: CleanUps,
  show: (what: string) => void,
): Promise<StoreTable> {
  const { old, requests: count } = options;
  const empty = await startNode(join(folder, 'empty'), cleanUps);
  const full = await startNode(join(folder, 'full'), cleanUps);
  await inParts(old, (part) => {
    show(`old messages: ${part.done} of ${old}`);
    return told(full, { what: 'fill', count: part.count });
  });
  const cases: Cases = new Map([
    ['an empty store', () => told(empty, { what: 'commit', count })],
    [`a store of ${old} messages`, () => told(full, { what: 'commit', count })],
  ]);
  return table('committed a second, 32 at once', cases, options, show);
}

/** Deliveries while a backlog is drained, by a worker to a partner that takes all at once. */
async function draining(
  folder: string,
  backlog: number,
  cleanUps: CleanUps,
  show: (what: string) => void,
): Promise<readonly BacklogPoint[]> {
  const node = await startNode(join(folder, 'backlog'), cleanUps);
  await inParts(backlog, (part) => {
    show(`backlog: ${part.done} of ${backlog}`);
    return told(node, { what: 'queue', count: part.count });
  });
  return inParts(backlog, async (part) => {
    show(`delivered: ${part.done} of ${backlog}`);
    const { perSecond } = await told(node, { what: 'deliver', count: part.count });
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
  cases: Cases,
  { rounds }: StoreOptions,
  show: (what: string) => void,
): Promise<StoreTable> {
  const began = (round: number, name: string): void => show(`${name}: round ${round} of ${rounds}`);
  const samples = await inRounds(cases, rounds, { warmUps: 3, began });
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
