/**
 * @module The entry for Cloudflare Workers: a function that makes a service in; out come `fetch` and `scheduled`, and
 * the class of the Durable Object in which the service lives.
 *
 * All work of a participant is done in one object, whose SQLite is its store: it receives, decides, commits,
 * processes and delivers. The worker only passes requests on. Alarms take the place of a server's worker.
 */

import type { Servable } from './host.ts';
import type { ServiceOptions } from './options.ts';
import type { Store } from './ports/store.ts';
import { createReleasedService } from './released.ts';
import type { Awaitable, Role, RoleKind } from './roles.ts';
import type { Service } from './service.ts';
import type { SqlTx } from './store/sqlite/driver.ts';
import { durableObject, type ObjectStorage } from './store/sqlite/durable-object.ts';

export { compareDecimals } from './codec/decimal.ts';
export { type IspCalendar, ispCalendar } from './market/calendar.ts';
export { consoleObserver } from './ports/console.ts';
export type { SqlRow, SqlTx, SqlValue } from './store/sqlite/driver.ts';
export { durableObject, type ObjectStorage } from './store/sqlite/durable-object.ts';
export { fetchTransport } from './transport/fetch.ts';

/**
 * `createService` with 3.1.0 and 3.0.0 as the versions that are understood unless `versions` says otherwise, and the
 * Ed25519 of WebCrypto.
 *
 * @throws {TypeError} that lists everything that is wrong with the options, or where the store is not durable
 */
export async function createService<Kind extends RoleKind, Tx>(
  role: Role<Kind>,
  options: ServiceOptions<Kind, Tx>,
): Promise<Service<Kind>> {
  if (options?.store?.durable === false) {
    throw new TypeError(
      `createService: the ${options.store.name} store would forget accepted messages as soon as Cloudflare evicts the ` +
        'object, which it does at any time; use the store that worker() hands over',
    );
  }
  return createReleasedService(role, options);
}

/** What is used of a Durable Object's state, its `ctx`. */
export interface ObjectState {
  /** Where the object keeps what it must not forget. */
  readonly storage: ObjectStorage;
}

/** The object in which a service lives. */
export interface ParticipantObject<S extends Servable> {
  /** The service, which is made when it is first asked for. For methods of your own class that extends this one. */
  service(): Promise<S>;
  /** Passes a request to the service; 503 where it cannot be made. */
  fetch(request: Request): Promise<Response>;
  /** Works on what is due. */
  alarm(): Promise<void>;
}

/** What a worker exports. */
export interface ParticipantWorker<Env, S extends Servable, Base = object> {
  /** Passes a request to the object. */
  fetch(request: Request, env: Env): Promise<Response>;
  /** Wakes the object, for a cron trigger. */
  scheduled(event: unknown, env: Env): Promise<void>;
  /** The class of the object: export it by the name that wrangler's configuration gives as `class_name`. */
  readonly Participant: new (
    state: ObjectState,
    env: Env,
  ) => ParticipantObject<S> & Base;
}

/** How `worker` differs from its defaults. */
export interface WorkerOptions<Base = object> {
  /** Name of the binding to the object's class. Default `PARTICIPANT`. */
  readonly binding?: string;
  /** Name of the object. Another name is another, empty store. Default `participant`. */
  readonly name?: string;
  /** `DurableObject` of `cloudflare:workers`, where methods of your own class are to be called from outside (RPC). */
  readonly base?: abstract new (
    state: never,
    env: never,
  ) => Base;
}

/** What is used of a binding to a class of Durable Objects. */
interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

/** A host of which no request from outside can be: `.invalid` is reserved (RFC 2606). */
const wakeUrl = 'https://wake.invalid/';
/** How long one alarm takes at most: below any bound on its processor time. */
const alarmMsMax = 20_000;
/** How long to wait after a failure. */
const failurePauseMs = 30_000;

/**
 * Makes a worker of a service or host. `make` runs in the object, when its first request or alarm comes, and is
 * given the store.
 *
 * Wrangler's configuration names the class, and a cron trigger as a safety net, since Cloudflare gives up on an alarm
 * that has failed too often:
 *
 * ```toml
 * [[durable_objects.bindings]]
 * name = "PARTICIPANT"
 * class_name = "Participant"
 * [[migrations]]
 * tag = "v1"
 * new_sqlite_classes = ["Participant"]
 * [triggers]
 * crons = ["0,30 * * * *"]
 * ```
 *
 * @example
 * ```ts
 * import { accept, addressBook } from 'shapeshifter-uftp';
 * import { agr } from 'shapeshifter-uftp/v3.1';
 * import { createService, worker } from 'shapeshifter-uftp/worker';
 *
 * interface Env {
 *   readonly UFTP_KEY: string; // wrangler secret put UFTP_KEY
 * }
 *
 * const uftp = worker((env: Env, store) =>
 *   createService(agr, {
 *     domain: 'aggregator.example',
 *     key: env.UFTP_KEY,
 *     store,
 *     lookup: addressBook([]),
 *     handlers: { preProcessFlexRequest: () => accept() },
 *   }),
 * );
 * export default uftp;
 * export const { Participant } = uftp;
 * ```
 */
