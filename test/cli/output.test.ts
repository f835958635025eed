/** @module What the command line says where something around it is missing: the reader of its output, an optional package. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PackagesMissingError } from '../../codegen/index.ts';
import { root } from '../support/command.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli: output');

test('a command whose output nobody reads any more ends without a word', async () => {
  for (const args of [
    ['validate', '/nowhere.xml', '/nowhere.xml'],
    ['validate', '--help'],
    ['demo', '--once'],
  ]) {
    const child = spawn(
      process.execPath,
      ['--conditions=shapeshifter-uftp-source', '--import', 'tsx', join(root, 'runtime/cli.ts'), ...args],
      { cwd: root },
    );
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part;
    });
    const [code] = await once(child, 'close');
    assert.is(said, '', args.join(' '));
    assert.is(code, 2);
  }
});

test('a missing package is told without the paths of this machine', () => {
  const cause = new Error("Cannot find package 'ts-morph' imported from /home/me/x.js");
  const error = new PackagesMissingError(cause);
  assert.is(
    error.message,
    'the generator needs two more packages: npm install --save-dev ts-morph fast-xml-parser',
  );
  assert.is(error.cause, cause);
});
