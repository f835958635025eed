/** @module What a partner's HTTP answer means for a message: delivered, to be tried again, or refused for good (rules 25 to 29). */

/** The meaning of an answer. */
export type Delivery = 'delivered' | 'temporary' | 'permanent' | 'redirect';

/** The statuses of the 4xx that another attempt may overcome. */
const temporary4xx: readonly number[] = [404, 408, 419, 425, 429];

/**
 * The meaning of a status.
 *
 * @param arrived true where an earlier attempt has arrived, or may have
 * @param text the beginning of the answer's body
 */
export function classify(status: number, arrived: boolean, text: string): Delivery {
  if (isDelivered(status)) return 'delivered';
  if (status === 307 || status === 308) return 'redirect';
  // The Java library answers a copy of what it has with 400: our first copy arrived, and its 200 was lost.
  if (status === 400 && arrived && text.includes('Duplicate message')) return 'delivered';
  return status >= 400 && status < 500 && !temporary4xx.includes(status) ? 'permanent' : 'temporary';
}

/** True for every 2xx: a client takes one that it does not know for 200 (RFC 9110, 15). */
export function isDelivered(status: number): boolean {
  return status >= 200 && status < 300;
}

/** True where not this message is the matter, but that there are too many of them. */
export function isOverloaded(status: number): boolean {
  return status === 429 || status === 503;
}

/** No partner can ask for a longer pause: it is asked again. */
const retryAfterMsMax = 60 * 60_000;

/** The pause that Retry-After asks for, in milliseconds, at most 1 h: a number of seconds, or a date. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const pause = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(pause) ? undefined : Math.min(Math.max(0, pause), retryAfterMsMax);
}
