/** @module The whole bench: options in, a report out. */

import { cpus } from 'node:os';
import { measureHttp } from './http.ts';
import type { InProcessOptions, InProcessRows } from './in-process.ts';
import { peerRow } from './peer.ts';
import { bundlePrograms, type Runtime, start } from './programs.ts';
import type { Report } from './report.ts';
import { rowsOf } from './servers.ts';

/** What to measure, and for how long. */
export interface Plan extends InProcessOptions {
  /** Rounds of requests that come first and are not counted. */
  readonly warmUps: number;
  /** Requests to each server in a round. */
  readonly requests: number;
  readonly runtimes: readonly Runtime[];
  /** True: the service of the Python library, too. */
  readonly peer: boolean;
}

/** Measures, one thing at a time. @param began is told what comes next */
export async function measure(plan: Plan, began: (what: string) => void): Promise<Report> {
  const { rounds, requests, runtimes } = plan;
  began('bundling');
  await bundlePrograms();
  const rows = [...runtimes.flatMap(rowsOf), ...(plan.peer ? [peerRow] : [])];
  const http = await measureHttp(rows, plan, (round, name) => began(`round ${round} of ${rounds}: ${name}`));
  const inProcess: (readonly [Runtime, InProcessRows])[] = [];
  for (const runtime of runtimes) {
    began(`within one process of ${runtime}`);
    // What an ISP costs is asked of the first only.
    const isps = runtime === runtimes[0] ? plan.isps : [];
    inProcess.push([runtime, await rowsWithin(runtime, { ...plan, isps })]);
  }
  const [cpu] = cpus();
  return {
    format: 1,
    machine: {
      cpu: cpu?.model.trim() ?? 'unknown',
      cores: cpus().length,
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
    },
    rounds,
    requests,
    http,
    stages: inProcess.flatMap(([runtime, { stages }]) => stages.map((row) => ({ runtime, ...row }))),
    signatures: inProcess.flatMap(([runtime, { signatures }]) =>
      signatures.map((row) => ({ runtime, ...row })),
    ),
    isps: inProcess.flatMap(([, { isps }]) => isps),
  };
}

async function rowsWithin(
  runtime: Runtime,
  { rounds, sampleMs, isps }: InProcessOptions,
): Promise<InProcessRows> {
  const program = await start('in-process', runtime, { rounds, sampleMs, isps } satisfies InProcessOptions);
  try {
    return (await program.next()) as InProcessRows;
  } finally {
    await program.stop();
  }
}
