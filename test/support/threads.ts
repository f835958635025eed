/** @module Lets threads run TypeScript on Node 20, where tsx sees to the main thread only: imported for what it does, by programs that run from source. */

import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import threads, { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';

const programs = new Map<string, string>();

/** The program in one piece of JavaScript. */
function bundled({ href }: URL): string {
  const known = programs.get(href);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(href)],
    bundle: true,
    write: false,
    format: 'cjs',
    target: 'node20',
    platform: 'node',
    packages: 'external',
    define: { 'import.meta.url': JSON.stringify(href) },
  });
  const program = outputFiles[0]?.text ?? '';
  programs.set(href, program);
  return program;
}

class TypeScriptWorker extends Worker {
  constructor(...[program, options]: ConstructorParameters<typeof Worker>) {
    const isTypeScript = program instanceof URL && program.pathname.endsWith('.ts');
    if (isTypeScript) super(bundled(program), { ...options, eval: true });
    else super(program, options);
  }
}

if (process.versions.node.startsWith('20.')) {
  threads.Worker = TypeScriptWorker;
  syncBuiltinESMExports();
}
