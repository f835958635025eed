/** @module Which Ed25519 to use where none is named: nothing in, the best portable backend out. */

import type { Ed25519 } from '../ports/signer.ts';
import { knowsEd25519, webcryptoEd25519 } from './ed25519-webcrypto.ts';

let chosen: Promise<Ed25519> | undefined;

/** WebCrypto where it knows Ed25519, else noble; found out once per process. */
export function portableEd25519(): Promise<Ed25519> {
  chosen ??= knowsEd25519().then((known) => (known ? webcryptoEd25519 : loadNoble()));
  return chosen;
}

/** Loaded on demand: runtimes of today know Ed25519, and a bundler can leave these 3 KB in a file of their own. */
async function loadNoble(): Promise<Ed25519> {
  return (await import('./ed25519-noble.ts')).nobleEd25519;
}
