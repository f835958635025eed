/** @module Which Ed25519 to use where none is named: nothing in, the best portable backend out. */

import type { Ed25519 } from '../ports/signer.ts';
import { nobleEd25519 } from './ed25519-noble.ts';
import { knowsEd25519, webcryptoEd25519 } from './ed25519-webcrypto.ts';

let chosen: Promise<Ed25519> | undefined;

/** WebCrypto where it knows Ed25519, else noble; found out once per process. */
export function portableEd25519(): Promise<Ed25519> {
  chosen ??= knowsEd25519().then((known) => (known ? webcryptoEd25519 : nobleEd25519));
  return chosen;
}
