/** @module Messages go from version to version with all that they say, or not at all. */

import { fileURLToPath } from 'node:url';
import { convert } from '../../runtime/codec/convert.ts';
import { encode } from '../../runtime/codec/message.ts';
import type { Message } from '../../runtime/roles.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { type Folder, folders, protocols, sample, samples, uuid } from './samples.ts';
import { refusal } from './values.ts';

const test = suite('codec: convert');

const context = { referenceMessageId: uuid(3) };

function isMajor3(folder: Folder): boolean {
  return folder !== 'next';
}

/** What the samples must lose, though they are as full as their version allows. */
function losses(from: Folder, to: Folder, name: string): string[] {
  if (name === 'FlexOrder' && from !== '3.0.0' && to === '3.0.0')
    return ['attribute-unknown /FlexOrder/@ServiceType'];
  if (name === 'TestMessageResponse' && !isMajor3(from) && isMajor3(to)) {
    return [
      'attribute-unknown /TestMessageResponse/@Result',
      'attribute-unknown /TestMessageResponse/@RejectionReason',
    ];
  }
  return [];
}

/** The converted sample. It is the target's own sample but for what the source does not say. */
function expected(from: Folder, to: Folder, name: string): Message {
  const message: Record<string, unknown> = { ...sample(to, name) };
  if (from === '3.0.0') {
    if (name === 'FlexOrder') delete message.serviceType;
    if (to === '3.1.0') delete message.unsolicited;
  }
  if (name === 'TestMessageResponse' && isMajor3(from) && !isMajor3(to)) {
    message.result = 'Accepted';
    delete message.rejectionReason;
  }
  return message as unknown as Message;
}

for (const from of folders) {
  for (const to of folders) {
    const schema = schemaFor(fileURLToPath(new URL(`../../schemas/${to}`, import.meta.url)));
    for (const message of samples(from)) {
      const name = message.$type;
      const lost = losses(from, to, name);
      const run = (): Message => convert(message, protocols[from], protocols[to], context);
      if (lost.length > 0) {
        test(`${name} from ${from} to ${to} would lose ${lost.length} attributes.`, () =>
          assert.equal(refusal('conversion-lossy', run), lost));
        continue;
      }
      test(`${name} goes from ${from} to ${to}.`, () => {
        const before = structuredClone(message);
        const converted = run();
        assert.equal(converted, from === to ? message : expected(from, to, name));
        assert.equal(message, before, 'the message itself is unchanged');
        assert.equal(schema.validate(encode(converted, protocols[to])), []);
      });
    }
  }
}

test('What went to a newer version comes back as it was.', () => {
  for (const [from, to] of [
    ['3.0.0', '3.1.0'],
    ['3.0.0', 'next'],
    ['3.1.0', 'next'],
  ] as const) {
    for (const message of samples(from)) {
      const there = convert(message, protocols[from], protocols[to], context);
      assert.equal(convert(there, protocols[to], protocols[from], context), message, message.$type);
    }
  }
});
