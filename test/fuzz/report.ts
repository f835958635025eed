/** @module What a run has found goes in, checks and lines of text come out. */

import type { Folder } from '../codec/samples.ts';
import { aimedEvery } from './document.ts';
import type { Tally } from './session.ts';

/** The share of valid documents, in percent, between which a run says something about both sides. */
export const validPercent = { least: 20, most: 80 } as const;

/** Something that must hold of a run; `undefined` where the run was too short to tell. */
export interface Check {
  readonly title: string;
  readonly holds: boolean | undefined;
}

/** Judges the run of one version. @param points of its model */
export function checksOf(tally: Tally, points: readonly string[]): Check[] {
  const share = (100 * tally.valid) / tally.documents;
  const missed = points.filter((point) => !Object.hasOwn(tally.points, point));
  const isLong = tally.documents >= aimedEvery * points.length;
  const few = missed.length === 0 || missed.length > 10 ? '' : `: ${missed.join(', ')}`;
  return [
    { title: `both judges agree on ${tally.documents} documents`, holds: tally.failures.length === 0 },
    {
      title: `${share.toFixed(1)} % are valid, of ${validPercent.least} to ${validPercent.most} that are asked for`,
      holds: isLong ? share >= validPercent.least && share <= validPercent.most : undefined,
    },
    {
      title: `${points.length - missed.length} of ${points.length} points of the model are met${few}`,
      holds: missed.length === 0 ? true : isLong ? false : undefined,
    },
  ];
}

/** The checks of a version, and the known differences that were met. */
export function summary(folder: Folder, checks: readonly Check[], tally: Tally, seconds: number): string {
  const known = Object.entries(tally.known).sort(([, a], [, b]) => b - a);
  const met = known.map(([name, times]) => `${name} ${times}`).join(', ');
  return [
    ...checks.map(
      ({ title, holds }) =>
        `${folder}: ${holds === undefined ? 'too short to tell: ' : holds ? '' : 'FAILED: '}${title}`,
    ),
    `${folder}: known differences: ${met || 'none'}`,
    `${folder}: ${seconds.toFixed(1)} s, ${Math.round(tally.documents / seconds)} documents/s`,
  ].join('\n');
}
