/** @module One run of the crash test: a plan in; a DSO and an AGR trade while they are killed; what the checker says out. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { parties } from '../support/participants.ts';
import { type History, keepsItsWord, totalQueue, type Verdict } from './check.ts';
import { Load } from './load.ts';
import { ParticipantProcess } from './process.ts';
import { seeded, uuid } from './random.ts';
import { type Effect, type Kind, kinds, openStorage, type Place } from './storage.ts';
import type { Settings, Tell } from './words.ts';

/** How long after the last kill everything has to be done. */
export const drainMsMax = 120_000;
const restPollMs = 100;

/** What is to be done. */
export interface Plan {
  readonly store: Place['kind'];
  readonly kills: number;
  readonly messages: number;
  readonly seed: number;
}

/** What came of it. */
export interface Result {
  readonly plan: Plan;
  readonly acknowledged: number;
  readonly verdicts: Readonly<Record<Kind, Verdict>>;
  /** From the last kill and offer until nothing was left to do; undefined where that took longer than {@link drainMsMax}. */
  readonly drainedMs: number | undefined;
  /** Of the whole run. */
  readonly tookMs: number;
  /** Nothing was lost or done twice, and all was done in time. */
  readonly passed: boolean;
}

interface Side {
  readonly place: Place;
  readonly nodes: readonly ParticipantProcess[];
}
type Sides = Readonly<Record<'DSO' | 'AGR', Side>>;

/**
 * Runs it.
 *
 * @param folder for databases and logs; where the run fails they tell why, and `history.json` names the messages
 * @param progress is told how many have been killed
 */
export async function run(
  plan: Plan,
  program: string,
  folder: string,
  progress: (killed: number) => void,
): Promise<Result> {
  const random = seeded(plan.seed);
  const begun = performance.now();
  mkdirSync(folder, { recursive: true });
  const load = new Load(plan.messages, () => uuid(random));
  const idle = new Map<ParticipantProcess, boolean>();
  const hear = (node: ParticipantProcess, words: Tell): void => {
    if (words.tell === 'rest') idle.set(node, words.idle);
    load.hear(node, words);
  };
  const sides = await openSides(program, folder, hear);
  const nodes = [...sides.DSO.nodes, ...sides.AGR.nodes];
  const trade = async (): Promise<number | undefined> => {
    await Promise.all(nodes.map((node) => node.start()));
    await disturb(plan, sides, load, random, progress);
    await load.end();
    return drained(nodes, idle);
  };
  const drainedMs = await Promise.race([trade(), ...nodes.map((node) => node.died)]);
  await Promise.all(nodes.map((node) => node.stop()));
  const histories = historiesOf(load, [
    ...(await effectsOf(sides.DSO.place)),
    ...(await effectsOf(sides.AGR.place)),
  ]);
  writeFileSync(join(folder, 'history.json'), JSON.stringify(histories));
  const verdicts = perKind((kind) => totalQueue(histories[kind]));
  const passed = drainedMs !== undefined && kinds.every((kind) => keepsItsWord(verdicts[kind]));
  const acknowledged = load.acknowledged.length;
  return { plan, acknowledged, verdicts, drainedMs, tookMs: performance.now() - begun, passed };
}

/** Kills sender and receiver in turn, each 20 to 500 ms after the last one was up again, and each with its share of the load. */
async function disturb(
  { kills }: Plan,
  { DSO: sender, AGR: receiver }: Sides,
  load: Load,
  random: () => number,
  progress: (killed: number) => void,
): Promise<void> {
  for (const node of sender.nodes) load.up(node);
  for (let killed = 0; killed < kills; killed++) {
    load.allow((killed + 1) / (kills + 1));
    const side = killed % 2 === 0 ? sender : receiver;
    const victim = side.nodes[Math.floor(random() * side.nodes.length)];
    await pause(20 + Math.floor(random() * 481));
    if (victim === undefined) continue;
    load.down(victim);
    await victim.kill();
    await victim.start();
    if (side === sender) load.up(victim);
    progress(killed + 1);
  }
  load.allow(1);
}

/** Both participants, with fresh keys and free ports; nothing runs yet. */
async function openSides(
  program: string,
  folder: string,
  hear: (node: ParticipantProcess, words: Tell) => void,
): Promise<Sides> {
  const made = async (role: 'DSO' | 'AGR') => ({
    ...{ role, domain: parties[role].domain, keys: await generateKeys(nodeEd25519) },
    ...{
      ports: [await freePort()],
      place: { kind: 'sqlite', path: join(folder, `${role}.sqlite`) } as const,
    },
  });
  const [dso, agr] = [await made('DSO'), await made('AGR')];
  const side = (own: typeof dso, other: typeof dso): Side => ({
    place: own.place,
    nodes: own.ports.map((port) => {
      const partner = {
        role: other.role,
        domain: other.domain,
        key: other.keys.publicKey,
        ports: other.ports,
      };
      const { role, domain, place } = own;
      const settings: Settings = { role, domain, key: own.keys.privateKey, port, place, partner };
      const log = join(folder, `${role}-${port}.log`);
      const node: ParticipantProcess = new ParticipantProcess(program, settings, log, (words) =>
        hear(node, words),
      );
      return node;
    }),
  });
  return { DSO: side(dso, agr), AGR: side(agr, dso) };
}

/** Waits until nobody has anything to do. @returns how long that took */
async function drained(
  nodes: readonly ParticipantProcess[],
  idle: Map<ParticipantProcess, boolean>,
): Promise<number | undefined> {
  const begun = performance.now();
  // What one hands over while the others are asked is found in the second round.
  for (let rounds = 0; rounds < 2; ) {
    for (const node of nodes) {
      idle.delete(node);
      node.ask({ ask: 'rest' });
      while (!idle.has(node)) await pause(1);
    }
    rounds = [...idle.values()].every((one) => one) ? rounds + 1 : 0;
    if (performance.now() - begun > drainMsMax) return undefined;
    if (rounds === 0) await pause(restPollMs);
  }
  return performance.now() - begun;
}

async function effectsOf(place: Place): Promise<readonly Effect[]> {
  const storage = await openStorage(place);
  try {
    return await storage.read();
  } finally {
    await storage.store.close();
  }
}

/** What the AGR took must have been answered, and offered for, once each. */
function historiesOf(load: Load, effects: readonly Effect[]): Readonly<Record<Kind, History>> {
  const { offered } = load;
  const taken = perKind((kind) => effects.filter((one) => one.kind === kind).map(({ request }) => request));
  return perKind((kind) => ({
    offered,
    acknowledged: kind === 'FlexRequest' ? load.acknowledged : taken.FlexRequest,
    taken: taken[kind],
  }));
}

function perKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/**
 * A port that is free. None of those that systems give to outgoing connections: one of these could take it while its
 * process is down, or a connection to it could be answered by itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return port;
  }
}
