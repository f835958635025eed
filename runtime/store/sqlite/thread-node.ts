/** @module The thread of a SQLite file on Node, Bun and Deno: calls in, answers out, by the store that has the file open in it. */

import { setImmediate } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import type { Store } from '../../ports/store.ts';
import { bunHost } from './bun.ts';
import { type Answer, type Call, type Opening, openingId, type Said, toFault } from './calls.ts';
import { openFile, type SqlHost } from './file.ts';
import { nodeHost } from './node.ts';

/** Keeps the writes of this thread back while another connection of the process writes. */
class Writes {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /** As `SqlDriver.gather`. */
  readonly gather: SqlHost['gather'] = (go) => {
    if (this.#held) this.#waiting.push(go);
    else setImmediate(go);
  };

  /** Resolves behind the writes that have had their turn given, each of which ends within it. */
  hold(): Promise<void> {
    this.#held = true;
    return new Promise((resolve) => setImmediate(resolve));
  }

  release(): void {
    this.#held = false;
    for (const go of this.#waiting.splice(0)) setImmediate(go);
  }
}

/**
 * So many answers are said at once. When many have shared a transaction, the main thread is to send what follows from
 * the first ones while it still works on what follows from the others: else this thread would have nothing to do
 * meanwhile, and then all at once.
 */
const togetherMax = 8;

const writes = new Writes();
const answers: Answer[] = [];
let woken = false;
let isSaying = false;

/** Says what has come in one go of microtasks, such as the ends of all that shared a transaction. */
function say(): void {
  if (isSaying) return;
  isSaying = true;
  queueMicrotask(() => {
    isSaying = false;
    do {
      const said: Said = { answers: answers.splice(0, togetherMax), woken };
      parentPort?.postMessage(said);
      woken = false;
    } while (answers.length > 0);
  });
}

function tell(answer: Answer): void {
  answers.push(answer);
  say();
}

function wake(): void {
  woken = true;
  say();
}

async function answer(store: Store, { id, method, args }: Call): Promise<void> {
  try {
    tell({ id, result: await perform(store, method, args) });
  } catch (error) {
    tell({ id, fault: toFault(error) });
  }
}

function perform(store: Store, method: Call['method'], args: readonly unknown[]): unknown {
  if (method === 'hold') return writes.hold();
  if (method === 'release') return writes.release();
  if (method === 'watch') return void store.watch(wake);
  if (method === 'callOff') return removals.get(args[0] as number)?.abort();
  if (method === 'prune') return prune(store, ...(args as [Parameters<Store['prune']>[0], number]));
  return (store[method] as (...given: unknown[]) => unknown).apply(store, [...args]);
}

/** How to call off a removal, by its number: signals cannot be sent. */
const removals = new Map<number, AbortController>();

async function prune(
  store: Store,
  before: Parameters<Store['prune']>[0],
  number: number,
): ReturnType<Store['prune']> {
  const callingOff = new AbortController();
  removals.set(number, callingOff);
  try {
    return await store.prune({ ...before, signal: callingOff.signal });
  } finally {
    removals.delete(number);
  }
}

async function begin({ path, options, by }: Opening): Promise<void> {
  const host = await (by === 'bun' ? bunHost() : nodeHost());
  const store = await openFile(path, { ...host, gather: writes.gather }, options);
  parentPort?.on('message', (calls: readonly Call[]) => {
    for (const call of calls) void answer(store, call);
  });
  parentPort?.on('messageerror', (error) => {
    throw error; // it ends the thread, so that nobody waits for what was asked
  });
}

begin(workerData).then(
  () => tell({ id: openingId }),
  (error: unknown) => tell({ id: openingId, fault: toFault(error) }),
);
