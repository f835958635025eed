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
  --documentation FILE  texts for doc comments; default: those in the XSDs
  --corrections FILE    deliberate widenings of the XSDs; default: none
  --check               write nothing; exit code 1 where the output differs
  --json                print { version, files, changed, stale } instead of words
  --help                print this

The formats of the files are in schemas/README.md.
`;

const diffHelp = `uftp diff A B [--json]

Tells in words what changed from version A to version B, and whether it breaks what is valid or handled today.
A and B are folders with XSDs (and a protocol.json), or folders or ir.json files that uftp generate wrote.
The exit code is 1 where something breaks.

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
    const { version, documentation, corrections } = values;
    const check = values.check ?? false;
    const codegen = await load(() => import('../../codegen/generate.ts'));
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
    const codegen = await load(() => import('../../codegen/diff.ts'));
    const changes = await problemsAsUsage(async () =>
      codegen.diff(await codegen.readModel(a), await codegen.readModel(b)),
    );
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

/** Loads the generator, whose packages are optional peers of ours. */
async function load<M>(module: () => Promise<M>): Promise<M> {
  try {
    return await module();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new UsageError(
        `this command needs two more packages: npm install --save-dev ts-morph fast-xml-parser (${error.message.split('\n')[0]})`,
      );
    }
    throw error;
  }
}

/** What is wrong with the input is the user's to mend: no stack trace. */
async function problemsAsUsage<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'CodegenError') throw new UsageError(error.message);
    throw error;
  }
}
