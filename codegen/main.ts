/** @module `npm run generate`: the versions in `schemas/` go in, `generated/` comes out; `--check` only compares. */

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CodegenError, type GenerateReport, generate } from './generate.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Generates all versions of this package. Gives the exit code: 0, or 1 where something is wrong or has drifted. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const schemas = relative(process.cwd(), join(root, 'schemas'));
  const folders = readdirSync(schemas)
    .filter((folder) => existsSync(join(schemas, folder, 'protocol.json')))
    .sort();
  const applied = new Set<string>();
  let drifted = false;
  for (const folder of folders) {
    const out = relative(process.cwd(), join(root, 'generated', folder));
    const started = performance.now();
    const report = await generate({
      xsd: join(schemas, folder),
      protocol: join(schemas, folder, 'protocol.json'),
      documentation: join(schemas, 'documentation.json'),
      documentationKey: folder,
      requireDocumentation: true,
      corrections: join(schemas, 'corrections.json'),
      out,
      check: values.check,
    });
    for (const correction of report.corrections) applied.add(correction);
    console.log(`${describe(folder, report)} → ${out} (${Math.round(performance.now() - started)} ms)`);
    for (const name of report.changed)
      console.log(`  ${values.check ? 'differs' : 'written'}: ${join(out, name)}`);
    for (const name of report.stale)
      console.log(`  ${values.check ? 'stale' : 'removed'}: ${join(out, name)}`);
    drifted ||= report.changed.length + report.stale.length > 0;
  }
  const corrections = Object.keys(JSON.parse(await readFile(join(schemas, 'corrections.json'), 'utf8')));
  const unused = corrections.filter((id) => !applied.has(id));
  for (const id of unused)
    console.error(`schemas/corrections.json: "${id}" names a type that no version has; remove it`);
  if (values.check && drifted) console.error('generated/ is not what schemas/ says; run npm run generate');
  return unused.length > 0 || (values.check && drifted) ? 1 : 0;
}

function describe(folder: string, { model, files }: GenerateReport): string {
  const types = model.simpleTypes.length + model.complexTypes.length;
  return `${folder}: ${model.xsds} XSDs, ${types} types, ${model.messages.length} messages, ${files.length} files`;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CodegenError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
