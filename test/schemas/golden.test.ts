/** @module libxml2 compiles our XSDs and takes the golden messages of the reference libraries as their manifest says. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';

const schemas = fileURLToPath(new URL('../../schemas', import.meta.url));
const golden = fileURLToPath(new URL('../../../shared/golden', import.meta.url));

const test = suite('schemas: libxml2');

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The manifest's names for our folders. */
const folders: Readonly<Record<string, string>> = { 'V3.0.0': '3.0.0', 'V3.1.0': '3.1.0', HEAD: 'next' };

for (const folder of Object.values(folders)) {
  test(`libxml2 compiles the XSDs of ${folder} and knows the root elements of all of them.`, () => {
    const schema = schemaFor(join(schemas, folder));
    const domain = (side: string): string => `${side}Domain="${side.toLowerCase()}.example"`;
    const envelope = `<SignedMessage ${domain('Sender')} SenderRole="AGR" Body="AAAA"/>`;
    assert.equal(schema.validate(encode(envelope)), []);
    for (const root of ['AGRPortfolioQuery', 'DSOPortfolioQuery', 'FlexRequest', 'Metering', 'TestMessage']) {
      const errors = schema.validate(encode(`<${root}/>`)).join('\n');
      assert.match(errors, `Element '${root}': The attribute 'MessageID' is required but missing.`);
    }
    assert.match(schema.validate(encode('<Nothing/>')).join(), 'No matching global declaration');
    assert.match(schema.validate(encode('<a><b></a>')).join(), 'tag mismatch');
  });
}

interface Entry {
  /** By schema: true, or why the message is invalid. */
  readonly schema: Readonly<Record<string, true | string>>;
}

if (existsSync(golden)) {
  const python = join(golden, 'python');
  const manifest = JSON.parse(readFileSync(join(python, 'manifest.json'), 'utf8')) as Record<string, Entry>;
  const entries = Object.entries(manifest).map(([name, { schema }]) => {
    const [version = '', message = ''] = name.split('/');
    return { name, schema, file: join(python, version === '3.0.0' ? 'v3.0.0' : '', `${message}.xml`) };
  });
  const present = entries.filter(({ file }) => existsSync(file));
  const absent = entries.filter((entry) => !present.includes(entry)).map(({ name }) => name);
  if (absent.length > 0) {
    test.skip(
      `libxml2 says of ${absent.length} more what the manifest says.`,
      `not there: ${absent.join(', ')}`,
    );
  }

  for (const [label, folder] of Object.entries(folders)) {
    test(`libxml2 says of ${present.length} Python messages and ${folder} what the manifest says.`, () => {
      const schema = schemaFor(join(schemas, folder));
      for (const { name, file, schema: verdicts } of present) {
        const errors = schema.validate(readFileSync(file));
        assert.is(errors.length === 0, verdicts[label] === true, `${name}: ${errors.join('; ')}`);
      }
    });
  }

  test('libxml2 takes every Java message, signed or not, as valid 3.1.0.', () => {
    const schema = schemaFor(join(schemas, '3.1.0'));
    const files = readdirSync(join(golden, 'java')).filter((file) => file.endsWith('.xml'));
    assert.ok(files.length > 0);
    for (const file of files) {
      assert.equal(schema.validate(readFileSync(join(golden, 'java', file))), [], file);
    }
  });
} else {
  test.skip('libxml2 says of the golden messages what the manifest says.', `${golden} is absent`);
}
