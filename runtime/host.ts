/** @module A host: one or more participants that share an endpoint, a store and a worker. */

import type { Hono } from 'hono';
import type { Connection } from './address.ts';
import { createApp, createEndpoint, type Endpoint, type EndpointSettings, type Route } from './app.ts';
import { mistakes, UftpError } from './errors.ts';
import type { Drained } from './flow/drain.ts';
import { type Engine, type Participant, tell } from './flow/engine.ts';
import type { Worker } from './flow/queues.ts';
import { type Receipt, receive } from './flow/receive.ts';
import { partyText } from './flow/records.ts';
import { Refusal, type RefusalCode, statusOf, tellRefusal, titleOf, toRefusal } from './flow/refusal.ts';

/** What `receive` answers. */
export type Received =
  | (Receipt & { readonly status: 200 })
  | {
      readonly status: number;
      readonly result: 'refused';
      readonly code: RefusalCode;
      readonly title: string;
    };

/** What can be served, by a server of any runtime or by hand. */
export interface Servable {
  /** The endpoint as a Hono app, to be mounted into another. */
  readonly app: Hono;
  /** Takes an HTTP request. Without its connection, requests are not counted by address. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Takes an HTTP request that is for the endpoint, whatever its path. */
  handle(request: Request, connection?: Connection): Promise<Response>;
  /** Takes the bytes of a SignedMessage that came another way. */
  receive(envelope: Uint8Array | string): Promise<Received>;
  /** Works on what is due until nothing is: handlers and deliveries. For the edge and for tests; servers use `start`. */
  drain(): Promise<Drained>;
  /** Starts the worker that drains whenever something is due. Servers call it for you. */
  start(): void;
  /**
   * Takes no more requests, finishes what is under way, and stops the worker. What takes longer than `stopMsMax` is given
   * up, and done again by whoever works on the store next. The store is left open. Who waits for a response
   * (`reply: true`) is told `stopped`.
   */
  stop(): Promise<void>;
}

type Queues = typeof import('./flow/queues.ts');

/** Makes what serves an engine. */
export function servable(engine: Engine, routes: readonly Route[], settings: EndpointSettings): Servable {
  let loading: Promise<Queues> | undefined;
  let worker: Promise<Worker | undefined> | undefined;
  const queues = (): Promise<Queues> => {
    loading ??= import('./flow/queues.ts').catch((cause) => {
      loading = undefined; // a disk or network that failed once may be there again
      throw cause;
    });
    return loading;
  };
  const stopping = new AbortController();
  const aborting = new AbortController();
  const { signal } = stopping;
  const inFlight = new Set<Promise<unknown>>();
  const track = <T>(work: Promise<T>): Promise<T> => {
    const done = (): void => {
      inFlight.delete(ended);
    };
    // Not `work` itself: V8 keeps what has left a Set for a while, and with it would keep the request.
    const ended: Promise<void> = work.then(done, done);
    inFlight.add(ended);
    return work;
  };
  const endpoint = createEndpoint(engine, settings, () => signal.aborted);
  // Also what comes through the app of somebody else is waited for at the stop.
  const handle: Endpoint = (...request) => track(endpoint(...request));
  const app = createApp(routes, handle);
  return {
    app,
    fetch: (request, connection) => Promise.resolve(app.fetch(request, connection)),
    handle: (request, connection) => handle(request, connection),
    receive: (envelope) =>
      track(signal.aborted ? refused(engine, new Refusal('stopping')) : receiveBytes(engine, envelope)),
    drain: () => track(queues().then(({ drain }) => drain(engine, signal, aborting.signal))),
    start() {
      if (signal.aborted) throw new UftpError('stopped', 'the service has been stopped; make a new one');
      worker ??= queues().then(
        ({ startWorker }) => (signal.aborted ? undefined : startWorker(engine, aborting.signal)),
        (cause) => {
          worker = undefined; // so that it can be started again
          tell(engine, { event: 'warning', text: 'the worker could not be loaded', cause });
          return undefined;
        },
      );
    },
    async stop() {
      stopping.abort();
      for (const participant of engine.participants) participant.waits.say();
      const closed = loading?.then(({ gatesOf }) => gatesOf(engine).close());
      const stopped = worker?.then((one) => one?.stop());
      await endOf(engine, Promise.allSettled([...inFlight, closed, stopped]), aborting);
      worker = undefined;
    },
  };
}

