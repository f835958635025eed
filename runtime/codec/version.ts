/** @module Which of several protocol versions a Version attribute means. */

import type { Protocol } from '../roles.ts';

/** What a Version attribute means to somebody who supports certain versions. */
export interface VersionMatch {
  readonly protocol: Protocol;
  /** False where the version is none of the supported ones: `protocol` is then the nearest. */
  readonly supported: boolean;
}

function numbers(version: string): readonly [major: number, minor: number] {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  return [major, minor];
}

/** Order by the numbers of the versions, newest first; unreleased ones come last: nobody is taken to mean them. */
export function newestFirst(protocols: readonly Protocol[]): Protocol[] {
  return [...protocols].sort((a, b) => {
    const [aMajor, aMinor] = numbers(a.version);
    const [bMajor, bMinor] = numbers(b.version);
    return Number(a.experimental) - Number(b.experimental) || bMajor - aMajor || bMinor - aMinor;
  });
}

/**
 * Compares versions as numbers: same major and minor, else the newest supported minor of that major, else the newest.
 * The patch number decides nothing.
 */
export function matchVersion(version: string, protocols: readonly Protocol[]): VersionMatch {
  const same = protocols.find((candidate) => candidate.version === version);
  if (same !== undefined) return { protocol: same, supported: true };
  const [major, minor] = numbers(version);
  const known = newestFirst(protocols);
  const exact = known.find((candidate) => {
    const [m, n] = numbers(candidate.version);
    return m === major && n === minor;
  });
  if (exact !== undefined) return { protocol: exact, supported: true };
  const near = known.find((candidate) => numbers(candidate.version)[0] === major) ?? known[0];
  if (near === undefined) throw new TypeError('matchVersion: give at least one protocol version');
  return { protocol: near, supported: false };
}
