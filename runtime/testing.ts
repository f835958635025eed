/** @module The testing entry: participants that talk in memory through the production path, a clock that tests move, and the Store's conformance suite. */

import type { Servable } from './host.ts';
import type { Clock } from './ports/clock.ts';
import type { Transport } from './ports/transport.ts';

export { type Case, type ConformanceOptions, conformance } from './store/conformance.ts';

/**
 * A transport that hands each POST to the service that serves the URL's origin, as an HTTP request in memory. An origin
 * that nobody serves is a transport fault, as a refused connection is.
 *
 * @param services by origin, such as `https://dso.example`; may be filled in later, since services need a transport
 */
export function inMemoryTransport(services: ReadonlyMap<string, Servable>): Transport {
  return async ({ url, headers, body, signal }) => {
    const service = services.get(url.origin);
    if (service === undefined) throw new Error(`connection refused: ${url.origin}`);
    const request = new Request(url, {
      method: 'POST',
      headers,
      body: body as Uint8Array<ArrayBuffer>,
      signal,
    });
    request.headers.set('content-length', String(body.length));
    const response = await service.fetch(request);
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      text: await response.text(),
    };
  };
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the time; what falls due on the way is called, in order. */
  advance(ms: number): void;
}

/**
 * Makes a clock that stands still.
 *
 * @param start milliseconds since 1970
 */
export function manualClock(start: number): ManualClock {
  let now = start;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { at: now + Math.max(0, delayMs), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = timers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((one) => one !== due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = until;
    },
  };
}
