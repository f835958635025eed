/** @module A folder of XSDs and a protocol file go in, the checked and frozen model comes out. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Schema } from './build.ts';
import { checkRecursion, checkSchema } from './check.ts';
import { checkProtocol } from './check-protocol.ts';
import type { Model } from './model.ts';
import type { Problems } from './problems.ts';
import type { ProtocolFacts } from './protocol-file.ts';
import { read } from './read.ts';
import type { Xsd } from './references.ts';

/**
 * Reads all XSDs of a folder.
 *
 * @throws {CodegenError} with everything that is wrong with them, or was reported before
 */
export async function loadSchema(folder: string, problems: Problems): Promise<Schema> {
  const names = await readdir(folder).catch(() => []);
  const xsds: Xsd[] = [];
  for (const name of names.filter((candidate) => /\.xsd$/i.test(candidate)).sort()) {
    const file = join(folder, name);
    const tree = read(file, await readFile(file), problems);
    if (tree) xsds.push({ name, tree });
  }
  if (names.every((name) => !/\.xsd$/i.test(name))) {
    problems.report({ file: folder, line: 1 }, 'folder', 'has no XSDs in it', 'name a folder with *.xsd');
  }
  problems.settle();
  const schema = build(xsds, problems);
  checkRecursion(schema, problems);
  problems.settle();
  checkSchema(schema, problems);
  return schema;
}

/**
 * Adds what the protocol file says.
 *
 * @throws {CodegenError} with everything that is wrong with either, or was reported before
 */
export function completeModel(schema: Schema, facts: ProtocolFacts, problems: Problems): Model {
  const messages = checkProtocol(schema, facts, problems);
  problems.settle();
  const { version, experimental, envelope } = facts;
  return deepFreeze({ ...schema, version, experimental, envelope, messages });
}

/** Freezes plain data all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}
