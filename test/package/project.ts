/** @module An empty project of a user: files and installs go in; what its programs say comes out. */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries, root, specifier } from '../api/entries.ts';
import { must, type Ran, run, show } from './command.ts';
import { pack } from './packed.ts';

/** What the strictest user sets; types of libraries are checked as well. */
const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  skipLibCheck: false,
  target: 'es2022',
  allowImportingTsExtensions: true,
  noEmit: true,
};

/** The two ways in which projects of today find modules. */
export const resolutions: Readonly<Record<string, object>> = {
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

/** A project in a folder of its own, outside the checkout. */
export class Project {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'uftp-project-'));
  readonly #env: Readonly<Record<string, string>>;

  /** @param registry where its package manager looks */
  private constructor(registry: string) {
    const scratch = (name: string): string => join(this.folder, '.scratch', name);
    // Not the user's caches: they would hand out an earlier package of the same version.
    this.#env = {
      npm_config_registry: registry,
      NPM_CONFIG_REGISTRY: registry,
      BUN_INSTALL_CACHE_DIR: scratch('bun'),
      DENO_DIR: scratch('deno'),
      DENO_NO_UPDATE_CHECK: '1',
    };
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    this.write('.npmrc', `registry=${registry}\n`);
    cpSync(join(root, 'test/package/consumer'), this.folder, { recursive: true });
  }

  /** Makes an empty project. */
  static async make(): Promise<Project> {
    return new Project((await pack()).registry);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs a program in the project's folder. */
  run(program: string, ...args: readonly string[]): Promise<Ran> {
    return run(program, args, { cwd: this.folder, env: this.#env });
  }

  /** Runs a program that must succeed. @returns what it wrote to stdout */
  must(program: string, ...args: readonly string[]): Promise<string> {
    return must(program, args, { cwd: this.folder, env: this.#env });
  }

  /** Runs `npx uftp …` of what is installed. */
  uftp(...args: readonly string[]): Promise<Ran> {
    return this.run('npx', '--no-install', 'uftp', ...args);
  }

  /** Installs packages with npm. */
  async install(...packages: readonly string[]): Promise<void> {
    show(`npm install ${packages.join(' ')}`);
    await this.must('npm', 'install', '--no-audit', '--no-fund', ...packages);
  }

  /**
   * What the compiler says of files of this project, by the strictest rules.
   *
   * @param options beyond the rules, such as `module` and `lib`
   */
  async compile(files: readonly string[], options: object): Promise<string> {
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, ...options }, files }));
    const { stdout } = await this.run(
      process.execPath,
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      '.',
    );
    return stdout;
  }

  /** Names that entries export, as `program args… entries.mjs` finds them. */
  async exports(program: string, ...args: readonly string[]): Promise<Readonly<Record<string, string[]>>> {
    const specifiers = [...entries().keys()].map(specifier);
    return JSON.parse(await this.must(program, ...args, 'entries.mjs', ...specifiers));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
