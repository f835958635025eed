/** @module What is written is what is read, in every version, and libxml2 takes it. */

import { fileURLToPath } from 'node:url';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import { decode, encode } from '../../runtime/codec/message.ts';
import { schemaFor } from '../support/libxml2.ts';
import { assert, suite } from '../support/suite.ts';
import { folders, protocols, samples } from './samples.ts';

const test = suite('codec: round trips');

for (const folder of folders) {
  const protocol = protocols[folder];
  const messages = samples(folder);
  const schema = schemaFor(fileURLToPath(new URL(`../../schemas/${folder}`, import.meta.url)));

  test(`There is a sample of each of the ${protocol.messages.size} messages of ${folder}.`, () => {
    assert.equal(messages.map(({ $type }) => $type).sort(), [...protocol.messages.keys()].sort());
  });

  for (const message of messages) {
    test(`${message.$type} of ${folder} survives XML and JSON, and libxml2 takes it.`, () => {
      const bytes = encode(message, protocol);
      assert.equal(schema.validate(bytes), []);
      assert.equal(decode(bytes, [protocol], { official: true }), message);
      assert.equal(fromJson(toJson(message, protocol), message.$type, protocol), message);
    });
  }
}
