/** @module What a command of the CLI is, and how its arguments are read. */

import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Wrong words on the command line; exit code 2. */
export class UsageError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'UsageError';
  }
}

/** A command of `uftp`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help, as `--help` prints it. */
  readonly help: string;
  /** @returns the exit code: 0 for yes, 1 for no */
  run(args: readonly string[]): Promise<number>;
}

/**
 * Reads options strictly.
 *
 * @throws {UsageError}
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(inOneSentence(error instanceof Error ? error.message : String(error)));
  }
}

/** Node's message without its advice, which is about arguments that begin with a dash. */
function inOneSentence(message: string): string {
  const [, option] = /^Unknown option '(.+?)'/.exec(message) ?? [];
  return option === undefined ? (message.split('\n')[0] ?? '') : `unknown option ${option}`;
}

/** @throws {UsageError} where an option that must be there is not */
export function need(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new UsageError(`${name} is required`);
  return value;
}
