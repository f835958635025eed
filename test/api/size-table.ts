/** @module The bundles whose size is watched go in; their sizes, and the table of them in the README, come out. */

import { type Size, sizeOf } from './size.ts';

/** A bundle whose size is watched. */
export interface Bundle {
  /** What stands in the README. */
  readonly title: string;
  /** The text of a module that imports what is in it. */
  readonly code: string;
  /** Conditions under which the package is bundled. */
  readonly conditions?: readonly string[];
  /** Only what it has beyond the bundle of this title counts. */
  readonly beyond?: string;
  /** Bytes, gzipped, that it must not pass. */
  readonly gzippedMax: number;
}

const core = `export { createService } from 'shapeshifter-uftp';`;
const agr = `${core} export { agr } from 'shapeshifter-uftp/v3.1';`;
const withHono = '`createService` with hono';
const withAgr = 'the same with the role AGR of 3.1';
const workerConditions = ['workerd', 'worker', 'browser'];

/** What is watched, in the order of the README. */
export const bundles: readonly Bundle[] = [
  { title: withHono, code: core, gzippedMax: 30_000 },
  {
    title: 'on demand, when the worker starts or drains, or something is sent: handlers and deliveries',
    code: `${core} export * from './runtime/flow/queues.ts';`,
    beyond: withHono,
    gzippedMax: 8_000,
  },
  {
    title: 'on demand, where several versions are understood: conversion',
    code: `${core} export * from './runtime/codec/convert.ts';`,
    beyond: withHono,
    gzippedMax: 1_500,
  },
  { title: withAgr, code: agr, gzippedMax: 38_000 },
  {
    title: 'each further version: 3.0',
    code: `${agr} export { protocol } from 'shapeshifter-uftp/v3.0';`,
    beyond: withAgr,
    gzippedMax: 6_000,
  },
  {
    title: 'each further version: next',
    code: `${agr} export { protocol } from 'shapeshifter-uftp/next';`,
    beyond: withAgr,
    gzippedMax: 6_000,
  },
  {
    title: 'a worker: an AGR of 3.1 and 3.0 with the store of a Durable Object',
    code: `export { createService, worker } from 'shapeshifter-uftp/worker'; export { agr } from 'shapeshifter-uftp/v3.1';`,
    conditions: workerConditions,
    gzippedMax: 48_000,
  },
  {
    title: 'on demand, where WebCrypto lacks Ed25519: noble',
    code: `export { nobleEd25519 } from './runtime/seal/ed25519-noble.ts';`,
    gzippedMax: 4_500,
  },
  {
    title: 'the codec alone: `readMessage` and `encode` for 3.1',
    code: `export { encode, readMessage } from 'shapeshifter-uftp'; export { protocol } from 'shapeshifter-uftp/v3.1';`,
    gzippedMax: 17_100,
  },
];

/** Sizes by title. Those of bundles that count beyond another are differences. */
export async function measure(): Promise<ReadonlyMap<string, Size>> {
  const sizes = new Map<string, Size>();
  for (const { title, code, conditions, beyond } of bundles) {
    const size = await sizeOf(code, conditions);
    const base = beyond === undefined ? undefined : sizes.get(beyond);
    const minified = size.minified - (base?.minified ?? 0);
    sizes.set(title, { ...size, minified, gzipped: size.gzipped - (base?.gzipped ?? 0) });
  }
  return sizes;
}

/** A size as the table shows it: thousands of bytes, with one decimal. */
export function inKb(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}

const begin = '<!-- sizes: npm run sizes -->\n';
const end = '<!-- /sizes -->';

/** The README's table of sizes, between its markers. @throws {Error} where the markers are not there */
export function tableIn(page: string): string {
  return parts(page).table;
}

/** The README with another table. @throws {Error} where the markers are not there */
export function replaceTable(page: string, table: string): string {
  const { before, after } = parts(page);
  return before + table + after;
}

function parts(page: string): { readonly before: string; readonly table: string; readonly after: string } {
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  if (!page.includes(begin) || to < from) throw new Error(`the README has no ${begin.trim()} … ${end}`);
  return { before: page.slice(0, from), table: page.slice(from, to), after: page.slice(to) };
}

/** The table as it ought to be. */
export function tableOf(sizes: ReadonlyMap<string, Size>): string {
  const rows = bundles.map(({ title, beyond }) => {
    const { minified = 0, gzipped = 0 } = sizes.get(title) ?? {};
    const sign = beyond === undefined ? '' : '+';
    return `| ${title} | ${sign}${inKb(minified)} | ${sign}${inKb(gzipped)} |\n`;
  });
  return `| in KB (1,000 bytes) | minified | gzipped |\n| --- | ---: | ---: |\n${rows.join('')}`;
}
