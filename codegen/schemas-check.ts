/**
 * @module `npm run schemas:check`: the official XSDs and this project's own statement of them go in; out come a verdict
 * for each version and every difference. Both are parsed by libxml2, so nothing that our own reader might drop goes unseen.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { XmlCData, XmlComment, XmlDocument, XmlElement, type XmlNode, XmlText } from 'libxml2-wasm';
import { generate } from './generate.ts';

/** One thing that the two sides do not say alike: where it stands, and what each side has there. */
export interface Difference {
  readonly path: string;
  readonly official: string;
  readonly ours: string;
}

/** What a comparison found. */
export interface Comparison {
  /** What it looked at, in words, such as `8 files of 451 elements`. */
  readonly compared: string;
  readonly differences: readonly Difference[];
}

/**
 * Compares the XSDs of two folders of one version: the set of files, and of each file the names, the attributes
 * (namespace declarations among them) and the order of all elements. Annotations, comments and white space are left out.
 *
 * @throws {Error} where a file is not well-formed or has a DOCTYPE.
 */
export function compareXsds(official: string, ours: string): Comparison {
  const [theirFiles, ourFiles] = [xsdFiles(official), xsdFiles(ours)];
  const differences = compareNames('', theirFiles, ourFiles);
  let elements = 0;
  for (const file of theirFiles.filter((name) => ourFiles.includes(name))) {
    const tree = readTree(join(official, file));
    elements += size(tree);
    differences.push(...compareTrees(`${file}/${tree.label}`, tree, readTree(join(ours, file))));
  }
  return { compared: `${theirFiles.length} files of ${elements} elements`, differences };
}

/**
 * Compares the SHA-256 of the official files of a version with the rows of the README's table, which are of the form
 * "| `3.1.0/UFTP-agr.xsd` | `<64 hexadecimal digits>` |".
 */
export function compareHashes(official: string, version: string, readme: string): Comparison {
  const rows = [...readme.matchAll(/^\| `([^`/]+)\/([^`/]+\.xsd)` \| `([0-9a-f]{64})` \|$/gm)];
  const stated = new Map(rows.filter((row) => row[1] === version).map((row) => [row[2], row[3]]));
  const files = xsdFiles(official);
  const differences = compareNames('SHA-256 of ', files, [...stated.keys()].map(String));
  for (const file of files) {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(official, file)))
      .digest('hex');
    const ours = stated.get(file) ?? sha256;
    if (ours !== sha256) differences.push({ path: `SHA-256 of ${file}`, official: sha256, ours });
  }
  return { compared: `${files.length} hashes`, differences };
}

/**
 * Generates from the official XSDs and from ours, and compares all output byte by byte. Protocol, corrections and
 * documentation are those of `schemas` both times, so the output holds none of the official documentation.
 *
 * @throws {CodegenError} where generating from either side fails.
 */
