/** @module Conversion by the tables alone: between versions that somebody states for themselves, of one message, `Note`. */

import {
  xsBoolean,
  xsDecimal,
  xsInteger,
  xsLong,
  xsPositiveInteger,
  xsString,
} from '../../runtime/codec/builtin.ts';
import { convert } from '../../runtime/codec/convert.ts';
import { scalar } from '../../runtime/codec/scalar.ts';
import {
  type Complex,
  child,
  defaulted,
  optional,
  required,
  type Scalar,
  type StatedAttribute,
  type StatedChild,
} from '../../runtime/codec/table.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { MessageRow, Protocol } from '../../runtime/roles.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';
import { type Keyed, keyed, note, noteVersion, refusal, table } from './values.ts';

type Attribute = Keyed<StatedAttribute>;
type Child = Keyed<StatedChild>;

const test = suite('codec: conversion of own versions');

type Facts = Partial<MessageRow>;

/** The attributes, elements and facts of a version. */
type Side = readonly [parts: readonly (Attribute | Child)[], facts?: Facts];

function version(name: string, [parts, facts]: Side): Protocol {
  const isChild = (part: Attribute | Child): part is Child => 'table' in part;
  const attributes = parts.filter((part): part is Attribute => !isChild(part));
  return noteVersion(name, attributes, parts.filter(isChild), facts);
}

const word = (...values: string[]): Scalar => scalar('WordType', xsString, { enumeration: values });
const a = keyed('a', optional('A', xsString));
const b = keyed('b', optional('B', xsInteger));
const needA = keyed('a', required('A', xsString));
const needB = (type: Scalar = xsInteger): Attribute => keyed('b', required('B', type));
const defaultB = (value: unknown, type: Scalar = xsInteger): Attribute =>
  keyed('b', defaulted('B', type, value));
const line = table([keyed('text', optional('Text', xsString))]);
const lines = (min: number, max: number, type: Complex = line): Child =>
  keyed('line', child('Line', type, min, max));
const page = (type: Complex): Child =>
  keyed('page', child('Page', table([], [lines(0, many, type)]), 0, many));
const many = Number.POSITIVE_INFINITY;
const refersBy = (reference: string): Facts => ({ reference });
const constant = (constants: MessageRow['constants']): Facts => ({ constants });
const means = (value: number): Facts => ({ implied: { b: { value } } });
const tells: Facts = { implied: { b: { whenAbsent: 'a' } } };

/** What a message of the first version becomes in the second. */
const kept: readonly (readonly [what: string, from: Side, to: Side, given: object, gets: object])[] = [
  ['What both have stays', [[a, b]], [[a, b]], { a: 'x', b: 1 }, { a: 'x', b: 1 }],
  [
    'Properties match by the names in XML',
    [[a]],
    [[keyed('b', optional('A', xsString))]],
    { a: 'x' },
    { b: 'x' },
  ],
  ['What neither says stays unsaid', [[a, b]], [[a, b]], {}, {}],
  ['A default that differs is written out', [[defaultB(1)]], [[defaultB(2)]], {}, { b: 1 }],
  ['A default is written out where there is none', [[defaultB(1)]], [[b]], {}, { b: 1 }],
  ['A default is written out where it is demanded', [[defaultB(1)]], [[needB()]], {}, { b: 1 }],
  ['A default is left out where it cannot be said', [[defaultB(1)]], [[]], { b: 1 }, {}],
  ['A default has one value in other digits', [[defaultB('0.50', xsDecimal)]], [[]], { b: '.5' }, {}],
  ['What absence means is written out', [[], means(5)], [[needB()]], {}, { b: 5 }],
  ['What absence means goes before a default', [[], means(5)], [[defaultB(2)]], {}, { b: 5 }],
  ['What absence means in both stays unsaid', [[b], means(5)], [[b], means(5)], {}, {}],
  ['What absence means here alone is written out', [[b], means(5)], [[b], means(6)], {}, { b: 5 }],
  ['What is understood is left out', [[a, b]], [[a], means(5)], { a: 'x', b: 5 }, { a: 'x' }],
  ['Another property tells', [[a], tells], [[a, needB(xsBoolean)]], { a: 'x' }, { a: 'x', b: false }],
  ['The lack of another property tells', [[a], tells], [[a, needB(xsBoolean)]], {}, { b: true }],
  ['What every message says is left out', [[a], constant({ a: 'x' })], [[]], { a: 'x' }, {}],
  ['What every message must say is filled in', [[]], [[needA], constant({ a: 'x' })], {}, { a: 'x' }],
  [
    'A reference matches by role',
    [[needA], refersBy('a')],
    [[needB(xsString)], refersBy('b')],
    { a: 'x' },
    { b: 'x' },
  ],
  ['A number becomes a bigint', [[b]], [[needB(xsLong)]], { b: -1 }, { b: -1n }],
  ['A bigint becomes a number', [[needB(xsLong)]], [[b]], { b: 5n }, { b: 5 }],
  ['A number becomes text', [[b]], [[needB(xsString)]], { b: 5 }, { b: '5' }],
  ['Text becomes a truth', [[needB(xsString)]], [[needB(xsBoolean)]], { b: '1' }, { b: true }],
  [
    'Elements stay in order',
    [[lines(0, many)]],
    [[lines(1, 2)]],
    { line: [{ text: 'x' }, {}] },
    { line: [{ text: 'x' }, {}] },
  ],
  ['One element becomes a list', [[lines(0, 1)]], [[lines(0, many)]], { line: {} }, { line: [{}] }],
  ['A list of one becomes the element', [[lines(0, many)]], [[lines(0, 1)]], { line: [{}] }, { line: {} }],
  ['An empty list says nothing', [[lines(0, many)]], [[]], { line: [] }, {}],
];

