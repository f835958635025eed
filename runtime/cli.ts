#!/usr/bin/env node
/** @module The command line: `uftp COMMAND`. Exit codes: 0 yes, 1 no, 2 wrong words, an unexpected error, or nobody who reads the output. */

import { type Command, UsageError } from './cli/command.ts';
import { UftpError } from './errors.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./cli/demo.ts')).demo,
  validate: async () => (await import('./cli/validate.ts')).validate,
  open: async () => (await import('./cli/open.ts')).open,
  seal: async () => (await import('./cli/open.ts')).seal,
  keygen: async () => (await import('./cli/keygen.ts')).keygen,
  generate: async () => (await import('./cli/generate.ts')).generate,
  diff: async () => (await import('./cli/generate.ts')).diff,
  log: async () => (await import('./cli/store/log.ts')).log,
  show: async () => (await import('./cli/store/show.ts')).show,
  export: async () => (await import('./cli/store/export.ts')).exportCommand,
  import: async () => (await import('./cli/store/import.ts')).importCommand,
  send: async () => (await import('./cli/store/send.ts')).send,
  retry: async () => (await import('./cli/store/retry.ts')).retry,
};

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const load of Object.values(commands)) {
    const { name, summary } = await load();
    lines.push(`  ${name.padEnd(10)} ${summary}`);
  }
  return `uftp: Shapeshifter (UFTP) on the command line

${lines.join('\n')}

uftp COMMAND --help tells more of each.
`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await help());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined)
    throw new UsageError(`there is no command ${name}; there are ${Object.keys(commands).join(', ')}`);
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(rest);
}

// A write that nobody waits for fails here, one that a command waits for fails below as well.
process.stdout.on('error', fail);
// Where nobody reads what is told beside it (2>&1 | head), the work goes on and the exit code holds.
process.stderr.on('error', () => {});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  fail(error);
}

/** Says what went wrong; nothing where the reader of the output has read enough, as `head -1` has. */
function fail(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') process.exit(2);
  process.stderr.write(`uftp: ${describe(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`${hint(process.argv[2] ?? '')}\n`);
  process.exitCode = 2;
}

function hint(name: string): string {
  return Object.hasOwn(commands, name)
    ? `the options of the command are in uftp ${name} --help`
    : 'uftp --help lists the commands';
}

/** In words where users can mend it themselves, by other words or by installing an optional package; else with its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const notInstalled = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  const isToldWell = error instanceof UsageError || error instanceof UftpError || notInstalled;
  return isToldWell ? error.message : (error.stack ?? error.message);
}
