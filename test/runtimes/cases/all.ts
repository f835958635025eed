/** @module All cases, and how a runtime plays them: vectors in; the Ed25519 that was chosen and what became of each case out. */

import { portableEd25519 } from 'shapeshifter-uftp';
import { play, type Result } from '../play.ts';
import type { Case } from './case.ts';
import { codecCases } from './codec-cases.ts';
import { exchangeCases } from './exchange-cases.ts';
import { receiveCases } from './receive-cases.ts';
import { sealCases } from './seal-cases.ts';
import { speccheckCases, type Vector } from './speccheck.ts';

/** What a runtime tells. */
export interface Report {
  /** Name of its portable Ed25519, such as `webcrypto`. */
  readonly backend: string;
  readonly results: readonly Result[];
}

/** Makes the cases. */
export function allCases(vectors: readonly Vector[] = []): readonly Case[] {
  return [...sealCases, ...speccheckCases(vectors), ...codecCases, ...receiveCases, ...exchangeCases];
}

/** Plays them. */
export async function report(vectors: readonly Vector[] | undefined): Promise<Report> {
  return { backend: (await portableEd25519()).name, results: await play(allCases(vectors)) };
}
