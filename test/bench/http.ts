/** @module Servers under load: rows in; requests per second, and processor time for each request, out. */

import type { Signer } from '../../runtime/ports/signer.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { importPrivateKey } from '../../runtime/seal/keys.ts';
import { inRounds, median, medianRatio } from './figures.ts';
import { load } from './load.ts';
import { freshOffers } from './messages.ts';
import type { HttpRow } from './report.ts';
import { newKeys, type Row, type Target } from './servers.ts';

/** Connections that are kept alive, each with one request under way. */
export const connections = 32;

interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuUs: number;
}

/**
 * Measures servers, each in a process of its own, in rounds. All rows of a round get the same messages, which nobody has
 * seen before.
 *
 * @param began is told what comes next
 */
export async function measureHttp(
  rows: readonly Row[],
  options: { readonly rounds: number; readonly warmUps: number; readonly requests: number },
  began: (round: number, name: string) => void,
): Promise<readonly HttpRow[]> {
  const keys = await newKeys();
  const signer = await importPrivateKey(keys.sender.privateKey, nodeEd25519);
  const name = (i: string): string => `${rows[Number(i)]?.runtime}, ${rows[Number(i)]?.name}`;
  const targets: Target[] = [];
  try {
    for (const row of rows) targets.push(await row.start(keys));
    const offersOf = offersByRound(signer, options.requests);
    const cases = new Map(
      targets.map((target, i) => [
        String(i),
        async (round: number): Promise<Sample> => {
          const offers = await offersOf(round);
          const count = Math.max(1, Math.round(offers.length / (rows[i]?.slower ?? 1)));
          return sample(target, offers.slice(0, count)).catch((cause: unknown) => {
            throw new Error(`${name(String(i))}: ${cause instanceof Error ? cause.message : cause}`, {
              cause,
            });
          });
        },
      ]),
    );
    const samples = await inRounds(cases, options.rounds, {
      warmUps: options.warmUps,
      began: (round, i) => began(round, name(i)),
    });
    const summaries = rows.map((row, i) =>
      summary(row, samples.get(String(i)) ?? [], baselineOf(row, rows, samples)),
    );
    const peer = summaries.find(({ runtime }) => runtime === 'python');
    if (peer === undefined) return summaries;
    return summaries.map((row) => ({ ...row, peerRatio: peer.cpuUs / row.cpuUs }));
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

/** Sealed offers that nobody has seen before: the same for all rows of a round, others in the next one. */
export function offersByRound(
  signer: Signer,
  count: number,
): (round: number) => Promise<readonly Uint8Array[]> {
  let batch: { readonly round: number; readonly offers: readonly Uint8Array[] } | undefined;
  return async (round) => {
    if (batch?.round !== round) batch = { round, offers: await freshOffers(signer, count) };
    return batch.offers;
  };
}

async function sample(target: Target, bodies: readonly Uint8Array[]): Promise<Sample> {
  const before = await target.usedUs();
  const seconds = await load(target.url, bodies, connections);
  await target.settled(bodies.length);
  const used = (await target.usedUs()) - before;
  return { requestsPerSecond: bodies.length / seconds, cpuUs: used / bodies.length };
}

/** The samples of the baseline of the same runtime, or of the first that is there. */
function baselineOf(
  row: Row,
  rows: readonly Row[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): readonly Sample[] {
  const own = rows.findIndex((one) => one.isBaseline === true && one.runtime === row.runtime);
  const first = rows.findIndex((one) => one.isBaseline === true);
  return samples.get(String(own < 0 ? first : own)) ?? [];
}

function summary({ name, runtime }: Row, samples: readonly Sample[], baseline: readonly Sample[]): HttpRow {
  const cpu = samples.map(({ cpuUs }) => cpuUs);
  return {
    name,
    runtime,
    requestsPerSecond: median(samples.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuUs: median(cpu),
    toBaseline: medianRatio(
      cpu,
      baseline.map(({ cpuUs }) => cpuUs),
    ),
  };
}
