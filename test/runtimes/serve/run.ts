/** @module Plays the cases of `serve` with the entry of the runtime at hand, and writes what became of each. */

import { play } from '../play.ts';
import { serveCases } from './cases.ts';

const entry =
  'Bun' in globalThis
    ? await import('../../../runtime/bun.ts')
    : 'Deno' in globalThis
      ? await import('../../../runtime/deno.ts')
      : await import('../../../runtime/node.ts');
console.log(JSON.stringify(await play(serveCases(entry.serve))));
process.exit(0);
