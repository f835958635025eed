/**
 * @module What durable storage costs: counts in; messages received a second in memory, in SQLite as users have it and in
 * SQLite in this thread with a commit per message out, and how SQLite does with many old messages and with a long backlog.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, protocol } from '../../generated/3.1.0/index.ts';
import { encode } from '../../runtime/codec/message.ts';
import { createService } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { accept, type Message } from '../../runtime/roles.ts';
import {
  claim,
  conversation,
  finish,
  message,
  outgoing,
  us,
  work,
} from '../../runtime/store/conformance/stage.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { openFile, type SqlHost } from '../../runtime/store/sqlite/file.ts';
import { nodeHost, sqlite } from '../../runtime/store/sqlite/node.ts';
import { flexRequest } from '../flow/drafts.ts';
import { begin, openScene, parties } from '../support/participants.ts';

/** Samples by case, one a round: the rounds are interleaved, so a ratio of two cases is taken round by round. */
export type Samples = Readonly<Record<string, readonly number[]>>;

const lanes = 32;

/** Messages received a second through a whole service, 32 at once, by store. */
export function receiving(rounds: number, perRound: number): Promise<Samples> {
  return inFolder(async (folder) => {
    const perMessage = { ...(await nodeHost()), gather: undefined } as unknown as SqlHost;
    const services = {
      'in memory': await receiver(memory()),
      'SQLite, group commit': await receiver(await sqlite(join(folder, 'group'))),
      'SQLite, a commit per message': await receiver(await openFile(join(folder, 'single'), perMessage)),
    };
    return inRounds(rounds, services, (receive) => receive(perRound));
  });
}

/** Commits a second, 32 at once, to a store of so many old messages and to an empty one. */
export function aged(rounds: number, perRound: number, old: number): Promise<Samples> {
  return inFolder(async (folder) => {
    const full = await sqlite(join(folder, 'full'));
    await committing(full, 'old', 'done')(old);
    const stores = {
      'an empty store': committing(await sqlite(join(folder, 'empty')), 'new'),
      [`a store of ${old} messages`]: committing(full, 'new'),
    };
    return inRounds(rounds, stores, (commit) => commit(perRound));
  });
}

/** Deliveries a second while a backlog of so many is drained, as one sample for each of the parts of it. */
export function draining(backlog: number, parts: number): Promise<Samples> {
  return inFolder(async (folder) => {
    const store = await sqlite(join(folder, 'backlog'));
    await committing(store, 'waiting')(backlog);
    const samples: number[] = [];
    for (let part = 0; part < parts; part += 1) {
      samples.push(
        await perSecond(Math.floor(backlog / parts), async (count) => {
          for (let left = count; left > 0; ) {
            const leases = await claim(store, 'outgoing', 1, { limit: Math.min(left, 64) });
            if (leases.length === 0) throw new Error('the backlog ended early');
            await Promise.all(leases.map((lease) => finish(store, lease)));
            left -= leases.length;
          }
        }),
      );
    }
    await store.close();
    return { 'deliveries a second, part by part': samples };
  });
}

/** Makes a function that receives so many fresh messages, 32 at once. @returns how many a second */
async function receiver<Tx>(store: Store<Tx>): Promise<(count: number) => Promise<number>> {
  const scene = openScene();
  const dso = await scene.outsider('DSO');
  const handlers = { preProcessFlexRequest: () => accept() };
  const service = await createService(agr, { ...(await scene.options(agr)), handlers, store });
  return async (count) => {
    const envelopes: Uint8Array[] = [];
    for (let index = 0; index < count; index += 1) envelopes.push(await dso.seal(fresh()));
    return perSecond(count, () =>
      inLanes(envelopes, async (envelope) => {
        const { result } = await service.receive(envelope);
        if (result !== 'accepted') throw new Error(`a message was ${result}`);
      }),
    );
  };
}

let requests = 0;

