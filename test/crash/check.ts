/** @module The total-queue checker, as Jepsen has it: what was put in and what came out of a queue; what is wrong with it. */

/** What happened at one queue. Each element has a name of its own. */
export interface History {
  /** What was tried to be put in. */
  readonly offered: readonly string[];
  /** What was said to be in. */
  readonly acknowledged: readonly string[];
  /** What came out, as often as it did. */
  readonly taken: readonly string[];
}

/** What a history comes to; a queue that keeps its word has only `recovered`. */
export interface Verdict {
  /** Acknowledged, and never came out. */
  readonly lost: readonly string[];
  /** Came out, and was never offered. */
  readonly unexpected: readonly string[];
  /** Came out more than once. */
  readonly duplicated: readonly string[];
  /** Came out although it had not been acknowledged: the answer died with a process. */
  readonly recovered: readonly string[];
}

/** Judges a history. */
export function totalQueue({ offered, acknowledged, taken }: History): Verdict {
  const [isOffered, isAcknowledged] = [new Set(offered), new Set(acknowledged)];
  const times = new Map<string, number>();
  for (const one of taken) times.set(one, (times.get(one) ?? 0) + 1);
  const out = [...times.keys()];
  return {
    lost: [...isAcknowledged].filter((one) => !times.has(one)),
    unexpected: out.filter((one) => !isOffered.has(one)),
    duplicated: out.filter((one) => times.get(one) !== 1),
    recovered: out.filter((one) => isOffered.has(one) && !isAcknowledged.has(one)),
  };
}

/** True where nothing was lost, made up or done twice. */
export function keepsItsWord({ lost, unexpected, duplicated }: Verdict): boolean {
  return lost.length + unexpected.length + duplicated.length === 0;
}
