/** @module Results of the crash test as a table: a line for each kind of message. */

import { kinds, type Result } from './run.ts';

const columns = [
  ...(['store', 'seed', 'kills', 'queue', 'sent', 'acknowledged', 'lost', 'unexpected'] as const),
  ...(['duplicated', 'recovered', 'drained', 'took'] as const),
];
type Row = Readonly<Record<(typeof columns)[number], string | number>>;
/** Of columns whose values are longer than their names. */
const widths: Partial<Record<keyof Row, number>> = { store: 8, queue: 19, drained: 7, took: 7 };

/** The first line. */
export const header: string = line(Object.fromEntries(columns.map((name) => [name, name])) as Row);

/** The lines of a result. */
export function rows({ plan, acknowledged, verdicts, drainedMs, tookMs }: Result): readonly string[] {
  return kinds.map((queue) => {
    const { lost, unexpected, duplicated, recovered } = verdicts[queue];
    return line({
      ...{ store: plan.store, seed: plan.seed, kills: plan.kills, queue, sent: plan.messages, acknowledged },
      ...{ lost: lost.length, unexpected: unexpected.length },
      ...{ duplicated: duplicated.length, recovered: recovered.length },
      drained: drainedMs === undefined ? 'never' : seconds(drainedMs),
      took: seconds(tookMs),
    });
  });
}

function line(row: Row): string {
  return columns
    .map((name) => String(row[name]).padEnd(Math.max(name.length, widths[name] ?? 0)))
    .join('  ')
    .trimEnd();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
