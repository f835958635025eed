/** @module Every golden message of the reference libraries is judged as their manifest says, and written again as it was. */

import { fileURLToPath } from 'node:url';
import { decode, encode, readMessage } from '../../runtime/codec/message.ts';
import type { IssueCode } from '../../runtime/errors.ts';
import { type Folder, folders, protocols } from '../codec/samples.ts';
import { absent } from '../codec/shared.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { type Golden, type GoldenSet, readGolden } from './files.ts';
import { defaultsOf, infosetOf, withoutDefaults } from './infoset.ts';

const test = suite('golden: messages');

/** What the manifest says, and the issue that says the same. */
const reasons: readonly (readonly [text: RegExp, code: IssueCode])[] = [
  [/^missing required attribute '(.+)'$/, 'attribute-missing'],
  [/^'(.+)' attribute not allowed for element$/, 'attribute-unknown'],
  [/^attribute (.+)='.*': value doesn't match any pattern/, 'pattern'],
];

function issueOf(reason: string): string {
  for (const [text, code] of reasons) {
    const name = text.exec(reason)?.[1];
    if (name !== undefined) return `${code} @${name}`;
  }
  throw new Error(`no issue is known for: ${reason}`);
}

function read({ bytes }: Golden, folder: Folder) {
  return readMessage(bytes, [protocols[folder]], { official: true });
}

const golden = readGolden();
if (golden === undefined) test.skip('Every golden message is judged as its manifest says.', absent);
else judge(golden);

function judge({ messages, missing }: GoldenSet): void {
  if (missing.length > 0) test.skip(`${missing.length} messages of the manifest.`, missing.join(', '));

  for (const folder of folders) {
    const said = messages.filter(({ verdicts }) => verdicts[folder] !== undefined);
    const valid = said.filter(({ verdicts }) => verdicts[folder] === true);

    test(`By ${folder}, ${valid.length} of ${said.length} are valid, and the others refused for the reason given.`, () => {
      assert.ok(valid.length > 0);
      for (const one of said) {
        const found = read(one, folder).issues.map(({ code, path }) => `${code} ${path.split('/').at(-1)}`);
        const verdict = one.verdicts[folder];
        if (typeof verdict !== 'string') assert.equal(found, [], one.name);
        else assert.ok(found.includes(issueOf(verdict)), `${one.name}: ${verdict}, not ${found.join('; ')}`);
      }
    });

    test(`By ${folder}, libxml2 says the same of all ${messages.length}.`, () => {
      const schema = schemaFor(fileURLToPath(new URL(`../../schemas/${folder}`, import.meta.url)));
      for (const one of messages) {
        const errors = schema.validate(one.bytes);
        const { issues } = read(one, folder);
        assert.is(
          issues.length === 0,
          errors.length === 0,
          `${one.name}: ${errors} ${JSON.stringify(issues)}`,
        );
      }
    });

    test(`By ${folder}, every valid one is written as it was, attribute order and defaults aside.`, () => {
      const defaults = defaultsOf(folder);
      for (const { bytes, name } of messages.filter((one) => read(one, folder).message !== undefined)) {
        const { message } = readMessage(bytes, [protocols[folder]]);
        assert.ok(message !== undefined, name);
        const written = encode(message, protocols[folder]);
        const said = withoutDefaults(infosetOf(bytes), defaults);
        assert.equal(withoutDefaults(infosetOf(written), defaults), said, name);
        assert.equal(decode(written, [{ ...protocols[folder], version: message.version }]), message, name);
      }
    });
  }

  test('Given all versions, each is read by its own.', () => {
    for (const { name, bytes, verdicts } of messages) {
      const version = name.includes('v3.0.0') ? '3.0.0' : '3.1.0';
      const found = readMessage(bytes, Object.values(protocols));
      assert.is(found.protocol, protocols[version], name);
      assert.is(found.message === undefined, verdicts[version] !== true, name);
    }
  });

  test('The one that is valid nowhere is TestMessageResponse, for its Result, and leniency takes it.', () => {
    const refused = messages.filter(({ verdicts }) => Object.values(verdicts).every((one) => one !== true));
    assert.equal(
      refused.map(({ name }) => name),
      ['python/TestMessageResponse', 'python/v3.0.0/TestMessageResponse'],
    );
    for (const { bytes } of refused) {
      const lenient = readMessage(bytes, [protocols['3.0.0'], protocols['3.1.0']], {
        lenient: ['/TestMessageResponse/@Result'],
      });
      assert.is(lenient.message?.$type, 'TestMessageResponse');
      assert.equal(
        lenient.warnings.map(({ path, correction }) => `${correction} ${path}`),
        ['lenient /TestMessageResponse/@Result'],
      );
    }
  });
}
