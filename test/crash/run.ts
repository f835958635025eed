/** @module One run of the crash test: a plan in; a DSO and an AGR trade while they are killed; what the checker says out. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from '../support/postgres.ts';
import { type History, keepsItsWord, totalQueue, type Verdict } from './check.ts';
import { Load } from './load.ts';
import { endAll, type ParticipantProcess } from './process.ts';
import { seeded, uuid } from './random.ts';
import { Rest } from './rest.ts';
import { openSides, type SideName, type Sides } from './sides.ts';
import { type Effect, effectsOf, type Place, prepare } from './storage.ts';
import type { Tell } from './words.ts';

/** How long after the last kill everything has to be done. */
const drainMsMax = 120_000;

/** What is counted, each as a queue: FlexRequests at the AGR; the responses to them, and the FlexOffers for them, at the DSO. */
export const kinds = ['FlexRequest', 'FlexRequestResponse', 'FlexOffer'] as const;
/** See {@link kinds}. */
export type Kind = (typeof kinds)[number];

/** What is to be done. */
export interface Plan {
  readonly store: Place['kind'];
  readonly kills: number;
  readonly messages: number;
  readonly seed: number;
}

/** With what it is done. */
export interface Means {
  /** The participant's, bundled. */
  readonly program: string;
  /** For databases and logs; where the run fails they tell why, and `history.json` names the messages. */
  readonly folder: string;
  /** Where the plan's store is PostgreSQL: both participants keep their messages in it, and it is killed, too. */
  readonly database?: PostgresServer;
  /** Is told how many have been killed. */
  progress(killed: number): void;
}

/** What came of it. */
export interface Result {
  readonly plan: Plan;
  readonly acknowledged: number;
  readonly verdicts: Readonly<Record<Kind, Verdict>>;
  /** From the last kill and offer until nothing was left to do; undefined where that took longer than 120 s. */
  readonly drainedMs: number | undefined;
  /** Of the whole run. */
  readonly tookMs: number;
  /** Nothing was lost or done twice, and all was done in time. */
  readonly passed: boolean;
}

/** Runs it. @throws {Error} where a process ends by itself */
export async function run(plan: Plan, means: Means): Promise<Result> {
  const random = seeded(plan.seed);
  const begun = performance.now();
  mkdirSync(means.folder, { recursive: true });
  const load = new Load(plan.messages, () => uuid(random));
  const rest = new Rest();
  const hear = (node: ParticipantProcess, words: Tell): void => {
    rest.hear(node, words);
    load.hear(node, words);
  };
  const places = { DSO: placeOf(plan, means, 'DSO'), AGR: placeOf(plan, means, 'AGR') };
  await Promise.all(Object.values(places).map(prepare));
  const sides = await openSides(places, means.program, means.folder, hear);
  const nodes = [...sides.DSO.nodes, ...sides.AGR.nodes];
  const over = new AbortController();
  const trade = async (): Promise<number | undefined> => {
    await Promise.all(nodes.map((node) => node.start()));
    const offered = new AbortController();
    const signal = AbortSignal.any([offered.signal, over.signal]);
    const watching = rest.watch(nodes, (isBehind) => load.hold(isBehind), signal);
    await disturb(plan, means, sides, load, random, over.signal);
    // A process that never answers must not hold up the verdict: what it was asked counts as not acknowledged.
    const late = pause(drainMsMax, undefined, { signal: over.signal });
    await Promise.race([load.end(), late]);
    offered.abort();
    await watching;
    return rest.drained(nodes, drainMsMax, over.signal);
  };
  const died = nodes.map((node) => node.died);
  const drainedMs = await Promise.race([trade(), ...died]).finally(() => over.abort());
  if (drainedMs === undefined) endAll();
  else await Promise.all(nodes.map((node) => node.stop()));
  const histories = historiesOf(load, [...(await effectsOf(places.DSO)), ...(await effectsOf(places.AGR))]);
  writeFileSync(join(means.folder, 'history.json'), JSON.stringify(histories));
  const verdicts = perKind((kind) => totalQueue(histories[kind]));
  const passed = drainedMs !== undefined && kinds.every((kind) => keepsItsWord(verdicts[kind]));
  const acknowledged = load.acknowledged.length;
  return { plan, acknowledged, verdicts, drainedMs, tookMs: performance.now() - begun, passed };
}

function placeOf({ store, seed }: Plan, { folder, database }: Means, side: SideName): Place {
  if (store === 'sqlite') return { kind: 'sqlite', path: join(folder, `${side}.sqlite`) };
  if (database === undefined) throw new TypeError('there is no PostgreSQL');
  return { kind: 'postgres', url: database.url, schema: `${side.toLowerCase()}_${seed}` };
}

/**
 * Kills one after another: each 20 to 500 ms after the last one is up again and its share of the load has been offered,
 * while more of it is.
 */
async function disturb(
  { kills }: Plan,
  { database, progress }: Means,
  { DSO: sender, AGR: receiver }: Sides,
  load: Load,
  random: () => number,
  over: AbortSignal,
): Promise<void> {
  const anyOf = (nodes: readonly ParticipantProcess[]) => async (): Promise<void> => {
    const victim = nodes[Math.floor(random() * nodes.length)];
    if (victim === undefined) return;
    load.down(victim);
    await victim.kill();
    over.throwIfAborted();
    await victim.start();
    if (sender.nodes.includes(victim)) load.up(victim);
  };
  const ofDatabase = async (): Promise<void> => {
    await database?.halt();
    over.throwIfAborted();
    await database?.start();
  };
  const turns = [anyOf(sender.nodes), anyOf(receiver.nodes), ...(database === undefined ? [] : [ofDatabase])];
  for (const node of sender.nodes) load.up(node);
  for (let killed = 0; killed < kills; killed++) {
    load.allow((killed + 1) / (kills + 1));
    await load.reached(killed / (kills + 1));
    await pause(20 + Math.floor(random() * 481), undefined, { signal: over });
    await turns[killed % turns.length]?.();
    progress(killed + 1);
  }
}

/** What the AGR took must have been answered, and offered for, once each. */
function historiesOf(load: Load, effects: readonly Effect[]): Readonly<Record<Kind, History>> {
  const { offered } = load;
  const taken = perKind((kind) => effects.filter((one) => one.kind === kind).map(({ id }) => id));
  return perKind((kind) => ({
    offered,
    acknowledged: kind === 'FlexRequest' ? load.acknowledged : taken.FlexRequest,
    taken: taken[kind],
  }));
}

function perKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}
