/** @module Both participants of the crash test: where they keep things in, processes that can be started out. */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { parties } from '../support/participants.ts';
import { ParticipantProcess } from './process.ts';
import type { Place } from './storage.ts';
import type { Settings, Tell } from './words.ts';

/** A participant. */
export interface Side {
  readonly place: Place;
  /** One, or several that share a store. */
  readonly nodes: readonly ParticipantProcess[];
}

/** The DSO sends, the AGR receives. */
export type Sides = Readonly<Record<SideName, Side>>;
/** See {@link Sides}. */
export type SideName = 'DSO' | 'AGR';

/**
 * Makes both, with fresh keys and free ports; nothing runs yet.
 *
 * @param folder for their logs
 * @param hear takes what a process says
 */
export async function openSides(
  places: Readonly<Record<SideName, Place>>,
  program: string,
  folder: string,
  hear: (node: ParticipantProcess, words: Tell) => void,
): Promise<Sides> {
  const made = async (role: SideName) => {
    const place = places[role];
    const ports = place.kind === 'sqlite' ? [await freePort()] : [await freePort(), await freePort()];
    return { role, domain: parties[role].domain, keys: await generateKeys(nodeEd25519), place, ports };
  };
  const [dso, agr] = [await made('DSO'), await made('AGR')];
  const side = (own: typeof dso, other: typeof dso): Side => {
    const { role, domain, place } = own;
    const partner = { role: other.role, domain: other.domain, key: other.keys.publicKey, ports: other.ports };
    const nodes = own.ports.map((port) => {
      const settings: Settings = { role, domain, key: own.keys.privateKey, port, place, partner };
      const log = join(folder, `${role}-${port}.log`);
      const node: ParticipantProcess = new ParticipantProcess(program, settings, log, (words) =>
        hear(node, words),
      );
      return node;
    });
    return { place, nodes };
  };
  return { DSO: side(dso, agr), AGR: side(agr, dso) };
}

/**
 * A port that is free. None of those that systems give to outgoing connections: one of these could take it while its
 * process is down, or a connection to it could be answered by itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return port;
  }
}
