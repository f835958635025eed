/** @module The words after `npm run bench --`: arguments in, checked options out. */

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../api/entries.ts';

/** What to measure, how long, and where the outcome goes. */
export interface Options {
  readonly rounds: number;
  readonly requests: number;
  readonly out: string;
  readonly runtimes: boolean;
  readonly peer: boolean;
  /** True: stores, and nothing else. */
  readonly store: boolean;
  /** Messages that a store holds before, for what takes minutes; 0 leaves it out. */
  readonly old: number;
}

/** What `--help` prints. */
export const help = `npm run bench -- [OPTION…]

Measures what a message costs: as HTTP requests to servers in processes of their own, and stage by stage within one process.
Prints tables; writes report.json and two plots. Every figure is the median of rounds in which all rows have their turn.

  --rounds N    rounds that are counted, after some that are not; default 5
  --requests N  requests to each server in a round, each a message of its own; default 2000
  --out DIR     where report.json, requests.svg and isps.svg go; default dist/bench
  --runtimes    Bun and Deno, too; installs them in test/runtimes/install
  --peer        the service of the Python library, too; makes a virtual environment in .venv
  --store       stores instead: what services receive a second in memory, in SQLite (synchronous FULL), in SQLite with a commit
                per message, and one node and two in PostgreSQL, where it is installed; writes stores.json
  --old N       with --store: a store of N old messages against an empty one, and a backlog of N that is delivered; takes
                minutes; writes backlog.svg
  --help        print this
`;

/**
 * Reads the arguments strictly.
 *
 * @returns undefined where help is asked for
 * @throws {TypeError} that says what is wrong
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      requests: { type: 'string', default: '2000' },
      out: { type: 'string', default: join(root, 'dist/bench') },
      runtimes: { type: 'boolean', default: false },
      peer: { type: 'boolean', default: false },
      store: { type: 'boolean', default: false },
      old: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.old !== undefined && !values.store) throw new TypeError('--old goes with --store');
  return {
    rounds: whole('--rounds', values.rounds, 1000),
    requests: whole('--requests', values.requests, 100_000),
    out: resolve(values.out),
    runtimes: values.runtimes,
    peer: values.peer,
    store: values.store,
    old: values.old === undefined ? 0 : whole('--old', values.old, 10_000_000),
  };
}

function whole(name: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max)
    throw new TypeError(`${name}: expected a whole number from 1 to ${max}, got ${text}`);
  return value;
}
