/** @module A message in; out comes when it is too late for it, as far as the ISPs that it is about say so. */

import type { Message } from '../roles.ts';
import { ispCalendar } from './calendar.ts';

/** What is read of a FlexOrder. */
interface Order {
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly isp: readonly { readonly start: number }[];
}

/** When the first ISP of a FlexOrder begins: an order that comes later cannot be carried out. Of others, nothing. */
export function orderExpiry(message: Message): Date | undefined {
  if (message.$type !== 'FlexOrder') return undefined;
  const { isp, ispDuration, period, timeZone } = message as unknown as Order;
  try {
    return ispCalendar(period, timeZone, ispDuration).start(Math.min(...isp.map(({ start }) => start)));
  } catch {
    return undefined; // a day, zone or ISP that is none is for others to find
  }
}
