/** @module The generator as a library: code from XSDs, and in words what changed between two versions. */

import type { Change } from './diff.ts';
import type { GenerateOptions } from './generate.ts';

export type { Change } from './diff.ts';
export type { GenerateOptions } from './generate.ts';
export { CodegenError, type Problem } from './problems.ts';

/** What was generated. */
export interface Generated {
  /** What stands in the Version attribute, such as `3.1.0`. */
  readonly version: string;
  /** All files, by name within `out`, in alphabetical order. */
  readonly files: readonly string[];
  /** Files that were written, or with `check` would have been. */
  readonly changed: readonly string[];
  /** Files of an earlier run that were removed, or with `check` would have been. */
  readonly stale: readonly string[];
  /** Names of the corrections that this version takes. */
  readonly corrections: readonly string[];
}

/** The packages that the generator works with are not installed: they are optional peers of this one. */
export class PackagesMissingError extends Error {
  /** Always `PackagesMissingError`. */
  override readonly name = 'PackagesMissingError';

  /** @param cause what the runtime said when a module was looked for */
  constructor(cause: Error) {
    super('the generator needs two more packages: npm install --save-dev ts-morph fast-xml-parser', {
      cause,
    });
  }
}

/**
 * Generates the code of one protocol version, as `uftp generate` does; but `documentation` and `corrections` are none
 * unless they are given, where the command takes those of this package. Nothing is written before everything has been
 * found to be right.
 *
 * @throws {CodegenError} with all that is wrong with the input
 * @throws {PackagesMissingError} without ts-morph and fast-xml-parser
 *
 * @example
 * ```ts
 * import { generate } from 'shapeshifter-uftp/codegen';
 *
 * const { version, files } = await generate({
 *   xsd: 'my-xsds',
 *   protocol: 'my-protocol.json',
 *   out: 'src/uftp',
 * });
 * console.log(`UFTP ${version}: ${files.length} files`);
 * ```
 */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const { model: _, ...generated } = await (await load(() => import('./generate.ts'))).generate(options);
  return generated;
}

/**
 * Tells in words what changed from version `a` to version `b`: what `uftp diff` does. Roles and responses are compared
 * where both have them.
 *
 * @param a folder with XSDs (and a `protocol.json`), or a folder or `ir.json` that was generated; `b` likewise
 * @returns breaking changes first, each group in alphabetical order
 * @throws {CodegenError} with all that is wrong with the input
 * @throws {PackagesMissingError} without ts-morph and fast-xml-parser
 */
export async function diff(a: string, b: string): Promise<readonly Change[]> {
  const { diff: compare, readModel } = await load(() => import('./diff.ts'));
  return compare(await readModel(a), await readModel(b));
}

/** Loads what needs the optional peers, so that importing this entry does not. */
async function load<M>(module: () => Promise<M>): Promise<M> {
  try {
    return await module();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new PackagesMissingError(error);
    throw error;
  }
}
