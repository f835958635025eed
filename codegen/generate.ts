/** @module A folder of XSDs and a protocol file go in; a folder of generated code, and a report on it, come out. */

import { readCorrections } from './corrections.ts';
import { readDocumentation } from './documentation.ts';
import type { Context } from './emit/context.ts';
import { emitIndex } from './emit/index.ts';
import { emitIr } from './emit/ir.ts';
import { emitJsonSchema } from './emit/json-schema.ts';
import { emitProtocol } from './emit/protocol.ts';
import { emitRoles } from './emit/roles.ts';
import { emitScalars } from './emit/scalars.ts';
import { emitTypes } from './emit/types.ts';
import { completeModel, loadSchema } from './load.ts';
import { Lookup, type Model } from './model.ts';
import { printSources } from './print.ts';
import { Problems } from './problems.ts';
import { readProtocol } from './protocol-file.ts';
import { compareFolder, mark, writeFolder } from './write.ts';

export { CodegenError, type Problem } from './problems.ts';

/** What to generate from and where to. All paths are relative to the working directory. */
export interface GenerateOptions {
  /** Folder of XSDs; all `*.xsd` in it are read. */
  readonly xsd: string;
  /** Protocol file, see `schemas/README.md`; `shapeshifter-uftp/schemas/…` is a file of this package. */
  readonly protocol: string;
  /** Folder for the output. */
  readonly out: string;
  /** What stands in the Version attribute, such as `3.1.0`. Default: what the protocol file says; they must agree. */
  readonly version?: string;
  /** File with the texts of doc comments, as the protocol file. Default: those of the XSDs. */
  readonly documentation?: string;
  /** Key of the version under `versions` in the documentation. Default: the version. */
  readonly documentationKey?: string;
  /** Refuses what is not documented. Default false. */
  readonly requireDocumentation?: boolean;
  /** File with corrections to the XSDs, as the protocol file. Default: none. */
  readonly corrections?: string;
  /** Compares and writes nothing. Default false. */
  readonly check?: boolean;
}

/** What was generated. */
export interface GenerateReport {
  readonly version: string;
  readonly model: Model;
  /** All files, by name within `out`, in alphabetical order. */
  readonly files: readonly string[];
  /** Files that were written, or with `check` would have been. */
  readonly changed: readonly string[];
  /** Files of an earlier run that were removed, or with `check` would have been. */
  readonly stale: readonly string[];
  /** Names of the corrections that this version takes. */
  readonly corrections: readonly string[];
}

/**
 * Generates the code of one protocol version. The same input gives the same bytes. Nothing is written before everything
 * has been found to be right.
 *
 * @throws {CodegenError} with all problems that were found
 */
export async function generate(options: GenerateOptions): Promise<GenerateReport> {
  const problems = new Problems();
  const facts = await readProtocol(options.protocol, problems);
  const version = facts?.version ?? '';
  if (facts && options.version !== undefined && options.version !== version) {
    const problem = `is ${version}, but ${options.version} was asked for`;
    problems.report({ file: options.protocol, line: 1 }, '"version"', problem, 'correct one of them');
  }
  const key = options.documentationKey ?? version;
  const documentation = await readDocumentation(options.documentation, key, problems);
  const corrections = await readCorrections(options.corrections, problems);
  const schema = await loadSchema(options.xsd, problems);
  // A file that could not be read has been reported, so that loading has thrown already.
  if (facts === undefined) throw problems.error();
  const model = completeModel(schema, facts, problems);
  for (const type of model.simpleTypes) {
    const correction = corrections.get(type.name);
    if (correction === undefined || (type.kind === 'string' && type.facets.patterns)) continue;
    const place = { file: options.corrections ?? '', line: 1 };
    problems.report(place, `"${correction.id}"`, `${type.name} has no pattern`, 'remove the correction');
  }
  if (options.requireDocumentation) {
    documentation.requireAll(model, options.documentation ?? options.xsd, problems);
  }
  problems.settle();
  const files = emit({ lookup: new Lookup(model), documentation, corrections });
  const changes = await compareFolder(options.out, files, problems);
  problems.settle();
  if (!options.check) await writeFolder(options.out, files, changes);
  return {
    version,
    model,
    files: [...files.keys()],
    changed: changes.changed,
    stale: changes.stale,
    corrections: model.simpleTypes.flatMap((type) => corrections.get(type.name)?.id ?? []),
  };
}

function emit(context: Context): Map<string, string> {
  const { model } = context.lookup;
  const banner = `${mark} ${model.xsds} XSDs of UFTP ${model.version}. Do not edit.`;
  const sources = [
    emitScalars(context),
    ...emitTypes(context),
    ...(model.messages.length > 0 ? [emitProtocol(context), emitRoles(context)] : []),
  ];
  const texts = [
    ...printSources([...sources, emitIndex(sources)], `// ${banner}`),
    ['ir.json', emitIr(model, banner)] as const,
    ['schema.json', emitJsonSchema(context, banner)] as const,
  ];
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