/** A FlexRequest of 96 ISPs with a MessageID, a conversation and a congestion point that nobody has seen: no history. */
function fresh(): Uint8Array {
  requests += 1;
  const [isp] = flexRequest.isp;
  const draft = {
    $type: 'FlexRequest',
    version: '3.1.0',
    senderDomain: parties.DSO.domain,
    recipientDomain: parties.AGR.domain,
    timeStamp: new Date(begin).toISOString(),
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
    ...flexRequest,
    congestionPoint: `ean.${String(requests).padStart(18, '0')}`,
    isp: Array.from({ length: 96 }, (_, index) => ({ ...isp, start: index + 1, duration: 1 })),
  };
  return encode(draft as unknown as Message, protocol);
}

/** Makes a function that commits what receiving a message commits, so often, 32 at once. @returns how many a second */
function committing(store: Store<never>, prefix: string, state?: 'done'): (count: number) => Promise<number> {
  const body = new Uint8Array(5_000);
  let number = 0;
  return (count) =>
    perSecond(count, () =>
      inLanes(new Array(count).fill(undefined), async () => {
        number += 1;
        const identity = `${prefix} ${number}`;
        const keys = { index: [conversation(identity)], conversationId: identity, at: number };
        const received = message(identity, { body, ...keys });
        const answer = outgoing(
          `answer ${identity}`,
          { orderKey: identity },
          { body: body.subarray(0, 700), ...keys },
        );
        const queued =
          state === 'done'
            ? { outgoing: [] }
            : { outgoing: [answer], work: [work(received, { orderKey: identity })] };
        const { status } = await store.commit({
          read: [{ participant: us, key: conversation(identity), revision: 0 }],
          received,
          ...queued,
        });
        if (status !== 'committed') throw new Error(`a commit was ${status}`);
      }),
    );
}

/** Does something with each, 32 at once. */
async function inLanes<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const rest = all[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const one of rest) await each(one);
    }),
  );
}

async function perSecond(count: number, run: (count: number) => Promise<void>): Promise<number> {
  const began = performance.now();
  await run(count);
  return (count * 1000) / (performance.now() - began);
}

/** Measures each case once a round, after one round that does not count. */
async function inRounds<Case>(
  rounds: number,
  cases: Readonly<Record<string, Case>>,
  measure: (one: Case) => Promise<number>,
): Promise<Samples> {
  const samples: Record<string, number[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, one] of Object.entries(cases)) {
      const sample = await measure(one);
      if (round > 0) samples[name]?.push(sample);
    }
  }
  return samples;
}

async function inFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-bench-store-'));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(samples: readonly number[]): number {
  return [...samples].sort((one, other) => one - other)[samples.length >> 1] ?? Number.NaN;
}

/** One table of stores: rates of the first row are the measure of the others. */
export interface StoreTable {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly perSecond: number; readonly ratio: number }[];
}

/** What `npm run bench -- --store` finds out. */
export interface StoreReport {
  readonly tables: readonly StoreTable[];
  /** Deliveries a second while a backlog is drained, part by part; empty where that was not asked for. */
  readonly drained: readonly number[];
}

/** Measures stores. @param old with a number of old messages, also what takes minutes; else 0 */
export async function measureStores(rounds: number, old: number): Promise<StoreReport> {
  const tables = [tableOf('received a second, 32 at once', await receiving(rounds, 2_000))];
  if (old === 0) return { tables, drained: [] };
  tables.push(tableOf('committed a second, 32 at once', await aged(rounds, 640, old)));
  const [drained = []] = Object.values(await draining(old, 10));
  return { tables, drained };
}

/** Rates are medians, ratios medians of what each round gives. */
function tableOf(title: string, samples: Samples): StoreTable {
  const [first = []] = Object.values(samples);
  const rows = Object.entries(samples).map(([name, each]) => ({
    name,
    perSecond: median(each),
    ratio: median(each.map((sample, round) => sample / (first[round] ?? Number.NaN))),
  }));
  return { title, rows };
}

/** The report as text. */
export function storesInWords({ tables, drained }: StoreReport): string {
  const lines = tables.flatMap(({ title, rows }) => [
    title,
    ...rows.map(
      ({ name, perSecond, ratio }) =>
        `  ${name.padEnd(32)} ${perSecond.toFixed(0).padStart(7)}/s ${ratio.toFixed(2)}`,
    ),
  ]);
  if (drained.length > 0)
    lines.push(`drained a second, part by part: ${drained.map((rate) => rate.toFixed(0)).join(' ')}`);
  return lines.join('\n');
}
