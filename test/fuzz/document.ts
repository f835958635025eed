/** @module A grammar, a seed and a number go in; one document comes out, always the same, with what was done to it. */

import { fileURLToPath } from 'node:url';
import { readModel } from '../../codegen/read-model.ts';
import type { Folder } from '../codec/samples.ts';
import { type Point, pointsOf } from './coverage.ts';
import { Grammar } from './grammar.ts';
import { Random } from './random.ts';
import { byteMutations, textMutations } from './text-mutations.ts';
import { type Element, type Style, write } from './tree.ts';
import { type Site, treeMutations } from './tree-mutations.ts';

/** One document of the fuzzer. */
export interface Fuzzed {
  readonly bytes: Uint8Array;
  /** What was done to a document that the model has: changes by name, or the one point of the model that it is aimed at. */
  readonly mutations: readonly string[];
  /** Name of that point. */
  readonly point?: string;
  /** Whether the model says that it is valid, where it says so: no change was made, or one aimed at a point. */
  readonly isValid?: boolean;
}

/** What documents of one version are made from. */
export interface Source {
  readonly grammar: Grammar;
  readonly points: readonly Point[];
}

/** Reads the model of a version's folder. */
export async function sourceOf(folder: Folder): Promise<Source> {
  const model = await readModel(fileURLToPath(new URL(`../../generated/${folder}/ir.json`, import.meta.url)));
  const grammar = new Grammar(model);
  return { grammar, points: pointsOf(grammar) };
}

/** One document in so many is aimed at a point of the model, and not changed at random. */
export const aimedEvery = 4;

/** How many changes a document has, as often as each number stands here. */
const counts = [0, 1, 1, 1, 1, 1, 1, 2, 2, 3];
/** The kinds of changes, likewise. */
const kinds = [...Array<'tree'>(8).fill('tree'), 'text', 'text', 'byte'] as const;

const utf8 = new TextEncoder();

const styles: readonly Style[] = [
  { quote: '"', gap: ' ', indent: '', short: true },
  { quote: '"', gap: ' ', indent: '\n  ', short: true },
  { quote: "'", gap: '\n\t', indent: '\r\n', short: false },
  { quote: "'", gap: '  ', indent: '', short: false },
];

/** Makes a document. */
export function documentAt({ grammar, points }: Source, seed: string, index: number): Fuzzed {
  const random = new Random(`${seed}/${grammar.model.version}/${index}`);
  if (index % aimedEvery === 0) {
    const point = points[(index / aimedEvery) % points.length] as Point;
    const { name, isValid } = point;
    return {
      bytes: utf8.encode(written(point.aim(random), random)),
      mutations: [name],
      point: name,
      isValid,
    };
  }
  const { name, type } = random.pick(grammar.model.roots);
  const root = grammar.grow(name, grammar.lookup.complex(type), random);
  const mutations: string[] = [];
  const plan = Array.from({ length: random.pick(counts) }, () => random.pick(kinds));
  for (const kind of plan) {
    if (kind === 'tree') mutations.push(changeTree({ root, grammar, random }));
  }
  let xml = written(root, random);
  for (const kind of plan) {
    if (kind !== 'text') continue;
    const [what, , change] = weighted(textMutations, random);
    xml = change(xml, random);
    mutations.push(what);
  }
  let bytes: Uint8Array = utf8.encode(xml);
  for (const kind of plan) {
    if (kind !== 'byte' || bytes.length === 0) continue;
    const [what, , change] = weighted(byteMutations, random);
    bytes = change(bytes, random);
    mutations.push(what);
  }
  return mutations.length === 0 ? { bytes, mutations, isValid: true } : { bytes, mutations };
}

function changeTree(site: Site): string {
  for (;;) {
    const [what, , change] = weighted(treeMutations, site.random);
    if (change(site)) return what;
  }
}

function written(root: Element, random: Random): string {
  const declaration = random.chance(50) ? '<?xml version="1.0" encoding="UTF-8"?>' : '';
  return declaration + write(root, random.pick(styles));
}

function weighted<T extends readonly [string, number, unknown]>(list: readonly T[], random: Random): T {
  let left = random.below(list.reduce((sum, [, weight]) => sum + weight, 0));
  for (const entry of list) {
    left -= entry[1];
    if (left < 0) return entry;
  }
  throw new RangeError('nothing to choose from');
}
