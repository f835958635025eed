/** @module Plays the cases of `nodeTransport` against the servers that its last argument names, and writes what became of each. */

import process from 'node:process';
import { play } from '../play.ts';
import { transportCases } from './cases.ts';

console.log(JSON.stringify(await play(transportCases(JSON.parse(process.argv.at(-1) ?? '')))));
process.exit(0);
