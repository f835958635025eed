/** @module `uftp generate` and `uftp diff`: code from XSDs, and in words what changed between two versions. */

import { type Command, need, readArguments, UsageError } from './command.ts';
import { writeOutput } from './files.ts';
import { paintFor } from './terminal.ts';

const generateHelp = `uftp generate --xsd DIR --protocol FILE --out DIR [options]

Generates message types, tables, handler interfaces, clients and JSON Schema from a folder of XSDs. Nothing is written
unless everything is right. Needs the packages ts-morph and fast-xml-parser.

  --xsd DIR             folder with the XSDs of one version
  --protocol FILE       who sends what to whom; it may extend ours: { "extends": "shapeshifter-uftp/schemas/3.1.0/protocol.json", … }
  --out DIR             folder for the output; files of an earlier run are replaced
  --version VERSION     refuse a protocol file that says another version
  --documentation FILE  texts for doc comments, before those in the XSDs; default: ours; none for none
  --corrections FILE    deliberate widenings of the XSDs; default: ours (18 digits in Metering EAN); none for none
  --check               write nothing; exit code 1 where the output differs
  --json                print { version, files, changed, stale } instead of words
  --help                print this

The formats of the files are in schemas/README.md.
`;

const diffHelp = `uftp diff A B [--json]

Tells in words what changed from version A to version B. A change is breaking where a document that is valid in A may be
invalid in B or say something else there, and where a message is gone, is no longer sent or received by a role, or is
answered otherwise. That is about documents, not about code: what becomes optional is compatible, but look at the handlers
that read it, since its property may now be absent.

A and B are folders with XSDs (and a protocol.json), or folders or ir.json files that uftp generate wrote. Roles and
responses are compared only where both have a protocol.json or an ir.json.
The exit code is 1 where something is breaking. Needs the packages ts-morph and fast-xml-parser.

  --json  print an array of { breaking, text }
  --help  print this
`;

export const generate: Command = {
  name: 'generate',
  summary: 'generate code from a folder of XSDs',
  help: generateHelp,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      xsd: { type: 'string' },
      protocol: { type: 'string' },
      out: { type: 'string' },
      version: { type: 'string' },
      documentation: { type: 'string' },
      corrections: { type: 'string' },
      check: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    if (positionals.length > 0) throw new UsageError('generate takes options only');
    const { version } = values;
    const documentation = fileOrNone(values.documentation, 'documentation.json');
    const corrections = fileOrNone(values.corrections, 'corrections.json');
    const check = values.check ?? false;
    const codegen = await import('../../codegen/index.ts');
    const report = await problemsAsUsage(() =>
      codegen.generate({
        xsd: need(values.xsd, '--xsd'),
        protocol: need(values.protocol, '--protocol'),
        out: need(values.out, '--out'),
        check,
        ...(version === undefined ? {} : { version }),
        ...(documentation === undefined ? {} : { documentation }),
        ...(corrections === undefined ? {} : { corrections }),
      }),
    );
    const { files, changed, stale } = report;
    if (values.json === true)
      await writeOutput(`${JSON.stringify({ version: report.version, files, changed, stale })}\n`);
    else {
      const verb = check ? 'differ' : 'written';
      await writeOutput(
        `UFTP ${report.version}: ${files.length} files, ${changed.length} ${verb}, ${stale.length} stale${check ? '' : ' removed'}\n${[...changed, ...stale].map((file) => `  ${file}\n`).join('')}`,
      );
    }
    return check && changed.length + stale.length > 0 ? 1 : 0;
  },
};

export const diff: Command = {
  name: 'diff',
  summary: 'tell what changed between two versions',
  help: diffHelp,
  async run(args) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    const [a, b, ...more] = positionals;
    if (a === undefined || b === undefined || more.length > 0)
      throw new UsageError('diff takes two folders or ir.json files');
    const codegen = await import('../../codegen/index.ts');
    const changes = await problemsAsUsage(() => codegen.diff(a, b));
    const paint = paintFor(process.stdout);
    const breaking = changes.filter((change) => change.breaking).length;
    if (values.json === true) await writeOutput(`${JSON.stringify(changes, null, 2)}\n`);
    else {
      const lines = changes.map(
        (change) => `${change.breaking ? paint('red', 'breaking  ') : 'compatible'}  ${change.text}`,
      );
      await writeOutput(
        `${[...lines, `${changes.length} changes, ${breaking} of them breaking`].join('\n')}\n`,
      );
    }
    return breaking > 0 ? 1 : 0;
  },
};

/** What is wrong with the input is the user's to mend: no stack trace. */
async function problemsAsUsage<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'CodegenError') throw new UsageError(error.message);
    throw error;
  }
}

/** The file that an option names; ours where it is left out, and undefined for `none`. */
function fileOrNone(option: string | undefined, ours: string): string | undefined {
  return option === 'none' ? undefined : (option ?? `shapeshifter-uftp/schemas/${ours}`);
}
