/**
 * @module A program: POSTs once to the URL that is its last argument, and has nothing else to do. When nothing keeps it
 * alive any more, it prints what came back, and how many connections it still has.
 */

import process from 'node:process';
import { systemClock } from '../../runtime/ports/clock.ts';
import { connections } from '../../runtime/transport/connections-node.ts';
import { transportOver } from '../../runtime/transport/post-node.ts';
import { post } from './posting.ts';

const agents = connections({});
const url = process.argv.at(-1) ?? '';
const to = { url: new URL(url), insecureEndpoints: true, credentials: true };
const { response } = await post(transportOver(agents, systemClock), url);
process.once('beforeExit', () => {
  const idle = Object.values(agents(to).freeSockets).flat().length;
  console.log(JSON.stringify({ status: response?.status, idle }));
});
