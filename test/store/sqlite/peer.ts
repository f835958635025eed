/** @module The other process: opens the SQLite file that it is told, and does with the store what messages ask for. */

import '../../support/threads.ts';
import type { Store } from '../../../runtime/ports/store.ts';
import { sqlite } from '../../../runtime/store/sqlite/node.ts';

/** What is asked. */
export interface Asked {
  readonly id: number;
  readonly method: Exclude<keyof Store, 'name' | 'durable'>;
  readonly args: readonly unknown[];
}

/** What is answered; without an id, a watcher was woken. */
export interface Answered {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: unknown };
}

const tell = (answer: Answered): void => void process.send?.(answer);
const asError = (error: unknown): NonNullable<Answered['error']> => {
  const { name, message, code } = error as Error & { readonly code?: unknown };
  return { name, message, code };
};

/** The first answer says that the file is open, or why not. */
const opening = sqlite(process.argv[2] ?? '');
opening.then(
  () => tell({ id: 0 }),
  (error: unknown) => tell({ id: 0, error: asError(error) }),
);

process.on('message', async ({ id, method, args }: Asked) => {
  try {
    const store = await opening;
    if (method === 'watch') store.watch(() => tell({}));
    const ask = store[method] as (...given: unknown[]) => unknown;
    tell({ id, result: method === 'watch' ? undefined : await ask.apply(store, [...args]) });
  } catch (error) {
    tell({ id, error: asError(error) });
  }
  if (method === 'close') process.disconnect?.();
});
