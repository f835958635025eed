/** @module Plays the cases of `serve` with the entry of the runtime at hand, and writes what became of each. */

import { play } from '../play.ts';
import { serveCases } from './cases.ts';

const runtime = 'Bun' in globalThis ? 'Bun' : 'Deno' in globalThis ? 'Deno' : 'Node';
const entries = {
  Bun: () => import('../../../runtime/bun.ts'),
  Deno: () => import('../../../runtime/deno.ts'),
  Node: () => import('../../../runtime/node.ts'),
};
const { serve } = await entries[runtime]();
console.log(JSON.stringify(await play(serveCases(serve, runtime))));
process.exit(0);
