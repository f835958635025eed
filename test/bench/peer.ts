/** @module The Python library's service as a row: it verifies and reads each message, hands it to a handler, and answers none. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPrivateKey } from '../../runtime/seal/keys.ts';
import { startPeer } from '../interop/peer.ts';
import { absent, peers } from '../interop/shared.ts';
import { makeVenv } from '../interop/venv.ts';
import { load } from './load.ts';
import { agr, dso, freshOffers } from './messages.ts';
import type { Keys, Row, Target } from './servers.ts';

/** The row. */
export const peerRow: Row = {
  name: 'Python library: handled, no response',
  runtime: 'python',
  slower: 10,
  start,
};

/** Ticks in a second in which Linux counts what a process has used; the same on every machine that Node runs on. */
const ticks = 100;

async function start({ sender, receiver }: Keys): Promise<Target> {
  if (absent !== undefined) throw new Error(`--peer: ${absent}`);
  if (process.platform !== 'linux')
    throw new Error('--peer: the time of another process is read from Linux’ /proc');
  const python = await makeVenv(join(peers, 'requirements.txt'));
  const folder = await mkdtemp(join(tmpdir(), 'uftp-bench-'));
  const directory = join(folder, 'directory.json');
  const address = { key: sender.publicKey, endpoint: 'http://127.0.0.1:9/nobody' };
  await writeFile(directory, JSON.stringify({ [`${agr.role}:${agr.domain}`]: address }));
  const port = await freePort();
  const options = { python, party: dso, key: receiver.privateKey, port, directory } as const;
  const peer = await startPeer({ ...options, respond: 'none', log: 'WARNING' });
  const url = `http://127.0.0.1:${port}/shapeshifter/api/v3/message`;
  // Where its first messages come together, it answers 400 to some of them; so the first comes alone.
  await load(url, await freshOffers(await importPrivateKey(sender.privateKey), 1), 1);
  let expected = 1;
  return {
    url,
    async usedUs() {
      const stat = await readFile(`/proc/${peer.pid}/stat`, 'utf8');
      // Behind the name, which may hold anything: user and system time are the 12th and 13th field there.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticks;
    },
    async settled(requests) {
      expected += requests;
      let processed = 0;
      await peer.lines.find('sign that all were handled', ({ stage }) => {
        if (stage === 'process') processed += 1;
        return processed >= expected;
      });
    },
    async stop() {
      await peer.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A port that was free a moment ago: the service must be told one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}
