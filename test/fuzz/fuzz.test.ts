/** @module The fuzzer itself: its documents are always the same, half of them valid, on all of the model; and what differs is found. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { folders } from '../codec/samples.ts';
import { assert, suite } from '../support/suite.ts';
import { aimedEvery, documentAt, sourceOf } from './document.ts';
import { Judge } from './judge.ts';
import { readOptions, UsageError } from './options.ts';
import { checksOf } from './report.ts';
import { Session } from './session.ts';
import { shrink } from './shrink.ts';

const test = suite('fuzz');

for (const folder of folders) {
  test(`libxml2 and the tables agree on documents of ${folder} that meet every facet, use and occurrence.`, async () => {
    const session = await Session.open(folder, 'test');
    const { points } = session.source;
    const tally = session.run(0, aimedEvery * points.length);
    assert.equal(tally.failures, []);
    const checks = checksOf(
      tally,
      points.map(({ name }) => name),
    );
    assert.equal(
      checks.map(({ holds }) => holds),
      [true, true, true],
      checks.map(({ title }) => title).join('\n'),
    );
  });
}

test('A document is decided by seed, version and number, and by nothing else.', async () => {
  const [first, second] = [await sourceOf('3.1.0'), await sourceOf('3.1.0')];
  const texts = (seed: string, source = first): string[] =>
    [0, 1, 2, 3, 1000].map((index) => Buffer.from(documentAt(source, seed, index).bytes).toString());
  const forwards = texts('a');
  assert.equal(texts('a', second), forwards);
  for (const [i, text] of texts('b').entries()) assert.is.not(text, forwards[i]);
});

test('Where the tables are those of another version, the difference is found, and shortened to the one attribute.', async () => {
  const session = await Session.open('3.1.0', 'test', new Judge('3.1.0', '3.0.0'));
  const { failures } = session.run(0, 400);
  const unsolicited = failures.find(({ reason }) => reason.includes('attribute-unknown'));
  assert.ok(unsolicited !== undefined);
  const text = Buffer.from(unsolicited?.bytes ?? []).toString();
  assert.match(text, /Unsolicited|ServiceType/);
  assert.not.match(text, /ContractID|BaselineReference|OrderReference/);
});

test('Shrinking leaves nothing that can be left out, and asks no more often than it may.', () => {
  const bytes = Buffer.from(`<a b="1" c="22"><d/>${'<e f="3">x</e>'.repeat(50)}<g/></a>`);
  let asked = 0;
  const hasBoth = (shorter: Uint8Array): boolean => {
    asked += 1;
    return /c=.*<g/s.test(Buffer.from(shorter).toString());
  };
  assert.is(Buffer.from(shrink(bytes, hasBoth)).toString(), 'c=<g');
  asked = 0;
  shrink(bytes, hasBoth, 10);
  assert.is(asked, 10);
});

test('A judge that throws is a disagreement as well.', async () => {
  const broken = new Judge('3.1.0');
  broken.judge = () => {
    throw new RangeError('out of reach');
  };
  const [failure] = (await Session.open('3.1.0', 'test', broken)).run(0, 1).failures;
  assert.is(failure?.reason, 'a judge throws: out of reach');
});

// biome-ignore format: one case to a line
const refused: readonly (readonly [args: string[], why: RegExp])[] = [
  [['--number', '1'], /Unknown option '--number'/],
  [['12'], /Unexpected argument '12'/],
  [['--n', '0'], /--n 0 is no whole number from 1/],
  [['--n', '1e3'], /--n 1e3 is no whole number/],
  [['--version', '3.2.0'], /--version 3.2.0 is none of 3.0.0, 3.1.0, next/],
  [['--workers', '17'], /--workers 17 is no whole number from 1 to 16/],
  [['--index', '-1'], /--index/],
];
for (const [args, why] of refused) {
  test(`npm run fuzz -- ${args.join(' ')} is refused.`, () => {
    try {
      readOptions(args);
    } catch (error) {
      assert.instance(error, UsageError);
      assert.match((error as Error).message, why);
      return;
    }
    assert.unreachable();
  });
}

function fuzz(...args: string[]) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const node = ['--conditions=shapeshifter-uftp-source', '--import', 'tsx', main];
  return spawnSync(process.execPath, [...node, ...args], { encoding: 'utf8' });
}

test('A run of the command ends with the count of its checks; what it was too short for is skipped.', () => {
  const { status, stdout } = fuzz('--n', '100', '--version', 'next');
  assert.is(status, 0, stdout);
  assert.match(stdout, /next: both judges agree on 100 documents/);
  assert.match(stdout, /\n1 passed, 0 failed, 2 skipped\n$/);
});

test('A wrong option is exit code 2, with where to look.', () => {
  const { status, stderr } = fuzz('--wrong');
  assert.is(status, 2);
  assert.match(stderr, /see npm run fuzz -- --help/);
});