export async function compareGenerated(
  official: string,
  schemas: string,
  version: string,
): Promise<Comparison> {
  const temporary = mkdtempSync(join(tmpdir(), 'uftp-schemas-check-'));
  try {
    const [theirOut, ourOut] = [join(temporary, 'official'), join(temporary, 'ours')];
    const sides = [
      [official, theirOut],
      [join(schemas, version), ourOut],
    ] as const;
    for (const [xsd, out] of sides) {
      await generate({
        xsd,
        out,
        protocol: join(schemas, version, 'protocol.json'),
        corrections: join(schemas, 'corrections.json'),
        documentation: join(schemas, 'documentation.json'),
        documentationKey: version,
        requireDocumentation: true,
      });
    }
    const [theirFiles, ourFiles] = [readdirSync(theirOut).sort(), readdirSync(ourOut).sort()];
    const differences = compareNames('generated ', theirFiles, ourFiles);
    for (const file of theirFiles.filter((name) => ourFiles.includes(name))) {
      differences.push(...compareLines(file, join(theirOut, file), join(ourOut, file)));
    }
    return { compared: `${theirFiles.length} generated files`, differences };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** An element of an XSD, or a text or processing instruction that has no business there but must not go unseen. */
interface Tree {
  /** Its name and, where it has one, its name attribute; unique among its siblings. */
  readonly label: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Tree[];
}

const xmlSchema = 'http://www.w3.org/2001/XMLSchema';

function xsdFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.xsd'))
    .sort();
}

function readTree(file: string): Tree {
  const document = XmlDocument.fromBuffer(readFileSync(file), { url: file });
  try {
    // libxml2 would apply its defaults and entities, or not, depending on options: nobody could tell what was compared.
    if (document.dtd !== null)
      throw new Error(`${file}: has a DOCTYPE, which the comparison cannot see through`);
    return toTree(document.root);
  } finally {
    document.dispose();
  }
}

function toTree(element: XmlElement): Tree {
  const attributes = new Map<string, string>();
  for (const [prefix, uri] of Object.entries(element.nsDeclarations)) {
    attributes.set(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri);
  }
  for (const { name, namespaceUri, value } of element.attrs) {
    attributes.set(namespaceUri === '' ? name : `{${namespaceUri}}${name}`, value);
  }
  const children: Tree[] = [];
  const seen = new Map<string, number>();
  for (const node of element.find('node()')) {
    const child = toChild(node);
    if (child === undefined) continue;
    const count = (seen.get(child.label) ?? 0) + 1;
    seen.set(child.label, count);
    children.push(count === 1 ? child : { ...child, label: `${child.label}[${count}]` });
  }
  return { label: labelOf(element, attributes), line: element.line, attributes, children };
}

function toChild(node: XmlNode): Tree | undefined {
  if (node instanceof XmlElement) {
    return node.namespaceUri === xmlSchema && node.name === 'annotation' ? undefined : toTree(node);
  }
  if (node instanceof XmlComment) return undefined;
  if ((node instanceof XmlText || node instanceof XmlCData) && node.content.trim() === '') return undefined;
  const label = node instanceof XmlText || node instanceof XmlCData ? '#text' : '#processing-instruction';
  return { label, line: node.line, attributes: new Map([['content', node.content]]), children: [] };
}

function labelOf(element: XmlElement, attributes: ReadonlyMap<string, string>): string {
  const prefix = element.namespaceUri === xmlSchema ? 'xs:' : `{${element.namespaceUri}}`;
  // What tells siblings apart. Other facets are told apart by position, so that a new value reads as a change of it.
  const keys = element.name === 'enumeration' ? ['value'] : ['name', 'ref', 'schemaLocation'];
  const key = keys.find((name) => attributes.has(name));
  return `${prefix}${element.name}${key === undefined ? '' : `[@${key}="${attributes.get(key)}"]`}`;
}

function size(tree: Tree): number {
  return tree.children.reduce((sum, child) => sum + size(child), 1);
}

function compareTrees(path: string, official: Tree, ours: Tree): Difference[] {
  const differences: Difference[] = [];
  for (const name of new Set([...official.attributes.keys(), ...ours.attributes.keys()])) {
    const [theirs, own] = [official.attributes.get(name), ours.attributes.get(name)];
    if (theirs === own) continue;
    const say = (value: string | undefined, line: number): string =>
      value === undefined ? `absent (line ${line})` : `"${value}" (line ${line})`;
    differences.push({
      path: `${path}/@${name}`,
      official: say(theirs, official.line),
      ours: say(own, ours.line),
    });
  }
  const theirChildren = new Map(official.children.map((child) => [child.label, child]));
  const ourChildren = new Map(ours.children.map((child) => [child.label, child]));
  differences.push(...compareNames(`${path}/`, [...theirChildren.keys()], [...ourChildren.keys()]));
  for (const [label, child] of theirChildren) {
    const own = ourChildren.get(label);
    if (own !== undefined) differences.push(...compareTrees(`${path}/${label}`, child, own));
  }
  return differences;
}

/** What only one side has, and where what both have stands in another order. */
function compareNames(prefix: string, official: readonly string[], ours: readonly string[]): Difference[] {
  const differences: Difference[] = [];
  for (const name of official) {
    if (!ours.includes(name)) differences.push({ path: prefix + name, official: 'present', ours: 'absent' });
  }
  for (const name of ours) {
    if (!official.includes(name)) {
      differences.push({ path: prefix + name, official: 'absent', ours: 'present' });
    }
  }
  const theirOrder = official.filter((name) => ours.includes(name));
  const ourOrder = ours.filter((name) => official.includes(name));
  const first = theirOrder.findIndex((name, index) => name !== ourOrder[index]);
  if (first >= 0) {
    const last = theirOrder.findLastIndex((name, index) => name !== ourOrder[index]);
    const part = (names: readonly string[]): string => names.slice(first, last + 1).join(', ');
    differences.push({ path: `${prefix}(order)`, official: part(theirOrder), ours: part(ourOrder) });
  }
  return differences;
}

/** The first line in which two text files differ, if any. */
function compareLines(name: string, official: string, ours: string): Difference[] {
  const theirs = readFileSync(official, 'utf8').split('\n');
  const own = readFileSync(ours, 'utf8').split('\n');
  for (let line = 0; line < Math.max(theirs.length, own.length); line += 1) {
    if (theirs[line] !== own[line]) {
      const path = `generated ${name}, line ${line + 1}`;
      return [{ path, official: theirs[line] ?? 'end of file', ours: own[line] ?? 'end of file' }];
    }
  }
  return [];
}

const help = `usage: npm run schemas:check [-- --official DIR]

Proves that schemas/<version>/*.xsd say what the official XSDs say: compares the trees without annotations,
the SHA-256 of the official files with schemas/README.md, and the code generated from both.

  --official DIR  folder that holds one folder of official XSDs per version; default ../shared/xsd beside the repository
  --help          this text

exit code: 0 all equal, 1 something differs, 2 the check could not be made`;

async function main(): Promise<number> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { values } = parseArgs({ options: { official: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const official = values.official === undefined ? join(root, '../shared/xsd') : resolve(values.official);
  const schemas = join(root, 'schemas');
  const versions = versionsIn(schemas);
  const theirVersions = existsSync(official) ? versionsIn(official) : [];
  if (theirVersions.length === 0) {
    console.error(
      `schemas:check: nothing checked: no official XSDs in ${official}; name their folder with --official DIR`,
    );
    return 2;
  }
  const readme = readFileSync(join(schemas, 'README.md'), 'utf8');
  let found = report('versions', [
    { compared: versions.join(', '), differences: compareNames('', theirVersions, versions) },
  ]);
  for (const version of versions.filter((name) => theirVersions.includes(name))) {
    const theirs = join(official, version);
    found += report(version, [
      compareXsds(theirs, join(schemas, version)),
      compareHashes(theirs, version, readme),
      await compareGenerated(theirs, schemas, version),
    ]);
  }
  return found === 0 ? 0 : 1;
}

/** Prints a line of verdict and each difference; returns how many there are. */
function report(subject: string, comparisons: readonly Comparison[]): number {
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const verdict = differences.length === 0 ? 'equal' : `differences: ${differences.length}`;
  console.log(`${subject}: ${comparisons.map(({ compared }) => compared).join(', ')}: ${verdict}`);
  for (const { path, official, ours } of differences) {
    console.log(`  ${path}\n    official: ${official}\n    ours:     ${ours}`);
  }
  return differences.length;
}

function versionsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory() && xsdFiles(join(folder, name)).length > 0)
    .sort();
}

if (process.argv[1] !== undefined && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  process.exitCode = await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  });
}
