/** @module `nodeTransport` on Node, Bun and Deno, against servers of this process. */

import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { listen } from '../../service/posting.ts';
import { Authority } from '../../support/certificates.ts';
import { suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import type { Result } from '../play.ts';
import { flags, remoteSuite, runScript } from '../remote.ts';
import { type Servers, transportCases } from './cases.ts';

const { node22, node24, bun, deno } = await runtimes();

const answer: RequestListener = (request, response) => {
  request.resume().once('end', () => {
    const [, status, text] = /^\/(\d{3})\/(.*)$/.exec(request.url ?? '') ?? [];
    if (status === undefined) request.socket.destroy();
    else {
      response.writeHead(Number(status), { location: '/200/' });
      response.end(text === 'long' ? 'x'.repeat(1_000_000) : text);
    }
  });
};

/** Starts all servers, runs the cases by a program, and stops the servers. */
async function play(program: string, how: readonly string[]): Promise<readonly Result[]> {
  const authority = new Authority();
  const ca = authority.cert;
  const pair = authority.issue('dso.example');
  const asking = { ca, requestCert: true, rejectUnauthorized: true };
  const [http, https, mutual, nobody] = [
    await listen(createServer(answer)),
    await listen(createSecureServer(pair, answer)),
    await listen(createSecureServer({ ...pair, ...asking }, answer)),
    await listen(createServer()),
  ];
  await nobody.close();
  const ports = { http: http.port, https: https.port, mutual: mutual.port, nobody: nobody.port };
  const servers: Servers = { ...ports, ca, own: authority.issue('agr.example') };
  try {
    return await runScript(program, how, 'test/runtimes/transport/run.ts', JSON.stringify(servers));
  } finally {
    await Promise.all([http, https, mutual].map((one) => one.close()));
  }
}

const titles = transportCases({} as Servers).map(({ title }) => title);

for (const [name, program, runtime] of [
  ['this Node', process.execPath, 'node'],
  ['Node 22', node22, 'node'],
  ['Node 24', node24, 'node'],
  ['Bun', bun, 'bun'],
  ['Deno', deno, 'deno'],
] as const) {
  if (program === undefined) suite(`transport: ${name}`).skip('all', 'npm has none for this machine');
  else remoteSuite(`transport: ${name}`, titles, () => play(program, flags[runtime]));
}
