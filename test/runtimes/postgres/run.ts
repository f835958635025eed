/** @module Plays the cases for PostgreSQL on the runtime that it is run by, against the server that its argument names. */

import process from 'node:process';
import { postgresCases } from '../../postgres/cases.ts';
import { play } from '../play.ts';

const url = process.argv[2] ?? '';
console.log(JSON.stringify(await play(postgresCases(() => url))));
