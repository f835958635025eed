/** @module Signatures on which libraries disagree, as cases: each must get libsodium's verdict from the portable Ed25519. */

import { open, portableEd25519, publicKey } from 'shapeshifter-uftp';
import { type Case, equal } from './case.ts';

/** A signature and libsodium's verdict; bytes in hex. */
export interface Vector {
  /** Such as `speccheck/0`. */
  readonly id: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly holds: boolean;
}

/** Makes a case of each vector. */
export function speccheckCases(vectors: readonly Vector[]): readonly Case[] {
  return vectors.map(({ id, key, message, signature, holds }) => ({
    title: `${id} ${holds ? 'opens' : 'does not open'}, as libsodium says`,
    async run() {
      const sealed = bytesOf(signature + message);
      const opened = await open(await portableEd25519(), [publicKey(bytesOf(key))], sealed);
      equal(opened?.payload, holds ? bytesOf(message) : undefined, 'the payload');
    },
  }));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
