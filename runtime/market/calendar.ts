/** @module The ISP calendar: which moments the numbered ISPs of a Period are, on days of 23 and 25 hours as well (rules 57, 58, 78). */

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** The ISPs of one day, numbered from 1. */
export interface IspCalendar {
  /** How many ISPs the day has: 92, 96 or 100 of 15 minutes in most of Europe. */
  readonly count: number;
  /** When an ISP begins. @throws {RangeError} outside 1 to {@link count} */
  start(isp: number): Date;
  /** When an ISP ends: where the next begins. @throws {RangeError} outside 1 to {@link count} */
  end(isp: number): Date;
  /** The ISP that a moment is in; undefined outside the day. */
  at(moment: Date): number | undefined;
}

/**
 * Makes the calendar of a day.
 *
 * @param period the day, such as `2026-10-25`
 * @param timeZone an IANA zone, such as `Europe/Amsterdam`
 * @param ispDuration whole minutes that divide an hour or a day, such as `PT15M`
 * @throws {RangeError} for a day, zone or duration that is none
 *
 * @example
 * ```ts
 * import { ispCalendar } from 'shapeshifter-uftp/node';
 *
 * const day = ispCalendar('2026-10-25', 'Europe/Amsterdam', 'PT15M');
 * console.log(day.count); // 100
 * console.log(day.start(13).toISOString()); // 2026-10-25T01:00:00.000Z, the second 02:00
 * ```
 */
export function ispCalendar(period: string, timeZone: string, ispDuration: string): IspCalendar {
  const stepMs = durationMinutes(ispDuration) * minuteMs;
  const clock = wallClock(timeZone);
  const begin = dayStart(period, 0, clock);
  const count = (dayStart(period, 1, clock) - begin) / stepMs;
  if (count === 0) throw new RangeError(`there was no ${period} in ${timeZone}`);
  if (!Number.isInteger(count))
    throw new RangeError(`${ispDuration} does not divide ${period} in ${timeZone}`);
  const edge = (isp: number, after: 0 | 1): Date => {
    if (!Number.isInteger(isp) || isp < 1 || isp > count)
      throw new RangeError(`${period} has ISPs 1 to ${count}, not ${isp}`);
    return new Date(begin + (isp - 1 + after) * stepMs);
  };
  return {
    count,
    start: (isp) => edge(isp, 0),
    end: (isp) => edge(isp, 1),
    at(moment) {
      const isp = Math.floor((moment.getTime() - begin) / stepMs) + 1;
      return isp >= 1 && isp <= count ? isp : undefined;
    },
  };
}

function durationMinutes(duration: string): number {
  const match = /^PT(?:(\d{1,2})H)?(?:(\d{1,4})M)?$/.exec(duration);
  const minutes = match === null ? 0 : Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
  if (minutes === 0 || dayMinutes % minutes !== 0) {
    throw new RangeError(
      `an ISP duration is whole minutes that divide a day, such as PT15M, not ${duration}`,
    );
  }
  return minutes;
}

/** The first moment of the day `offsetDays` behind the period, in milliseconds since 1970. */
function dayStart(period: string, offsetDays: number, clock: Intl.DateTimeFormat): number {
  const midnight = Date.parse(`${period}T00:00:00Z`);
  // Read and written back, since 30 February would be taken for 2 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== period)
    throw new RangeError(`a period is a day such as 2026-10-25, not ${period}`);
  const wall = midnight + offsetDays * dayMinutes * minuteMs;
  // Midnight is where wall clock and UTC differ by the zone's offset at that moment; the offset on either side of it is tried.
  const candidates = [
    offsetMs(wall - 14 * 60 * minuteMs, clock),
    offsetMs(wall + 14 * 60 * minuteMs, clock),
  ].map((offset) => wall - offset);
  const exact = candidates.filter((moment) => moment + offsetMs(moment, clock) === wall);
  // Where a zone skips midnight, the day begins when its clocks jump: at the later candidate.
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** What reads the zone's clocks; making it costs much more than using it. @throws {RangeError} for an unknown zone */
function wallClock(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

/** How far the zone's clocks are ahead of UTC at a moment. */
function offsetMs(moment: number, clock: Intl.DateTimeFormat): number {
  const parts = clock.formatToParts(moment);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(moment / 1000) * 1000;
}
