/** @module The package installed by Bun and by Deno into an empty project: entries, a message and a server. */

import { entries, specifier } from '../api/entries.ts';
import { surfaceOf } from '../api/surface.ts';
import { runtimes } from '../runtimes/install/install.ts';
import { assert, suite } from '../support/suite.ts';
import { show } from './command.ts';
import { Project } from './project.ts';

interface Case {
  readonly name: 'bun' | 'deno';
  /** Words that install the package by its name. */
  readonly install: readonly string[];
  /** Words before the file that is to run. */
  readonly start: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'bun', install: ['add', 'shapeshifter-uftp'], start: ['run'] },
  { name: 'deno', install: ['add', 'npm:shapeshifter-uftp'], start: ['run', '--allow-all'] },
];

for (const { name, install, start } of cases) {
  const test = suite(`package: ${name}`);
  let project: Project;
  let program: string;

  test.before(async () => {
    program = (await runtimes())[name];
    project = await Project.make();
    show(`${name} ${install.join(' ')}`);
    await project.must(program, ...install);
  });

  test.after(() => project.remove());

  test(`Every entry can be imported by ${name}, and exports what its source does.`, async () => {
    const exported = await project.exports(program, ...start);
    for (const entry of entries().keys())
      assert.equal(exported[specifier(entry)], surfaceOf(entry).values, entry);
  });

  for (const entry of ['shapeshifter-uftp', `shapeshifter-uftp/${name}`]) {
    test(`An AGR answers a DSO, both made by ${entry} on ${name}.`, async () => {
      const output = await project.must(program, ...start, 'receive.mjs', entry);
      assert.is(output, 'FlexRequestResponse Accepted\n');
    });
  }

  test(`A service is served by ${name}.`, async () => {
    assert.is(await project.must(program, ...start, 'serve.mjs', `shapeshifter-uftp/${name}`), '405\n');
  });
}
