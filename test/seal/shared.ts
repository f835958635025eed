/** @module Data from `../shared` for the tests of signing: Ed25519 vectors and golden messages; undefined where it is absent. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ed25519 } from '../../runtime/ports/signer.ts';
import { nobleEd25519 } from '../../runtime/seal/ed25519-noble.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { loadSodium } from '../../runtime/seal/ed25519-sodium-node.ts';
import { webcryptoEd25519 } from '../../runtime/seal/ed25519-webcrypto.ts';

/** libsodium; undefined where npm has no binary of sodium-native for this machine. */
export const sodiumEd25519: Ed25519 | undefined = loadSodium();

/** Every backend that runs on Node. */
export const backends: readonly [node: Ed25519, ...others: Ed25519[]] = [
  nodeEd25519,
  webcryptoEd25519,
  nobleEd25519,
  ...(sodiumEd25519 === undefined ? [] : [sodiumEd25519]),
];

/** Why a test is skipped that needs the data. */
export const absent = '../shared is absent';

/** One signature and libsodium's verdict on it. */
export interface Vector {
  readonly id: string;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly holds: boolean;
}

/** One signed message of a reference library. */
export interface Golden {
  readonly name: string;
  readonly body: string;
  readonly payload: Uint8Array;
  /** Base64 of 64 bytes. */
  readonly privateKey: string;
  /** Base64 of 32 bytes. */
  readonly publicKey: string;
}

/** The bytes that a hex text spells. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** All Ed25519 vectors: speccheck, Wycheproof and our own. */
export function readVectors(): Vector[] | undefined {
  if (!existsSync(folder)) return undefined;
  const verdicts = readJson<Record<string, boolean>>('vectors/own/libsodium_expected.json');
  const vector = (id: string, key: string, message: string, signature: string, holds?: boolean): Vector => {
    if (holds === undefined) throw new Error(`no verdict for ${id}`);
    return { id, key: hex(key), message: hex(message), signature: hex(signature), holds };
  };
  return [
    ...readJson<Speccheck[]>('vectors/speccheck/cases.json').map((entry, index) => {
      const id = `speccheck/${index}`;
      return vector(id, entry.pub_key, entry.message, entry.signature, verdicts[id]);
    }),
    ...readJson<Wycheproof>('vectors/wycheproof/ed25519_test.json').testGroups.flatMap((group) =>
      group.tests.map((entry) => {
        const id = `wycheproof/${entry.tcId}`;
        return vector(id, group.publicKey.pk, entry.msg, entry.sig, verdicts[id]);
      }),
    ),
    ...readJson<Own>('vectors/own/ed25519_edge.json').vectors.map((entry) =>
      vector(entry.id, entry.pk, entry.msg, entry.sig, entry.libsodium),
    ),
  ];
}

/** All signed messages of both reference libraries. */
export function readGolden(): Golden[] | undefined {
  if (!existsSync(folder)) return undefined;
  const java = readJson<Record<string, { privateKey: string; publicKey: string }>>('golden/java/keys.json');
  const python = readJson<Record<string, { private: string; public: string }>>('golden/python/keys.json');
  return ['golden/java', 'golden/python', 'golden/python/v3.0.0'].flatMap((place) =>
    readdirSync(new URL(`${place}/`, root))
      .filter((file) => file.endsWith('.signed.xml'))
      .map((file) => {
        const envelope = readFileSync(new URL(`${place}/${file}`, root), 'utf8');
        const role = attribute(envelope, 'SenderRole');
        const ofJava = java[role];
        const ofPython = python[`${role}:${attribute(envelope, 'SenderDomain')}`];
        const [privateKey, publicKey] =
          place === 'golden/java'
            ? [ofJava?.privateKey, ofJava?.publicKey]
            : [ofPython?.private, ofPython?.public];
        if (privateKey === undefined || publicKey === undefined) throw new Error(`no key for ${file}`);
        const payload = readFileSync(new URL(`${place}/${file.replace('.signed.xml', '.xml')}`, root));
        return {
          name: `${place}/${file}`,
          body: attribute(envelope, 'Body'),
          payload,
          privateKey,
          publicKey,
        };
      }),
  );
}

/** The Body of each attack on it, and whether it must be let in. */
export function readBodyAttacks(): { id: string; body: string; accept: boolean }[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readJson<Attack[]>('xml/attacks.json')
    .filter((attack) => attack.group === 'body')
    .map(({ id, text, policy }) => {
      const body = attribute(text, 'Body').replaceAll('&#10;', '\n');
      return { id, body, accept: policy === 'accept' };
    });
}

const root = new URL('../../../shared/', import.meta.url);
const folder = fileURLToPath(root);

interface Speccheck {
  readonly pub_key: string;
  readonly message: string;
  readonly signature: string;
}

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { readonly tcId: number; readonly msg: string; readonly sig: string }[];
  }[];
}

interface Own {
  readonly vectors: readonly {
    readonly id: string;
    readonly pk: string;
    readonly msg: string;
    readonly sig: string;
    readonly libsodium: boolean;
  }[];
}

interface Attack {
  readonly id: string;
  readonly group: string;
  readonly policy: string;
  readonly text: string;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8')) as T;
}

function attribute(xml: string, name: string): string {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1];
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}
