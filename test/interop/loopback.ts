/** @module A market on loopback ports: Python services and ours that know one another from one address book. */

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '../../runtime/codec/message.ts';
import type { Lookup } from '../../runtime/ports/lookup.ts';
import type { Message, Party, Protocol, Role, RoleKind, RoleName } from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { type Ours, type OursOptions, startOurs } from './ours.ts';
import { type Peer, startPeer } from './peer.ts';
import { golden, peers } from './shared.ts';
import { makeVenv } from './venv.ts';

/** A Python service before it is started: others know its address already. */
export interface Prepared {
  readonly party: Party;
  start(): Promise<Peer>;
}

/** How a Python service differs from the golden participant of its role. */
export interface PythonOptions {
  readonly respond?: 'response' | 'full';
  /** A participant of its own, whose key is not the one in the address book. */
  readonly impostor?: string;
}

/** How a service of ours stands in the address book. Default: as it is. */
export interface ListedAs {
  /** True: it is not there. */
  readonly unlisted?: boolean;
  /** True: it is there with another key. */
  readonly impostor?: boolean;
}

/** The market. */
export interface Loopback {
  /** Lists the Python service of a role, so that it can be written to before it starts. */
  prepare(role: RoleName, options?: PythonOptions): Promise<Prepared>;
  /** Starts the Python service of a role, under its golden domain and key. */
  python(role: RoleName, options?: PythonOptions): Promise<Peer>;
  /** Starts a service of ours with fresh keys. */
  ours<Kind extends RoleKind>(role: Role<Kind>, options: OursOptions<Kind> & ListedAs): Promise<Ours<Kind>>;
  /** Writes a message to a file, for a Python service to send. */
  file(message: Message, protocol: Protocol): Promise<string>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** What a test file needs, opened by the first test that asks for it. */
export interface OnDemand<T> {
  (): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens a market, and with it what a test file needs, when that is first asked for: a failure is then one of tests, which
 * uvu counts, and not one of `before`, which it passes over.
 */
export function onDemand<T>(furnish: (loopback: Loopback) => Promise<T>): OnDemand<T> {
  let opened: Promise<{ readonly loopback: Loopback; readonly value: T }> | undefined;
  const open = async () => {
    const loopback = await openLoopback();
    try {
      return { loopback, value: await furnish(loopback) };
    } catch (error) {
      await loopback.close();
      throw error;
    }
  };
  const get = async (): Promise<T> => {
    opened ??= open();
    return (await opened).value;
  };
  const close = async (): Promise<void> => {
    const result = await opened?.catch(() => undefined); // the tests have told
    await result?.loopback.close();
  };
  return Object.assign(get, { close });
}

interface Address {
  readonly key: string;
  readonly endpoint: string;
}

/** Opens an empty market, with the Python library installed. @throws {Error} see `makeVenv` */
async function openLoopback(): Promise<Loopback> {
  const python = await makeVenv(join(peers, 'requirements.txt'));
  const folder = await mkdtemp(join(tmpdir(), 'uftp-interop-'));
  const started: { stop(): Promise<void> }[] = [];
  const book = await openBook(join(folder, 'directory.json'));
  let files = 0;
  const prepare = async (role: RoleName, options: PythonOptions = {}): Promise<Prepared> => {
    const { party, privateKey, publicKey } = await identity(role, options.impostor);
    const port = await freePort();
    await book.add(party, {
      key: publicKey,
      endpoint: `http://127.0.0.1:${port}/shapeshifter/api/v3/message`,
    });
    return {
      party,
      async start() {
        const respond = options.respond ?? 'response';
        const peer = await startPeer({ python, party, port, respond, key: privateKey, directory: book.path });
        started.push(peer);
        return peer;
      },
    };
  };
  return {
    prepare,
    python: async (role, options) => (await prepare(role, options)).start(),
    async ours(role, options) {
      const [keys, others] = [await generateKeys(), await generateKeys()];
      const ours = await startOurs(role, { lookup: book.lookup, ...options, key: keys.privateKey });
      started.push(ours);
      const key = options.impostor === true ? others.publicKey : keys.publicKey;
      if (options.unlisted !== true) await book.add(ours.party, { key, endpoint: ours.endpoint });
      return ours;
    },
    async file(message, protocol) {
      files += 1;
      const path = join(folder, `${files}.xml`);
      await writeFile(path, encode(message, protocol));
      return path;
    },
    async close() {
      await Promise.all(started.map((one) => one.stop()));
      await rm(folder, { recursive: true });
    },
  };
}

/** The golden participant of a role; of an impostor, the private key does not fit the public one. */
async function identity(role: RoleName, impostor: string | undefined) {
  if (impostor !== undefined) {
    const [mine, others] = [await generateKeys(), await generateKeys()];
    return { party: { role, domain: impostor }, privateKey: mine.privateKey, publicKey: others.publicKey };
  }
  const keys = JSON.parse(await readFile(join(golden, 'keys.json'), 'utf8')) as Record<
    string,
    { private: string; public: string }
  >;
  for (const [name, { private: privateKey, public: publicKey }] of Object.entries(keys)) {
    const [owner, domain = ''] = name.split(':');
    if (owner === role) return { party: { role, domain }, privateKey, publicKey };
  }
  throw new Error(`keys.json has no key of a ${role}`);
}

/** The address book, in a file for the Python services, which read it again when it changes, and as our look-up. */
async function openBook(path: string) {
  const addresses = new Map<string, Address>();
  const find = ({ role, domain }: Party): Address | undefined => addresses.get(`${role}:${domain}`);
  const lookup: Lookup = { keys: (party) => find(party)?.key, endpoint: (party) => find(party)?.endpoint };
  let written = Promise.resolve();
  const write = async (): Promise<void> => {
    await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(addresses)));
    await rename(`${path}.new`, path); // at once, so that nobody reads half of it
  };
  await write();
  return {
    path,
    lookup,
    add({ role, domain }: Party, address: Address): Promise<void> {
      addresses.set(`${role}:${domain}`, address);
      written = written.then(write);
      return written;
    },
  };
}

/** A port that was free a moment ago: the Python services must be told one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
