/** @module Where the Python services and the golden messages are, in `../shared`. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));

/** The scripts that run the Python library's services, and their requirements. */
export const peers: string = at('peers/python');

/** Messages as the Python library writes them, and the keys of its participants. */
export const golden: string = at('golden/python');

/** Why the suite is skipped; undefined where everything is there. */
export const absent: string | undefined = [peers, golden].every((path) => existsSync(path))
  ? undefined
  : '../shared is absent';
