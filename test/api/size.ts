/** @module What users may bundle goes in; its size in bytes, minified and gzipped, and what it imports come out. */

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root, sourceCondition } from './entries.ts';

/** A bundle as a user makes it. */
export interface Size {
  /** Bytes after minification, of what is loaded at the start: files that are imported on demand are left out. */
  readonly minified: number;
  /** The same, compressed by gzip at its usual level. */
  readonly gzipped: number;
  /** Bytes after minification by source file, the largest first. */
  readonly parts: readonly (readonly [file: string, bytes: number])[];
  /** Modules that were left to the runtime, on-demand files included. */
  readonly imports: readonly string[];
}

/**
 * Bundles a module with esbuild.
 *
 * @param code the module's text; names of this package are its sources
 * @param conditions of `exports` in package.json, beside that of the sources
 */
export async function sizeOf(code: string, conditions: readonly string[] = []): Promise<Size> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: [sourceCondition, ...conditions],
    external: ['node:*', 'cloudflare:*'],
    legalComments: 'none',
    metafile: true,
    write: false,
    absWorkingDir: root,
    outdir: '.',
  });
  const loaded = loadedAtStart(metafile);
  const texts = outputFiles.filter(({ path }) => loaded.some((file) => path === join(root, file)));
  const bytes = Buffer.concat(texts.map(({ contents }) => contents));
  const parts = loaded.flatMap((file) =>
    Object.entries(metafile.outputs[file]?.inputs ?? {}).map(
      ([input, { bytesInOutput }]) => [input, bytesInOutput] as const,
    ),
  );
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return {
    minified: bytes.length,
    gzipped: gzipSync(bytes).length,
    parts: parts.sort(([, a], [, b]) => b - a),
    imports: imports.filter(({ external }) => external === true).map(({ path }) => path),
  };
}

/** The entry's file, and those that it imports by statements. */
function loadedAtStart({ outputs }: Metafile): readonly string[] {
  const loaded = Object.keys(outputs).filter((file) => outputs[file]?.entryPoint !== undefined);
  const entry = loaded.filter((file) => outputs[file]?.entryPoint === '<stdin>');
  const seen = new Set(entry);
  for (const file of seen) {
    for (const { path, kind, external } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) seen.add(path);
  }
  return [...seen];
}
