/** @module A folder of XSDs or of generated code, or an `ir.json`, goes in; its model comes out. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { irFormat } from './emit/ir.ts';
import { readJson } from './json.ts';
import { completeModel, loadSchema } from './load.ts';
import type { Model } from './model.ts';
import { Problems } from './problems.ts';
import { readProtocol } from './protocol-file.ts';

/**
 * Reads a model from an `ir.json`, a folder with one in it, or a folder of XSDs. A `protocol.json` beside the XSDs is
 * read as well; without one the model has no messages.
 *
 * @throws {CodegenError} with everything that is wrong
 */
export async function readModel(path: string): Promise<Model> {
  const problems = new Problems();
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return readIr(path, problems);
  const names = await readdir(path);
  if (names.includes('ir.json')) return readIr(join(path, 'ir.json'), problems);
  const facts = names.includes('protocol.json')
    ? await readProtocol(join(path, 'protocol.json'), problems)
    : undefined;
  const schema = await loadSchema(path, problems);
  if (facts) return completeModel(schema, facts, problems);
  problems.settle();
  return { ...schema, version: '', experimental: false, envelope: '', messages: [] };
}

async function readIr(file: string, problems: Problems): Promise<Model> {
  const json = await readJson(file, problems);
  if (json && json.value.format !== irFormat) {
    const remedy = 'generate it again with this version of the generator';
    problems.report(json.place(['format']), '"format"', `is not ${irFormat}`, remedy);
  }
  problems.settle();
  return json?.value as unknown as Model;
}
