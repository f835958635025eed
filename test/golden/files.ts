/** @module The golden messages of the reference libraries, with the verdicts of their manifest; undefined where they are absent. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Folder, folders } from '../codec/samples.ts';
import { sharedPath } from '../codec/shared.ts';

/** One golden payload, unsigned. */
export interface Golden {
  /** Such as `python/v3.0.0/FlexOrder.unsolicited`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** By version: true where it is valid, or why it is not; a version of which nothing is said is absent. */
  readonly verdicts: Readonly<Partial<Record<Folder, true | string>>>;
  /** The Python library's JSON of the message, where there is one. */
  readonly json: string | undefined;
}

/** All golden payloads, and the entries of the manifest whose files are not there. */
export interface GoldenSet {
  readonly messages: readonly Golden[];
  readonly missing: readonly string[];
}

/** The manifest's names for the versions. */
const tags: Readonly<Record<Folder, string>> = { '3.0.0': 'V3.0.0', '3.1.0': 'V3.1.0', next: 'HEAD' };

interface Entry {
  readonly schema: Readonly<Record<string, true | string>>;
}

/** Reads them. The Java library's have no manifest: they are valid by 3.1.0. */
export function readGolden(): GoldenSet | undefined {
  const folder = sharedPath('golden');
  if (folder === undefined) return undefined;
  const java = readdirSync(join(folder, 'java'))
    .filter((file) => file.endsWith('.xml') && !file.endsWith('.signed.xml'))
    .map((file) => read(folder, `java/${file.slice(0, -4)}`, { '3.1.0': true }));
  const manifest = JSON.parse(readFileSync(join(folder, 'python/manifest.json'), 'utf8'));
  const entries = Object.entries(manifest as Record<string, Entry>).map(([key, { schema }]) => {
    const name = key.startsWith('3.0.0/') ? `python/v${key}` : key.replace(/^3\.1\.0/, 'python');
    return { name, verdicts: Object.fromEntries(folders.map((version) => [version, schema[tags[version]]])) };
  });
  const isThere = ({ name }: { name: string }): boolean => existsSync(join(folder, `${name}.xml`));
  const python = entries.filter(isThere).map(({ name, verdicts }) => read(folder, name, verdicts));
  const missing = entries.filter((entry) => !isThere(entry)).map(({ name }) => name);
  return { messages: [...java, ...python], missing };
}

function read(folder: string, name: string, verdicts: Golden['verdicts']): Golden {
  const json = join(folder, `${name}.json`);
  return {
    name,
    bytes: new Uint8Array(readFileSync(join(folder, `${name}.xml`))),
    verdicts,
    json: existsSync(json) ? readFileSync(json, 'utf8') : undefined,
  };
}
