/** @module Every document that the fuzzer has found gets its verdicts, and those that differ are explained. */

import { type Folder, folders } from '../codec/samples.ts';
import { assert, suite } from '../support/suite.ts';
import { readCorpus } from './corpus.ts';
import { isSplit, Judge } from './judge.ts';
import { explain, knownDifferences } from './known.ts';

const test = suite('fuzz: corpus');

const cases = readCorpus();
const judges = new Map<Folder, Judge>(folders.map((folder) => [folder, new Judge(folder)]));

for (const { name, version, reason, known = [], ours, libxml2, bytes } of cases) {
  test(`${name}: ${reason}.`, () => {
    const judge = judges.get(version);
    if (judge === undefined) return assert.unreachable(`no version ${version}`);
    const verdicts = judge.judge(bytes);
    assert.is(verdicts.issues.length === 0 ? 'valid' : 'refused', ours, JSON.stringify(verdicts.issues));
    assert.is(verdicts.errors.length === 0 ? 'valid' : 'refused', libxml2, verdicts.errors.join('; '));
    assert.equal(isSplit(verdicts) ? explain(bytes, verdicts, judge) : [], known);
  });
}

test('Every known difference has a document that differs in it alone.', () => {
  const alone = cases.flatMap(({ known = [] }) => (known.length === 1 ? known : []));
  assert.equal(
    knownDifferences.map(({ name }) => name).filter((name) => !alone.includes(name)),
    [],
  );
});
