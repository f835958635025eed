/** @module Every TypeScript example in a README or a doc comment compiles as a user's strict project would compile it. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { assert, suite } from '../support/suite.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const test = suite('docs: examples');

interface Example {
  /** Where it stands. */
  readonly place: string;
  readonly code: string;
}

function blocks(place: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${place}:${text.slice(0, match.index).split('\n').length}`,
    code: match[1] ?? '',
  }));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function examples(): Example[] {
  const pages = ['README.md', 'CONTRIBUTING.md', 'schemas/README.md', 'runtime/README.md'];
  const documented = [...sources('runtime'), ...sources('codegen')];
  return [
    ...pages.flatMap((page) => blocks(page, readFileSync(join(root, page), 'utf8'))),
    ...programs(),
    ...documented.flatMap((file) =>
      blocks(file, readFileSync(join(root, file), 'utf8').replace(/^ *\* ?/gm, '')),
    ),
  ];
}

/** The programs of test/examples; the one of a version of one's own is compiled where that version is generated. */
function programs(): Example[] {
  return sources('test/examples')
    .filter((file) => !file.includes('own-version') && !file.endsWith('.test.ts'))
    .map((file) => ({ place: file, code: readFileSync(join(root, file), 'utf8') }));
}

/** Compiles all examples in one program, each a module of its own that stands beside the README. */
function compile(all: readonly Example[]): readonly string[] {
  const files = new Map(all.map((example, i) => [join(root, `example-${i}.ts`), example]));
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  // What only a package that publishes types needs, and what an example may leave unused.
  Object.assign(options, { isolatedDeclarations: false, declaration: false, noUnusedLocals: false });
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => (files.has(file) ? `${files.get(file)?.code}\nexport {};\n` : readFile(file));
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, target) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([file, { place }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map((problem) => `${place}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`),
  );
}

test('every example compiles under the strict flags', () => {
  const all = examples();
  assert.ok(all.length > 10, `only ${all.length} examples were found`);
  assert.equal(compile(all).join('\n'), '');
});

test('the aggregator of the README has fewer than 40 lines', () => {
  const page = readFileSync(join(root, 'README.md'), 'utf8');
  const [first] = blocks(relative(root, 'README.md'), page);
  assert.ok(first !== undefined && first.code.trimEnd().split('\n').length < 40);
});
