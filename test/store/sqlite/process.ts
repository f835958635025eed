/** @module A SQLite file opened by a process of its own: a path in, a store out that asks that process. */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../../runtime/ports/store.ts';
import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';
import { flags } from '../../runtimes/remote.ts';
import type { Answered, Asked } from './peer.ts';

/** Opens a file in another process, which ends when the store is closed. What runs inside a commit cannot be sent. */
export async function openInProcess(path: string): Promise<Store<SqlTx>> {
  const child = fork(fileURLToPath(new URL('peer.ts', import.meta.url)), [path], {
    execArgv: [...(flags.node ?? [])],
    serialization: 'advanced', // bodies are bytes
  });
  const waiting = new Map<number, { resolve(result: unknown): void; fail(error: Error): void }>();
  const watchers = new Set<() => void>();
  let count = 0;
  child.on('message', ({ id, result, error }: Answered) => {
    if (id === undefined) for (const wake of watchers) wake();
    const ask = waiting.get(id ?? -1);
    waiting.delete(id ?? -1);
    if (error === undefined) ask?.resolve(result);
    else ask?.fail(Object.assign(new Error(error.message), error));
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      for (const { fail } of waiting.values()) fail(new Error(`the other process ended with ${code}`));
      resolve();
    });
  });
  const answer = <T>(id: number): Promise<T> =>
    new Promise<unknown>((resolve, fail) => waiting.set(id, { resolve, fail })) as Promise<T>;
  const ask = <T>(method: Asked['method'], ...args: readonly unknown[]): Promise<T> => {
    if (!child.connected) return Promise.reject(new Error('the store has been closed'));
    count += 1;
    child.send({ id: count, method, args } satisfies Asked);
    return answer(count);
  };
  await answer(0);
  return {
    name: 'sqlite in another process',
    durable: true,
    read: (request) => ask('read', request),
    commit: (item) => ask('commit', item),
    claim: (request) => ask('claim', request),
    renew: (lease, until, isUntried) => ask('renew', lease, until, isUntried),
    nextDueAt: (participants) => ask('nextDueAt', participants),
    list: (filter) => ask('list', filter),
    prune: (request) => ask('prune', request),
    watch(wake) {
      watchers.add(wake);
      void ask('watch');
      return () => watchers.delete(wake);
    },
    async close() {
      if (child.connected) await ask('close');
      await ended;
    },
  };
}
