/** @module `uftp validate`: judges documents by the schema. */

import { checkXml, haltToIssue, openDocument, peekAttribute } from '../codec/decode.ts';
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
Prints for each file VALID with type and version, and the version judged by where it is another; or INVALID with every
issue: path, code, expected, received. The exit code is 1 if any file is invalid or cannot be read.

Options:
  --envelope       the files are SignedMessages; signatures are not checked (see uftp open)
  --official       the verdict of the official XSD, without our corrections (schemas/corrections.json)
  --schema VERSION judge by this version (3.0.0, 3.1.0, 4.0.0 or next) whatever the document says
  --xml-only       judge the XML alone, by no schema: well-formed, in UTF-8, without a DOCTYPE, within the limits
  --json           print an array of { file, valid, type, version, schema, issues, warnings }: version is the document's
                   own, schema the one judged by; a file that cannot be read has an error as well
  --help           print this
`;

interface Judgement {
  readonly file: string;
  readonly valid: boolean;
  readonly type: string | null;
  /** What the document says. */
  readonly version: string | null;
  /** The version judged by; null where none was. */
  readonly schema: string | null;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Warning[];
  /** Why the file cannot be read. */
  readonly error?: string;
}

type Verdict = Omit<Judgement, 'file'>;

export const validate: Command = {
  name: 'validate',
  summary: 'judge documents by the schema',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      envelope: { type: 'boolean' },
      official: { type: 'boolean' },
      schema: { type: 'string' },
      'xml-only': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    if (positionals.length === 0) throw new UsageError('validate needs at least one file');
    const xmlOnly = values['xml-only'] === true;
    if (xmlOnly && (values.envelope ?? values.official ?? values.schema) !== undefined)
      throw new UsageError('--xml-only judges by no schema: leave out --envelope, --official and --schema');
    const schema = values.schema === undefined ? undefined : protocolOf(values.schema);
    const judgements: Judgement[] = [];
    for (const file of positionals) {
      const verdict = await judgeFile(file, (bytes) =>
        xmlOnly
          ? judgeXml(bytes)
          : values.envelope === true
            ? judgeEnvelope(bytes, schema)
            : judgePayload(bytes, schema, values.official ?? false),
      );
      const judgement = { file, ...verdict };
      judgements.push(judgement);
      if (values.json !== true) await writeOutput(format(judgement));
    }
    if (values.json === true) await writeOutput(`${JSON.stringify(judgements, null, 2)}\n`);
    return judgements.every((one) => one.valid) ? 0 : 1;
  },
};

/** A file that cannot be read is not valid, and keeps no other from being judged. */
async function judgeFile(file: string, judge: (bytes: Uint8Array) => Verdict): Promise<Verdict> {
  let bytes: Uint8Array;
  try {
    bytes = await readInput(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const nothing = { type: null, version: null, schema: null, issues: [], warnings: [] };
    return { valid: false, ...nothing, error: error.message };
  }
  return judge(bytes);
}

function judgeXml(bytes: Uint8Array): Verdict {
  const issue = checkXml(bytes);
  const about = { type: null, version: null, schema: null, warnings: [] };
  return { valid: issue === undefined, ...about, issues: issue === undefined ? [] : [issue] };
}

function judgeEnvelope(bytes: Uint8Array, schema: Protocol | undefined): Verdict {
  const protocol = schema ?? (allProtocols[0] as Protocol); // the envelope is the same in every version
  const { issues } = readEnvelope(bytes, protocol.envelope);
  const valid = issues.length === 0;
  return { valid, type: valid ? envelopeRoot : null, version: null, schema: null, issues, warnings: [] };
}

function judgePayload(bytes: Uint8Array, schema: Protocol | undefined, official: boolean): Verdict {
  const read = readMessage(bytes, schema === undefined ? allProtocols : [schema], { official });
  const { issues, warnings } = read;
  const about = { version: ownVersion(bytes), schema: read.protocol?.version ?? null, warnings };
  if (read.message === undefined) return { valid: false, type: read.root ?? null, ...about, issues };
  const { row, supported, message } = read;
  if (supported || official || schema !== undefined) return { valid: true, type: row.name, ...about, issues };
  const unknown: Issue = {
    code: 'enumeration',
    path: `/${row.name}/@Version`,
    expected: allProtocols.map((one) => one.version).join(', '),
    received: message.version,
  };
  return { valid: false, type: row.name, ...about, issues: [unknown] };
}

/** The Version attribute, of a document that is not valid as well; null where there is none to be read. */
function ownVersion(bytes: Uint8Array): string | null {
  const found = haltToIssue(bytes, () => ({ version: peekAttribute(openDocument(bytes).reader, 'Version') }));
  return 'version' in found ? (found.version ?? null) : null;
}

function format(judgement: Judgement): string {
  const paint = paintFor(process.stdout);
  const { file, valid, type, version, schema, issues, warnings, error } = judgement;
  const judgedBy = schema === version ? null : `(judged by ${schema})`;
  const what = [type ?? 'XML', version, judgedBy].filter((part) => part !== null).join(' ');
  const head = valid ? `${paint('green', 'VALID')} ${what}  ${file}` : `${paint('red', 'INVALID')}  ${file}`;
  const isEnvelope = !valid && type === envelopeRoot;
  const lines = [
    head,
    ...(isEnvelope
      ? ['  this is an envelope: judge it with --envelope, or its payload behind uftp open']
      : []),
    ...(error === undefined ? [] : [`  ${error}`]),
    ...issues.map((issue) => `  ${formatIssue(issue)}`),
    ...warnings.map((warning) => `  ${paint('yellow', 'warning')} ${warning.path}: ${warning.text}`),
  ];
  return `${lines.join('\n')}\n`;
}
