/** @module What the schema refuses is not written, and for the reasons for which it would not be read. */

import fc from 'fast-check';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { type Issue, isUftpError } from '../../runtime/errors.ts';
import type { Message, Protocol } from '../../runtime/roles.ts';
import { isSplit, Judge } from '../fuzz/judge.ts';
import { explain } from '../fuzz/known.ts';
import { assert, suite } from '../support/suite.ts';
import type { Fields } from './messages.ts';
import { writeUnchecked } from './unchecked.ts';
import { runs, versions } from './versions.ts';
import { madeWrong } from './wrong.ts';

const test = suite('properties: refusals');

/** The issues of writing a message; none where it is written. */
function issuesOf(message: Fields, protocol: Protocol): readonly Issue[] {
  try {
    encode(message as unknown as Message, protocol);
    return [];
  } catch (error) {
    if (isUftpError(error) && error.code === 'message-invalid') return error.issues;
    throw error;
  }
}

/** What both say alike. Only a document has lines, only a value bigints; what is unknown has a name of another kind in each. */
function comparable(issues: readonly Issue[]): string[] {
  const lines = issues.map(({ code, path, expected, received }) => {
    if (code === 'attribute-unknown') return `${code} ${path}`;
    return `${code} ${path}: ${expected}, not ${received.replace(/^(-?[0-9]+)n$/, '$1')}`;
  });
  return lines.sort();
}

for (const { folder, lookup, messages, protocol, roots } of versions) {
  const judge = new Judge(folder);

  test(`What is written of ${folder} and what is read of it are refused for the same reasons.`, () => {
    let refused = 0;
    for (const root of roots) {
      const property = fc.property(madeWrong(lookup, root, messages.of(root)), (message) => {
        const issues = issuesOf(message, protocol);
        const read = readMessage(writeUnchecked(lookup, root, message), [protocol]);
        // A character that no document can carry ends the reading, while writing goes on to the next fault.
        if (read.issues.some(({ code }) => code === 'xml')) {
          assert.ok(issues.some(({ expected }) => expected === 'characters that XML can carry'));
        } else assert.equal(comparable(issues), comparable(read.issues));
        if (issues.length > 0) refused += 1;
      });
      fc.assert(property, runs);
    }
    const share = refused / (roots.length * runs.numRuns);
    assert.ok(share > 0.2 && share < 0.9, `${share} refused`);
  });

  test(`What libxml2 refuses of ${folder} is not written, and what it takes is, known differences aside.`, () => {
    for (const root of roots) {
      const property = fc.property(madeWrong(lookup, root, messages.of(root)), (message) => {
        const bytes = writeUnchecked(lookup, root, message);
        const issues = issuesOf(message, protocol);
        const verdicts = { issues, errors: judge.judge(bytes).errors };
        if (isSplit(verdicts))
          assert.ok(explain(bytes, verdicts, judge), verdicts.errors.join() || issues[0]?.path);
      });
      fc.assert(property, runs);
    }
  });
}
