/** @module The option `replyWithinMs`: how long replies may take, by request as in `send…`; problems and checked times come out. */

import type { Role } from '../roles.ts';

/** How long a reply may take where nothing is said of it. */
export const replyMsUsual: number = 60 * 60_000;
const msMin = 1_000;
const msMax = 90 * 24 * 60 * 60_000;

/** Checks them. @returns them by the name of the request, such as `D-Prognosis` */
export function checkReplyTimes(role: Role, given: unknown, problems: string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const rows = [...(role.protocol.messages?.values() ?? [])];
  const sent = rows.filter((row) => row.response !== undefined && row.from.includes(role.name));
  if (given !== undefined && (typeof given !== 'object' || given === null))
    problems.push(
      `replyWithinMs: expected an object such as { ${sent[1]?.key}: 600000 }, got ${String(given)}`,
    );
  for (const [key, value] of Object.entries(given ?? {})) {
    const row = sent.find((one) => one.key === key);
    const isInBounds = Number.isInteger(value) && value >= msMin && value <= msMax;
    if (row === undefined) problems.push(`replyWithinMs.${key}: the ${role.name} sends no such request`);
    else if (!isInBounds)
      problems.push(`replyWithinMs.${key}: expected a whole number from ${msMin} to ${msMax}, got ${value}`);
    else times.set(row.name, value);
  }
  return times;
}
