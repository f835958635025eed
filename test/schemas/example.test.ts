/** @module The version of one's own that `schemas/README.md` shows is generated as it says. */

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '../../codegen/generate.ts';
import { assert, suite } from '../support/suite.ts';

const schemas = fileURLToPath(new URL('../../schemas', import.meta.url));

const test = suite('schemas: README');

/** The first code block of that language. */
function block(markdown: string, language: string): string {
  const code = new RegExp(`^\`\`\`${language}\n([\\s\\S]+?)^\`\`\`$`, 'm').exec(markdown)?.[1];
  assert.ok(code, `the README has a block of ${language}`);
  return String(code);
}

test('Our XSDs with the message pair of the README, and its protocol file, give methods and handlers.', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-schemas-'));
  try {
    const [xsd, protocol, out] = [join(folder, 'xsd'), join(folder, 'my-protocol.json'), join(folder, 'out')];
    const readme = readFileSync(join(schemas, 'README.md'), 'utf8');
    cpSync(join(schemas, '3.1.0'), xsd, { recursive: true, filter: (file) => !file.endsWith('.json') });
    const file = join(xsd, 'UFTP-agr-dso.xsd');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('</xs:schema>', `${block(readme, 'xml')}</xs:schema>`));
    writeFileSync(protocol, block(readme, 'json'));
    await generate({ xsd, version: '3.2.0', protocol, out });
    const roles = readFileSync(join(out, 'roles.ts'), 'utf8');
    for (const name of ['sendFlexForecast:', 'preProcessFlexForecast?', 'processFlexForecast?']) {
      assert.ok(roles.includes(name), `${name} is missing`);
    }
    assert.ok(existsSync(join(out, 'index.ts')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
