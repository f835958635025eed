/** @module Patterns of XML Schema mean in JavaScript what they mean to libxml2. */

import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { PatternError, translatePattern, translatePatterns } from '../../codegen/pattern.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('codegen: pattern');

/** What libxml2 says: whether a value matches, or undefined where it refuses the pattern. */
function libxml2(pattern: string): ((value: string) => boolean) | undefined {
  const escaped = (text: string): string =>
    text.replace(/[&<>"\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
  const schema = XmlDocument.fromString(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="${escaped(pattern)}"/>
    </xs:restriction></xs:simpleType></xs:element></xs:schema>`);
  try {
    const validator = XsdValidator.fromDoc(schema);
    return (value) => {
      const document = XmlDocument.fromString(`<a>${escaped(value)}</a>`);
      try {
        validator.validate(document);
        return true;
      } catch {
        return false;
      } finally {
        document.dispose();
      }
    };
  } catch {
    return undefined;
  }
}

/** Patterns, each with values that match or not: libxml2 says which. */
const valid: readonly (readonly [pattern: string, ...values: string[]])[] = [
  ['', '', 'a'],
  ['abc', 'abc', 'ab', 'abcd', 'xabc'],
  ['a|bc', 'a', 'bc', 'ac', 'abc'],
  ['a||b', 'a', '', 'b', 'ab'],
  ['(a|b)c', 'ac', 'bc', 'c', 'abc'],
  ['(|a)b', 'b', 'ab', 'aab'],
  ['(ab){2}', 'abab', 'ab', 'ababab'],
  ['a?b*c+', 'c', 'abbc', 'aac', 'ab'],
  ['a{2}', 'a', 'aa', 'aaa'],
  ['a{2,}', 'a', 'aa', 'aaaa'],
  ['a{1,2}', '', 'a', 'aa', 'aaa'],
  ['a{0,1}', '', 'a', 'aa'],
  ['.', 'a', '\n', '\r', ' ', '', 'é', '😀'],
  ['a.c', 'abc', 'a\nc', 'a.c'],
  ['^a$', '^a$', 'a'],
  ['a/b', 'a/b', 'a\\/b'],
  ['\\d{2}', '12', '1', 'ab'],
  ['\\D', 'a', '1', '-'],
  ['\\w+', 'aZ9', 'a_b', 'é', 'a-b', 'a b', '+'],
  ['\\W', '-', ' ', 'a', '9'],
  ['\\s', ' ', '\t', '\n', 'a', '\u00a0'],
  ['\\S', 'a', ' '],
  ['\\i\\c*', 'a', '_a-b.c:d', '-a', '9', 'é1'],
  ['\\I', '-', '1', 'a'],
  ['\\C', ' ', '!', 'a', '-'],
  ['\\p{L}+', 'aé', 'a1', 'Ж'],
  ['\\p{Lu}', 'A', 'a'],
  ['\\P{L}', '1', 'a'],
  ['\\p{Nd}', '1', 'a', '٣'],
  ['\\p{IsBasicLatin}+', 'abc ~', 'é'],
  ['\\P{IsBasicLatin}', 'é', 'a'],
  ['[\\p{IsLatin-1Supplement}]', 'é', 'a'],
  ['[abc]', 'a', 'c', 'd', ''],
  ['[a-c]', 'b', 'd', '-'],
  ['[^a-c]', 'd', 'b', '\n', '-'],
  ['[a-c-]', 'b', '-', 'd'],
  ['[-a]', '-', 'a', 'b'],
  ['[^-a]', '-', 'b', 'a'],
  ['[+-]', '+', '-', '*', ','],
  ['[a^]', 'a', '^', 'b'],
  ['[.]', '.', 'a'],
  ['[$*+?(){}|/]', '$', '*', '+', '?', '(', ')', '{', '}', '|', '/', 'a'],
  ['[\\-\\[\\]\\\\\\^]', '-', '[', ']', '\\', '^', 'a'],
  ['[\\d.]+', '1.5', 'a', '.'],
  ['[\\w-]', 'a', '-', ' '],
  ['[\\s\\d]', ' ', '1', 'a'],
  ['[^\\d]', 'a', '1'],
  ['[^\\w]', 'a', '-'],
  ['[\\D]', 'a', '1'],
  ['[\\S]', 'a', ' '],
  ['[a-z-[aeiou]]', 'b', 'a', 'e', '-', 'A'],
  ['[a-z-[aeiou]]+', 'bcd', 'bad'],
  ['[^a-z-[0-9]]', 'A', 'a', '5'],
  ['[a-z-[c-m-[e]]]', 'a', 'c', 'z'],
  ['\\.\\\\\\?\\*\\+\\(\\)\\{\\}\\[\\]\\|\\-\\^', '.\\?*+(){}[]|-^', '.'],
  ['\\n\\r\\t', '\n\r\t', 'nrt'],
  ['é+', 'éé', 'e'],
  ['😀{2}', '😀😀', '😀'],
  ['[😀-😂]', '😁', '😃', 'a'],
  ['[a-cx-z]', 'a', 'y', 'm'],
  ['[Ee][0-9]{16}', 'E1234567890123456', 'e123456789012345'],
  ['(\\d+\\.\\d+\\.\\d+)', '3.1.0', '3.1', '3.1.0-beta'],
  [
    '(ea1\\.[0-9]{4}-[0-9]{2}\\..{1,244}:.{1,244}|ean\\.[0-9]{12,34})',
    'ean.123456789012',
    'ea1.2020-01.nl.x:1',
    'ean.1',
  ],
  ['([a-z0-9]+(-[a-z0-9]+)*\\.)+[a-z]{2,}', 'a.nl', 'a-b.c.nl', '-a.nl', 'a.n', 'A.nl'],
  [
    '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{0,9})?([+-]\\d{2}:\\d{2}|Z)',
    '2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05',
    '2026-01-02T03:04:05.+01:00',
  ],
];
for (const [pattern, ...values] of valid) {
  test(`${JSON.stringify(pattern)} matches what it matches in libxml2.`, () => {
    const matches = libxml2(pattern);
    assert.ok(matches, 'libxml2 takes the pattern');
    const translated = new RegExp(translatePatterns([pattern]), 'u');
    for (const value of values) {
      assert.is(translated.test(value), matches?.(value), `${JSON.stringify(value)} with ${translated}`);
    }
  });
}

/** Where libxml2 says otherwise. */
const departures: readonly (readonly [pattern: string, value: string, ours: boolean])[] = [
  // A stated departure: the digits of other scripts are none.
  ['\\d', '٣', false],
  ['[\\d]', '٣', false],
  ['\\D', '٣', true],
  // What is subtracted is c to m without e, so e stays: libxml2 loses the inner subtraction.
  ['[a-z-[c-m-[e]]]', 'e', true],
];
for (const [pattern, value, ours] of departures) {
  test(`${JSON.stringify(pattern)} ${ours ? 'takes' : 'does not take'} ${value}.`, () => {
    assert.is(new RegExp(translatePatterns([pattern]), 'u').test(value), ours);
  });
}

const invalid: readonly (readonly [pattern: string, problem: string])[] = [
  ['(a', '"(" without ")"'],
  ['a)', '")" without "("'],
  ['[a', 'it ends too early'],
  ['[]', '"]" must be written'],
  ['[^]', '"]" must be written'],
  ['a]', '"]" must be written'],
  ['a}', '"}" must be written'],
  ['*a', '"*" has nothing before it'],
  ['a**', '"*" has nothing before it'],
  ['a+?', '"?" has nothing before it'],
  ['(?:a)', '"?" has nothing before it'],
  ['a{,2}', 'is not {n}'],
  ['a{x}', 'is not {n}'],
  ['a{2', 'it ends too early'],
  ['a{2,1}', 'is an empty range'],
  ['[z-a]', 'the range z-a is empty'],
  ['[a-\\d]', 'a range must end in one character'],
  ['[a-c-e]', '"-" must be written'],
  ['[a[b]', '"[" must be written'],
  ['[a-[b]c]', 'nothing may follow a subtraction'],
  ['\\', 'it ends too early'],
  ['\\$', 'is not an escape'],
  ['\\b', 'is not an escape'],
  ['\\u0041', 'is not an escape'],
  ['\\p', 'must be followed'],
  ['\\p{X}', 'is not known'],
  ['\\p{Script=Greek}', 'is not known'],
  ['\\p{IsGreek}', 'write the range'],
  ['\\p{BasicLatin}', 'is not known'],
];
for (const [pattern, problem] of invalid) {
  test(`${JSON.stringify(pattern)} is refused.`, () => {
    assert.throws(
      () => translatePattern(pattern),
      (error: unknown) => error instanceof PatternError && error.message.includes(problem),
    );
  });
}

test('The patterns of one step are alternatives as a whole.', () => {
  const both = new RegExp(translatePatterns(['a|b', 'cd']), 'u');
  assert.equal(
    ['a', 'b', 'cd', 'bcd', 'ad'].filter((value) => both.test(value)),
    ['a', 'b', 'cd'],
  );
});