for (const [what, from, to, given, gets] of kept) {
  test(`${what}.`, () => {
    const found = convert(note('1.0.0', given), version('1.0.0', from), version('2.0.0', to));
    assert.equal(found, note('2.0.0', gets));
  });
}

/** What cannot go from the first version to the second. */
const lost: readonly (readonly [what: string, from: Side, to: Side, given: object, ...issues: string[]])[] = [
  ['What cannot be said', [[a, b]], [[]], { a: 'x', b: 0 }, 'attribute-unknown @A', 'attribute-unknown @B'],
  ['What is not the default', [[defaultB(1)]], [[]], { b: 2 }, 'attribute-unknown @B'],
  ['What would be understood otherwise', [[b]], [[], means(5)], { b: 6 }, 'attribute-unknown @B'],
  [
    'A default that is understood otherwise',
    [[defaultB(1)]],
    [[], means(5)],
    { b: 1 },
    'attribute-unknown @B',
  ],
  ['Absence that is understood otherwise', [[b], means(6)], [[], means(5)], {}, 'attribute-unknown @B'],
  ['What other messages do not say', [[a], constant({ a: 'x' })], [[]], { a: 'y' }, 'attribute-unknown @A'],
  ['What is demanded and cannot be said', [[]], [[needA]], {}, 'attribute-missing @A'],
  ['What would become a default', [[]], [[defaultB(1)]], {}, 'attribute-missing @B'],
  ['What was left unsaid and would become a default', [[b]], [[defaultB(1)]], {}, 'attribute-missing @B'],
  ['A reference that nobody knows', [[]], [[needA], refersBy('a')], {}, 'attribute-missing @A'],
  [
    'An attribute with the name of the reference',
    [[a]],
    [[a], refersBy('a')],
    { a: 'x' },
    'attribute-missing @A',
    'attribute-unknown @A',
  ],
  ['A bigint beyond numbers', [[needB(xsLong)]], [[b]], { b: 2n ** 53n }, 'unsafe-integer @B'],
  ['Text that is no number', [[needB(xsString)]], [[b]], { b: 'x' }, 'type @B'],
  ['A number out of range', [[b]], [[needB(xsPositiveInteger)]], { b: 0 }, 'range @B'],
  [
    'A word that is not listed',
    [[needB(word('x', 'y'))]],
    [[needB(word('x'))]],
    { b: 'y' },
    'enumeration @B',
  ],
  ['Elements', [[lines(0, many)]], [[]], { line: [{}] }, 'element-unknown Line'],
  ['An element', [[lines(0, 1)]], [[]], { line: {} }, 'element-unknown Line'],
  ['A list of two', [[lines(0, many)]], [[lines(0, 1)]], { line: [{}, {}] }, 'element-too-many Line'],
  ['An element that is demanded', [[]], [[lines(1, many)]], {}, 'element-missing Line'],
  ['A number for an element', [[lines(0, many)]], [[lines(0, many)]], { line: [5] }, 'type Line[1]'],
  [
    'What stands within',
    [[page(line)]],
    [[page(table([]))]],
    { page: [{}, { line: [{}, { text: 'x' }] }] },
    'attribute-unknown Page[2]/Line[2]/@Text',
  ],
];

for (const [what, from, to, given, ...issues] of lost) {
  test(`${what} is refused.`, () => {
    const run = (): unknown => convert(note('1.0.0', given), version('1.0.0', from), version('2.0.0', to));
    const expected = issues.map((issue) => issue.replace(' ', ' /Note/'));
    assert.equal(refusal('conversion-lossy', run), expected);
  });
}

test('An issue says which version lacks what, and what would be lost.', () => {
  const [from, to] = [version('1.0.0', [[b]]), version('2.0.0', [[needA]])];
  try {
    convert(note('1.0.0', { b: 5 }), from, to);
  } catch (error) {
    assert.ok(isUftpError(error));
    assert.match(error.message, 'the Note cannot go from UFTP 1.0.0 to 2.0.0: /Note/@A attribute-missing');
    assert.equal(error.issues, [
      {
        code: 'attribute-missing',
        path: '/Note/@A',
        expected: 'A, which UFTP 1.0.0 leaves unsaid',
        received: 'none',
      },
      {
        code: 'attribute-unknown',
        path: '/Note/@B',
        expected: 'an attribute of UFTP 2.0.0',
        received: '5',
      },
    ]);
    return;
  }
  assert.unreachable();
});

test('At most 100 issues are reported.', () => {
  const from = version('1.0.0', [[lines(0, many)]]);
  const to = version('2.0.0', [[lines(0, many, table([]))]]);
  const given = note('1.0.0', { line: Array.from({ length: 200 }, () => ({ text: 'x' })) });
  assert.is(refusal('conversion-lossy', () => convert(given, from, to)).length, 100);
});

test('A message that one of the versions does not have is an error of its own.', () => {
  const own = version('1.0.0', [[a]]);
  const offer = sample('3.1.0', 'FlexOffer');
  assert.equal(
    refusal('message-unknown', () => convert(offer, protocols['3.1.0'], own)),
    [],
  );
  assert.equal(
    refusal('message-unknown', () => convert(note('1.0.0'), own, protocols.next)),
    [],
  );
});
