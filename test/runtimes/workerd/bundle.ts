/** @module Bundles a worker as wrangler does, without nodejs_compat: a file of this folder in, one module out. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles.
 *
 * @param file such as `cases.worker.ts`
 * @returns the text of an ES module, and what it still imports
 */
export async function bundle(
  file: string,
): Promise<{ readonly code: string; readonly imports: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(fileURLToPath(new URL('.', import.meta.url)), file)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral', // so that an import of `node:…` is an error
    mainFields: ['module', 'main'],
    conditions: ['shapeshifter-uftp-source', 'workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map((one) => one.path));
  return { code: outputFiles[0]?.text ?? '', imports };
}
