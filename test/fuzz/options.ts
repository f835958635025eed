/** @module The arguments of `npm run fuzz` go in, checked options come out. */

import { parseArgs } from 'node:util';
import { type Folder, folders } from '../codec/samples.ts';

/** What the fuzzer is asked for. */
export interface Options {
  /** How many documents of each version. */
  readonly n: number;
  readonly versions: readonly Folder[];
  /** Decides all documents, together with the version and their numbers. */
  readonly seed: string;
  /** The one document that is asked for. */
  readonly index: number | undefined;
  /** How many processes judge documents at the same time. */
  readonly workers: number;
  /** True where every point of the model is printed. */
  readonly coverage: boolean;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage: string = `npm run fuzz -- [OPTION…]

  --n N          documents of each version, default 20000
  --version V    one version, of ${folders.join(', ')}; default all
  --seed TEXT    another sequence of documents, default uftp
  --index I      one document: prints it with both verdicts
  --workers N    processes, 1 to 16, default 2
  --coverage     prints how often each point of the model was met
  --help         prints this

Exit code: 0 where both judges agree, the share of valid documents is right and the model is covered; else 1; 2 for
options that are not these.`;

/** An option that there is not, or a value that it does not take. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the arguments. @throws {UsageError} */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  return {
    n: whole('n', values.n ?? '20000', 1, 1e9),
    versions: versions(values.version),
    seed: values.seed ?? 'uftp',
    index: values.index === undefined ? undefined : whole('index', values.index, 0, 1e9),
    workers: whole('workers', values.workers ?? '2', 1, 16),
    coverage: values.coverage ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        n: { type: 'string' },
        version: { type: 'string' },
        seed: { type: 'string' },
        index: { type: 'string' },
        workers: { type: 'string' },
        coverage: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function versions(asked: string | undefined): readonly Folder[] {
  if (asked === undefined) return folders;
  const found = folders.filter((folder) => folder === asked);
  if (found.length === 0) throw new UsageError(`--version ${asked} is none of ${folders.join(', ')}`);
  return found;
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^[0-9]+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`--${name} ${text} is no whole number from ${least} to ${most}`);
}
