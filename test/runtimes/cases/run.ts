/** @module Plays the cases on the Node, Bun or Deno that it is run by, and writes the report. */

import { report } from './all.ts';
import { readSpeccheck } from './vectors.ts';

console.log(JSON.stringify(await report(readSpeccheck())));