export function worker<Env, S extends Servable, Base = object>(
  make: (env: Env, store: Store<SqlTx>) => Awaitable<S>,
  options: WorkerOptions<Base> = {},
): ParticipantWorker<Env, S, Base> {
  const { binding = 'PARTICIPANT', name = 'participant' } = options;
  const pass = (request: Request, env: Env): Promise<Response> => {
    const objects = (env as Readonly<Record<string, Namespace | undefined>>)[binding];
    if (typeof objects?.idFromName !== 'function') {
      throw new TypeError(
        `env.${binding} is no binding to a Durable Object: see durable_objects in wrangler.toml`,
      );
    }
    return objects.get(objects.idFromName(name)).fetch(request);
  };
  return {
    fetch: async (request, env) => pass(request, env),
    async scheduled(_event, env) {
      await pass(new Request(wakeUrl), env);
    },
    Participant: participantClass(make, options.base),
  };
}

/**
 * The class, which only adds what Cloudflare asks for to a {@link Host}: a base class, which users may choose, and
 * its constructor.
 */
function participantClass<Env, S extends Servable, Base>(
  make: (env: Env, store: Store<SqlTx>) => Awaitable<S>,
  base: WorkerOptions<Base>['base'],
): ParticipantWorker<Env, S, Base>['Participant'] {
  const Parent = (base ?? Object) as new (state: ObjectState, env: Env) => object;
  class Participant extends Parent implements ParticipantObject<S> {
    readonly #host: Host<S>;

    constructor(state: ObjectState, env: Env) {
      super(state, env);
      const store = durableObject(state.storage);
      this.#host = new Host(state.storage, async () => make(env, store));
    }

    service(): Promise<S> {
      return this.#host.service();
    }

    fetch(request: Request): Promise<Response> {
      return this.#host.fetch(request);
    }

    alarm(): Promise<void> {
      return this.#host.alarm();
    }
  }
  const built: unknown = Participant; // that it is a Base as well, the compiler cannot see
  return built as ParticipantWorker<Env, S, Base>['Participant'];
}

/** What an object does: makes its service once, and keeps its alarm. */
class Host<S extends Servable> implements ParticipantObject<S> {
  readonly #storage: ObjectStorage;
  readonly #make: () => Promise<S>;
  #service: Promise<S> | undefined;
  #draining: ReturnType<Servable['drain']> | undefined;

  constructor(storage: ObjectStorage, make: () => Promise<S>) {
    this.#storage = storage;
    this.#make = make;
  }

  service(): Promise<S> {
    this.#service ??= this.#make().catch((cause) => {
      this.#service = undefined; // so that the next request tries again
      throw cause;
    });
    return this.#service;
  }

  async fetch(request: Request): Promise<Response> {
    if (request.url === wakeUrl) {
      await this.#wakeAt(Date.now());
      return new Response(null, { status: 204 });
    }
    let service: S;
    try {
      service = await this.service();
    } catch (cause) {
      console.error('uftp: the service cannot be made', cause);
      return new Response(null, { status: 503, headers: { 'retry-after': '60' } });
    }
    // Set by Cloudflare, which lets nobody else do so.
    return service.fetch(request, { remoteAddress: request.headers.get('cf-connecting-ip') ?? undefined });
  }

  async alarm(): Promise<void> {
    try {
      const nextDueAt = await this.#drain();
      if (nextDueAt !== undefined) await this.#wakeAt(nextDueAt);
    } catch (cause) {
      // Not thrown on: Cloudflare repeats an alarm that fails six times and no more.
      console.error('uftp: the alarm failed and will be tried again', cause);
      await this.#wakeAt(Date.now() + failurePauseMs);
    }
  }

  /**
   * Drains for as long as an alarm may take. What takes longer goes on, and the next alarm waits for it. @returns
   * when that is
   */
  async #drain(): Promise<number | undefined> {
    const service = await this.service();
    this.#draining ??= service.drain().finally(() => {
      this.#draining = undefined;
    });
    const draining = this.#draining;
    draining.catch(() => {}); // where it fails between two alarms, the next one meets what is wrong
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = new Promise<{ nextDueAt: number }>((resolve) => {
      timer = setTimeout(() => resolve({ nextDueAt: Date.now() }), alarmMsMax);
    });
    try {
      return (await Promise.race([draining, pause])).nextDueAt;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sets the alarm, unless it is set to an earlier moment: a commit of just now may have done so. */
  async #wakeAt(at: number): Promise<void> {
    const set = await this.#storage.getAlarm();
    if (set === null || set > at) await this.#storage.setAlarm(at);
  }
}
