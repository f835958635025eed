/** @module What the properties need of each version: its model, its tables and libxml2's schema. */

import { fileURLToPath } from 'node:url';
import type { Parameters } from 'fast-check';
import { Lookup } from '../../codegen/model.ts';
import { readModel } from '../../codegen/read-model.ts';
import type { Protocol } from '../../runtime/roles.ts';
import { type Folder, folders, protocols } from '../codec/samples.ts';
import { type Oracle, schemaFor } from '../support/libxml2.ts';
import { Messages } from './messages.ts';

/** One version. */
export interface Version {
  readonly folder: Folder;
  readonly lookup: Lookup;
  readonly messages: Messages;
  readonly protocol: Protocol;
  readonly schema: Oracle;
  /** Names of the root elements that are messages. */
  readonly roots: readonly string[];
}

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** All versions. */
export const versions: readonly Version[] = await Promise.all(
  folders.map(async (folder) => {
    const lookup = new Lookup(await readModel(path(`generated/${folder}/ir.json`)));
    const protocol = protocols[folder];
    const schema = schemaFor(path(`schemas/${folder}`));
    return {
      folder,
      lookup,
      messages: new Messages(lookup),
      protocol,
      schema,
      roots: [...protocol.messages.keys()],
    };
  }),
);

/** The same runs every time: another seed is for `PROPERTY_SEED=…`, more of them for `PROPERTY_RUNS=…`. */
export const runs: Required<Pick<Parameters<unknown>, 'seed' | 'numRuns' | 'includeErrorInReport'>> = {
  seed: Number(process.env.PROPERTY_SEED ?? 20261025),
  numRuns: Number(process.env.PROPERTY_RUNS ?? 20),
  includeErrorInReport: true,
};