/** How long what was given up at the stop has to be written down. */
const lastWordsMs = 5_000;

/** Waits for what is under way at a stop; where that takes too long, it is given up, and comes up again elsewhere. */
async function endOf(engine: Engine, ended: Promise<unknown>, aborting: AbortController): Promise<void> {
  const { clock, timing } = engine;
  let late = (): void => {};
  const gone = new Promise<void>((resolve) => {
    late = resolve;
  });
  let callOff = clock.after(timing.stopMsMax, () => {
    aborting.abort();
    callOff = clock.after(lastWordsMs, late);
  });
  await Promise.race([ended, gone]);
  callOff();
}

async function receiveBytes(engine: Engine, envelope: Uint8Array | string): Promise<Received> {
  const bytes = typeof envelope === 'string' ? new TextEncoder().encode(envelope) : envelope;
  try {
    return { ...(await receive(engine, bytes)), status: 200 };
  } catch (error) {
    return refused(engine, toRefusal(error));
  }
}

async function refused(engine: Engine, refusal: Refusal): Promise<Received> {
  tellRefusal(engine, refusal);
  const { code } = refusal;
  return { status: statusOf(code), result: 'refused', code, title: titleOf(code) };
}

/** What a host is made of: services keep it for `createHost`. */
export interface Part {
  readonly engine: Engine;
  readonly participant: Participant;
  readonly routes: readonly Route[];
  readonly settings: EndpointSettings;
}

/** Parts by the service that they belong to. */
export const parts: WeakMap<Servable, Part> = new WeakMap();

/**
 * Joins services into one host, with one endpoint, store and worker. A message is for the service whose domain is its
 * RecipientDomain and whose role may receive its type; where several remain (TestMessage), the request's path decides, else
 * the order of the list. What belongs to a participant stays its own (key, handlers, versions, partners, `onOverdue`); all
 * else, such as look-up, transport, clock, limits, times and observer, is the first service's.
 *
 * @throws {TypeError} where the services do not share one store, or two are the same participant
 *
 * @example
 * ```ts
 * import { createHost, type Servable } from 'shapeshifter-uftp';
 *
 * function both(agr: Servable, dso: Servable): Servable {
 *   return createHost([agr, dso]);
 * }
 * ```
 */
export function createHost(services: readonly Servable[]): Servable {
  const known = services.map((service) => parts.get(service));
  const [first] = known;
  const problems: string[] = [];
  if (first === undefined) problems.push('give at least one service that createService made');
  const seen = new Set<string>();
  for (const [i, part] of known.entries()) {
    if (part === undefined) {
      problems.push(`service ${i + 1}: was not made by createService`);
      continue;
    }
    const { party } = part.participant;
    if (seen.has(partyText(party)))
      problems.push(`service ${i + 1}: ${party.role} ${party.domain} is there twice`);
    seen.add(partyText(party));
    if (part.engine.store !== first?.engine.store)
      problems.push(`service ${i + 1}: has another store than service 1`);
  }
  if (first === undefined || problems.length > 0) {
    throw mistakes('createHost', problems);
  }
  const all = known.filter((part) => part !== undefined);
  const engine: Engine = { ...first.engine, participants: all.map((part) => part.participant) };
  const routes = new Map<string, Route>();
  for (const route of all.flatMap((part) => part.routes))
    if (!routes.has(route.path)) routes.set(route.path, route);
  return servable(engine, [...routes.values()], {
    ...first.settings,
    chunked: all.some((part) => part.settings.chunked),
  });
}
