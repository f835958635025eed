/** @module What the package weighs in a bundle: budgets, and the README's table, which must say what is measured. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { entries, root, specifier } from './entries.ts';
import { type Size, sizeOf } from './size.ts';
import { bundles, inKb, measure, tableIn, tableOf } from './size-table.ts';

const test = suite('api: size');

let sizes: ReadonlyMap<string, Size>;

test.before(async () => {
  sizes = await measure();
});

for (const { title, gzippedMax } of bundles) {
  test(`Within ${inKb(gzippedMax)} KB gzipped: ${title}.`, () => {
    const { gzipped = 0, parts = [] } = sizes.get(title) ?? {};
    const largest = parts.slice(0, 10).map(([file, bytes]) => `${bytes} ${file}`);
    assert.ok(gzipped <= gzippedMax, `${gzipped} bytes; minified, the largest are\n${largest.join('\n')}`);
  });
}

test('The table in the README says what is measured, to 0.1 KB.', () => {
  const written = tableIn(readFileSync(join(root, 'README.md'), 'utf8'));
  const measured = tableOf(sizes);
  const [texts, numbers] = [written, measured].map((table) => table.replace(/\d+\.\d/g, '#'));
  assert.is(texts, numbers, 'run npm run sizes');
  const figures = (table: string): number[] => [...table.matchAll(/\d+\.\d/g)].map(Number);
  // Another build of zlib may round otherwise.
  figures(written).forEach((figure, i) => {
    const other = figures(measured)[i] ?? 0;
    assert.ok(
      Math.abs(figure - other) < 0.15,
      `${figure} stands there, ${other} was measured: npm run sizes`,
    );
  });
});

/** Entries that are made for one runtime, or run at development time only. */
const bound = ['./node', './bun', './deno', './postgres', './codegen'];

for (const entry of entries().keys()) {
  if (bound.includes(entry)) continue;
  test(`${entry} imports nothing of a runtime.`, async () => {
    const { imports } = await sizeOf(`export * from '${specifier(entry)}';`, [
      'workerd',
      'worker',
      'browser',
    ]);
    assert.equal(imports, []);
  });
}

test('What is not used of a version is left out: one table, without its messages and roles.', async () => {
  const { parts } = await sizeOf(`export { flexOrderTable } from 'shapeshifter-uftp/v3.1';`);
  const files = parts.filter(([, bytes]) => bytes > 0).map(([file]) => file);
  assert.equal(
    files.filter((file) => /roles|protocol|cro|metering/.test(file)),
    [],
  );
});
