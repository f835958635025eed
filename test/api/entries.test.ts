/** @module The entries: package.json, deno.json and typedoc.json tell the same of them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { entries, exportsField, root, sourceCondition, specifier } from './entries.ts';

const test = suite('api: entries');

type Names = Readonly<Record<string, string>>;

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

const npm = read<{ version: string; license: string; dependencies: Names; peerDependencies: Names }>(
  'package.json',
);
const deno = read<{ version: string; license: string; exports: Names; imports: Names }>('deno.json');
const sources: Names = Object.fromEntries([...entries()].map(([entry, source]) => [entry, `./${source}`]));

test('Each entry is source, types and default, in this order, all of one file.', () => {
  for (const [entry, conditions] of Object.entries(exportsField())) {
    if (typeof conditions === 'string') continue;
    const source = conditions[sourceCondition] ?? '';
    const built = source.replace('./', './dist/').replace(/\.ts$/, '');
    const expected = { [sourceCondition]: source, types: `${built}.d.ts`, default: `${built}.js` };
    assert.is(JSON.stringify(conditions), JSON.stringify(expected), entry);
  }
});

test('JSR has the same entries, version and licence.', () => {
  assert.equal(deno.exports, sources);
  assert.is(deno.version, npm.version);
  assert.is(deno.license, npm.license);
});

test('Deno finds each entry under its own name, and what the package depends on under the same ranges.', () => {
  const own = Object.entries(sources).map(([entry, source]) => [specifier(entry), source]);
  const others = Object.entries({ ...npm.dependencies, ...npm.peerDependencies });
  const npmNames = others.map(([name, range]) => [name, `npm:${name}@${range}`]);
  assert.equal(deno.imports, Object.fromEntries([...own, ...npmNames]));
});

test('typedoc documents every entry.', () => {
  const { entryPoints } = read<{ entryPoints: readonly string[] }>('typedoc.json');
  assert.equal([...entryPoints].sort(), [...entries().values()].sort());
});
