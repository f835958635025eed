/** @module The numbers of the demonstration: one congestion point, three connections, and a night on which the clocks change. */

import { type IspCalendar, ispCalendar } from '../../market/calendar.ts';

export const timeZone = 'Europe/Amsterdam';
export const ispDuration = 'PT15M';
export const congestionPoint = 'ean.871687120000000010';
export const connections: readonly string[] = [
  'ean.871687120000000101',
  'ean.871687120000000118',
  'ean.871687120000000125',
];
export const contractId = 'CSC-2027-001';
/** What a connection draws in every ISP, in W. */
const basePower = 900_000;
/** What the chargers draw on top of it while they charge, in W. */
const chargingPower = 600_000;
/** By how much the DSO wants the load lowered, in W. */
export const requestedPower = -400_000;
/** By how much the second, cheaper offer lowers it, in W. */
export const smallerPower = -250_000;
export const price = '126.50';
export const smallerPrice = '71.25';

/** The day that is traded, with its ISPs. */
export interface TradingDay {
  readonly period: string;
  readonly calendar: IspCalendar;
  /** The ISPs in which the chargers overload the cable: from 01:30 until 04:30 on the wall clock. */
  readonly congested: readonly number[];
  /** What is drawn in each ISP, in W, before any order. */
  readonly baseline: readonly number[];
}

/** The next day behind `today` on which the clocks change, so that it has 92 or 100 ISPs. */
export function nextClockChange(today: Date): TradingDay {
  for (let days = 1; ; days++) {
    const period = new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
    const calendar = ispCalendar(period, timeZone, ispDuration);
    if (calendar.count !== 96 || days > 366) return tradingDay(period, calendar);
  }
}

function tradingDay(period: string, calendar: IspCalendar): TradingDay {
  const all = Array.from({ length: calendar.count }, (_, i) => i + 1);
  const congested = all.filter((isp) => {
    const time = wallClock(calendar.start(isp)).slice(0, 5);
    return time >= '01:30' && time < '04:30';
  });
  const baseline = all.map((isp) => basePower + (congested.includes(isp) ? chargingPower : 0));
  return { period, calendar, congested, baseline };
}

/** A sentence about the one of these ISPs that ends when the clocks change, since its times look wrong; undefined where there is none. */
export function clockChangeIn({ calendar }: TradingDay, isps: readonly number[]): string | undefined {
  for (const isp of isps) {
    const [before, after] = [calendar.start(isp), calendar.end(isp)].map((moment) =>
      wallClock(moment).slice(6),
    );
    if (before !== after)
      return `ISP ${isp} lasts 15 minutes like every other: at its end the clocks change from ${before} to ${after}.`;
  }
  return undefined;
}

/** The time on a wall clock of the zone, with the zone's short name, since a clock change shows an hour twice. */
export function wallClock(moment: Date): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(moment);
}
