/** @module Bundles the participant's program, so that it starts in a fifth of the time; a folder with files to run comes out. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { root } from '../support/command.ts';

/** What is to be run in the folder of {@link makeProgram}. */
export const programFile = 'participant.mjs';

/**
 * Makes the folder. It stands in node_modules, from where packages are found that are not bundled. The thread of SQLite
 * files looks for its program beside the bundle.
 */
export async function makeProgram(): Promise<string> {
  const outdir = join(root, 'node_modules/.cache/shapeshifter-uftp', `participant-${process.pid}`);
  await build({
    entryPoints: ['./participant.ts', '../../runtime/store/sqlite/thread-node.ts'].map((file) => ({
      in: fileURLToPath(new URL(file, import.meta.url)),
      out: file.replace(/^.*\/|\.ts$/g, ''),
    })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { 'shapeshifter-uftp/tables': join(root, 'runtime/tables.ts') },
    logLevel: 'warning',
  });
  return outdir;
}
