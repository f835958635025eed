/** @module Whatever message the model allows is read as it was written, in XML and in JSON, and libxml2 takes it. */

import fc from 'fast-check';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { assert, suite } from '../support/suite.ts';
import { runs, versions } from './versions.ts';

const test = suite('properties: round trips');

for (const { folder, messages, protocol, schema, roots } of versions) {
  test(`Every message of ${folder} that is written is read as it was, and libxml2 takes it.`, () => {
    for (const root of roots) {
      const property = fc.property(messages.of(root), (message) => {
        const bytes = encode(message, protocol);
        assert.equal(schema.validate(bytes), []);
        // Its Version is any that the schema allows, so that of the tables is not asked for.
        const read = readMessage(bytes, [protocol], { official: true });
        assert.equal(read.issues, []);
        assert.equal(read.message, message);
      });
      fc.assert(property, runs);
    }
  });

  test(`Every message of ${folder} is read from its JSON as it was.`, () => {
    for (const root of roots) {
      const property = fc.property(messages.of(root), (message) => {
        assert.equal(fromJson(toJson(message, protocol), root, protocol), message);
      });
      fc.assert(property, runs);
    }
  });
}
