/** @module Folders for the tests of the generator: XSDs and a protocol file that a test may change, and a place for output. */

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CodegenError,
  type GenerateOptions,
  type GenerateReport,
  generate,
  type Problem,
} from '../../codegen/generate.ts';
import { assert } from '../support/suite.ts';

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Our XSDs and the rest. */
export const schemas: string = join(root, 'schemas');

/** One test's folders. */
export class Workspace {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'uftp-codegen-'));
  readonly xsd: string = join(this.folder, 'xsd');
  readonly protocol: string = join(this.folder, 'protocol.json');
  readonly out: string = join(this.folder, 'out');

  /** @param files names of XSDs of 3.1.0 to start with; default: all */
  constructor(files?: readonly string[]) {
    const wanted = (file: string): boolean => file.endsWith('.xsd') && (files?.includes(file) ?? true);
    cpSync(join(schemas, '3.1.0'), this.xsd, {
      recursive: true,
      filter: (from) => !/\.[a-z]+$/.test(from) || wanted(from.slice(from.lastIndexOf('/') + 1)),
    });
    this.state({ version: '3.1.0', extends: join(schemas, '3.1.0/protocol.json') });
  }

  /** Writes the protocol file. */
  state(protocol: object | string): void {
    writeFileSync(this.protocol, typeof protocol === 'string' ? protocol : JSON.stringify(protocol, null, 2));
  }

  /** Writes an XSD. */
  write(file: string, text: string): void {
    writeFileSync(join(this.xsd, file), text);
  }

  /** Replaces what must be there, once, in an XSD. */
  edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(this.xsd, file), 'utf8');
    assert.is(text.split(from).length, 2, `${file} holds once: ${from}`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  /** Adds declarations at the end of an XSD. */
  append(file: string, declarations: string): void {
    this.edit(file, '</xs:schema>', `${declarations}\n</xs:schema>`);
  }

  generate(options: Partial<GenerateOptions> = {}): Promise<GenerateReport> {
    return generate({ xsd: this.xsd, protocol: this.protocol, out: this.out, ...options });
  }

  /** Generates, expecting that it is refused and that nothing is written. */
  async refused(options: Partial<GenerateOptions> = {}): Promise<readonly Problem[]> {
    const before = this.written();
    try {
      await this.generate(options);
    } catch (error) {
      if (!(error instanceof CodegenError)) throw error;
      assert.equal(this.written(), before, 'nothing is written');
      for (const { file, line, construct, problem, remedy } of error.problems) {
        assert.ok(error.message.includes(`${file}:${line}: ${construct}: ${problem}; ${remedy}`));
      }
      return error.problems;
    }
    assert.unreachable('this should be refused');
    return [];
  }

  /** A generated file. */
  read(file: string): string {
    return readFileSync(join(this.out, file), 'utf8');
  }

  /** Texts of the output, by name. */
  written(): Record<string, string> {
    if (!existsSync(this.out)) return {};
    return Object.fromEntries(
      readdirSync(this.out)
        .sort()
        .map((file) => [file, this.read(file)]),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a test in a workspace, which is removed afterwards. */
export function inWorkspace(
  run: (workspace: Workspace) => Promise<void>,
  files?: readonly string[],
): () => Promise<void> {
  return async () => {
    const workspace = new Workspace(files);
    try {
      await run(workspace);
    } finally {
      workspace.remove();
    }
  };
}

/** A protocol of nothing but the test message, which only UFTP-common.xsd is needed for. */
export const testMessageOnly: object = {
  version: '3.1.0',
  envelope: 'SignedMessage',
  messages: {
    TestMessage: { from: ['AGR', 'CRO', 'DSO'], to: ['AGR', 'CRO', 'DSO'], response: 'TestMessageResponse' },
    TestMessageResponse: { from: ['AGR', 'CRO', 'DSO'], to: ['AGR', 'CRO', 'DSO'] },
  },
};

/**
 * A workspace of UFTP-common.xsd and own.xsd, which has these declarations; the `☞` among them marks a line and is left
 * out. Gives the number of that line as well.
 */
export function ownDeclarations(workspace: Workspace, declarations: string): number {
  const text = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:include schemaLocation="UFTP-common.xsd"/>
${declarations}
</xs:schema>
`;
  workspace.state(testMessageOnly);
  workspace.write('own.xsd', text.replace('☞', ''));
  return text.slice(0, text.indexOf('☞')).split('\n').length;
}
