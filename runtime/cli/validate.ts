/** @module `uftp validate`: judges documents by the schema. */

import { readMessage } from '../codec/message.ts';
import { formatIssue, type Issue, type Warning } from '../errors.ts';
import type { Protocol } from '../roles.ts';
import { envelopeRoot, readEnvelope } from '../seal/envelope.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { readInput, writeOutput } from './files.ts';
import { paintFor } from './terminal.ts';
import { allProtocols, protocolOf } from './versions.ts';

const help = `uftp validate [options] FILE…

Judges payloads by the schema of the version that their Version attribute names. FILE is a path, or - for standard input.
Prints for each file VALID with type and version, or INVALID with every issue: path, code, expected, received.
The exit code is 1 if any file is invalid.

Options:
  --envelope       the files are SignedMessages; signatures are not checked (see uftp open)
  --official       the verdict of the official XSD, without our corrections (schemas/corrections.json)
  --schema VERSION judge by this version (3.0.0, 3.1.0, 4.0.0 or next) whatever the document says
  --json           print an array of { file, valid, type, version, issues, warnings }
  --help           print this
`;

interface Judgement {
  readonly file: string;
  readonly valid: boolean;
  readonly type: string | null;
  readonly version: string | null;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Warning[];
}

export const validate: Command = {
  name: 'validate',
  summary: 'judge documents by the schema',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      envelope: { type: 'boolean' },
      official: { type: 'boolean' },
      schema: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (positionals.length === 0) throw new UsageError('validate needs at least one file');
    const schema = values.schema === undefined ? undefined : protocolOf(values.schema);
    const judgements: Judgement[] = [];
    for (const file of positionals) {
      const bytes = await readInput(file);
      const judgement =
        values.envelope === true
          ? judgeEnvelope(file, bytes, schema)
          : judgePayload(file, bytes, schema, values.official ?? false);
      judgements.push(judgement);
      if (values.json !== true) await writeOutput(format(judgement));
    }
    if (values.json === true) await writeOutput(`${JSON.stringify(judgements, null, 2)}\n`);
    return judgements.every((one) => one.valid) ? 0 : 1;
  },
};

function judgeEnvelope(file: string, bytes: Uint8Array, schema: Protocol | undefined): Judgement {
  const protocol = schema ?? (allProtocols[0] as Protocol); // the envelope is the same in every version
  const { issues } = readEnvelope(bytes, protocol.envelope);
  const valid = issues.length === 0;
  return { file, valid, type: valid ? envelopeRoot : null, version: null, issues, warnings: [] };
}

function judgePayload(
  file: string,
  bytes: Uint8Array,
  schema: Protocol | undefined,
  official: boolean,
): Judgement {
  const read = readMessage(bytes, schema === undefined ? allProtocols : [schema], { official });
  const { issues, warnings } = read;
  if (read.message === undefined) {
    return {
      file,
      valid: false,
      type: read.root ?? null,
      version: read.protocol?.version ?? null,
      issues,
      warnings,
    };
  }
  const { row, protocol, supported, message } = read;
  const about = { file, type: row.name, version: protocol.version, warnings };
  if (supported || official || schema !== undefined) return { ...about, valid: true, issues };
  const unknown: Issue = {
    code: 'enumeration',
    path: `/${row.name}/@Version`,
    expected: allProtocols.map((one) => one.version).join(', '),
    received: message.version,
  };
  return { ...about, valid: false, issues: [unknown] };
}

function format(judgement: Judgement): string {
  const paint = paintFor(process.stdout);
  const { file, valid, type, version, issues, warnings } = judgement;
  const what = [type, version].filter((part) => part !== null).join(' ');
  const head = valid ? `${paint('green', 'VALID')} ${what}  ${file}` : `${paint('red', 'INVALID')}  ${file}`;
  const isEnvelope = !valid && type === envelopeRoot;
  const lines = [
    head,
    ...(isEnvelope
      ? ['  this is an envelope: judge it with --envelope, or its payload behind uftp open']
      : []),
    ...issues.map((issue) => `  ${formatIssue(issue)}`),
    ...warnings.map((warning) => `  ${paint('yellow', 'warning')} ${warning.path}: ${warning.text}`),
  ];
  return `${lines.join('\n')}\n`;
}
