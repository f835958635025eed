/** @module The reader takes the UFTP profile of XML 1.0 and nothing else, and says where a document leaves it. */

import { checkXml } from '../../runtime/codec/decode.ts';
import type { Limits } from '../../runtime/codec/limits.ts';
import type { IssueCode } from '../../runtime/errors.ts';
import { assert, suite } from '../support/suite.ts';
import { absent, readConformance } from './shared.ts';

const test = suite('codec: reader');

function check(xml: string | Uint8Array, limits?: Partial<Limits>) {
  return checkXml(typeof xml === 'string' ? new TextEncoder().encode(xml) : xml, limits);
}

const conformance = readConformance();
if (conformance === undefined) test.skip('Every case of the XML conformance suite gets its verdict.', absent);
else {
  test(`All ${conformance.length} cases of the XML conformance suite get their verdicts.`, () => {
    const wrong = conformance.filter(({ accept, bytes }) => (check(bytes) === undefined) !== accept);
    assert.equal(
      wrong.map(({ id }) => id),
      [],
    );
  });
}

const accepted: readonly (readonly [what: string, xml: string])[] = [
  ['an empty element', '<a/>'],
  ['a declaration in single quotes', "<?xml version='1.0' encoding='utf-8' standalone='no' ?><a/>"],
  ['a byte order mark', '\uFEFF<?xml version="1.0"?><a/>'],
  ['comments and instructions around the root', '<!-- a --><?b c?>\n<a/>\n<!----><?b?>'],
  ['CDATA, comments and instructions inside', '<a><![CDATA[<b>]]]><!-- - --><?b ?></a>'],
  ['every reference', '<a b="&amp;&lt;&gt;&quot;&apos;&#65;&#x10FFFF;">&#x9;</a>'],
  ['white space wherever it may stand', '<a  b = "c"\n\td\r=\r\'e\' ></a\n>'],
  ['names of other scripts', '<été ключ="値"/>'],
  ['a bound prefix', '<p:a xmlns:p="urn:p" p:b="" b=""><p:c/></p:a>'],
  ['an inner binding of a prefix', '<a xmlns:p="urn:p"><b xmlns:p="urn:q" p:c=""/><c p:c=""/></a>'],
  ['the prefix xml', '<a xml:lang="nl"/>'],
  ['> in text', '<a>]></a>'],
];

for (const [what, xml] of accepted) {
  test(`It takes ${what}.`, () => assert.is(check(xml), undefined));
}

const refused: readonly (readonly [what: string, xml: string, line: number, column: number])[] = [
  ['an empty document', '', 1, 1],
  ['text alone', 'a', 1, 1],
  ['a declaration that is not at the start', '\n<?xml version="1.0"?><a/>', 2, 1],
  ['XML 1.1', '<?xml version="1.1"?><a/>', 1, 1],
  ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>', 1, 1],
  ['a DOCTYPE', '<!DOCTYPE a><a/>', 1, 1],
  ['an entity', '<a>\n  &b;</a>', 2, 3],
  ['a bare ampersand', '<a b="c & d"/>', 1, 9],
  ['a reference to no character', '<a b="&#0;"/>', 1, 7],
  ['a reference without its semicolon', '<a b="&amp"/>', 1, 7],
  ['a reference beyond Unicode', '<a b="&#x110000;"/>', 1, 7],
  ['a control character', '<a b="\u0001"/>', 1, 7],
  ['< in a value', '<a b="<"/>', 1, 7],
  ['a value without quotation marks', '<a b=c/>', 1, 6],
  ['an attribute without value', '<a b/>', 1, 5],
  ['a value that does not end', '<a b="c/>', 1, 6],
  ['an attribute twice', '<a b="" b=""/>', 1, 9],
  ['an attribute twice by namespace', '<a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>', 1, 35],
  ['attributes that touch', '<a b=""c=""/>', 1, 8],
  ['a prefix that is not bound', '<a><p:b/></a>', 1, 8],
  ['a binding out of scope', '<a><b xmlns:p="u"/><c p:d=""/></a>', 1, 23],
  ['a binding of xmlns', '<a xmlns:xmlns="u"/>', 1, 4],
  ['two colons', '<a:b:c/>', 1, 2],
  ['a name that begins with a digit', '<1/>', 1, 2],
  ['another end tag', '<a>\n\n </b>', 3, 2],
  ['no end tag', '<a>', 1, 4],
  ['a tag that does not end', '<a ', 1, 4],
  ['a second root', '<a/><b/>', 1, 5],
  ['text behind the root', '<a/>b', 1, 5],
  ['-- in a comment', '<a><!-- -- --></a>', 1, 9],
  ['a comment that does not end', '<a><!-- ', 1, 4],
  ['an instruction named xml', '<a><?xml version="1.0"?></a>', 1, 4],
  ['CDATA outside the root', '<![CDATA[]]><a/>', 1, 1],
  [']]> in text', '<a>]]></a>', 1, 6],
];

for (const [what, xml, line, column] of refused) {
  test(`It refuses ${what} at line ${line}, column ${column}.`, () => {
    const issue = check(xml);
    assert.equal([issue?.code, issue?.line, issue?.column], ['xml', line, column], JSON.stringify(issue));
  });
}

const notUtf8: readonly (readonly [what: string, ...bytes: number[]])[] = [
  ['a byte of Latin-1', 0xe9],
  ['an overlong form', 0xc0, 0xaf],
  ['a surrogate', 0xed, 0xa0, 0x80],
  ['more than U+10FFFF', 0xf4, 0x90, 0x80, 0x80],
  ['U+FFFF', 0xef, 0xbf, 0xbf],
];

for (const [what, ...bytes] of notUtf8) {
  test(`It refuses ${what}.`, () => {
    const document = [...new TextEncoder().encode('<a b="'), ...bytes, ...new TextEncoder().encode('"/>')];
    assert.is(check(new Uint8Array(document))?.code, 'xml');
  });
}

for (const [where, before, after] of [
  ['in a comment before the root', '<!--', '--><a/>'],
  ['in the target of an instruction', '<?b', ' c?><a/>'],
  ['in an instruction', '<?b ', '?><a/>'],
  ['in the name of the root', '<a', '/>'],
  ['in the name of an attribute', '<a b', '="c"/>'],
  ['in a value', '<a b="', '"/>'],
  ['in a value with a reference', '<a b="&amp;', '"/>'],
  ['in a declaration of a prefix', '<a xmlns:b="', '"/>'],
  ['in text', '<a>', '</a>'],
  ['in CDATA', '<a><![CDATA[', ']]></a>'],
  ['in the name of an element within', '<a><b', '/></a>'],
  ['in an end tag', '<a></a', '>'],
  ['behind the root', '<a/><!--', '-->'],
] as const) {
  test(`It refuses a byte that is no UTF-8 ${where}.`, () => {
    const { code, expected } = check(joined(before, [0xff], after)) ?? {};
    assert.equal([code, expected], ['xml', 'UTF-8']);
  });
}

test('A byte that is no UTF-8 is no other character because an equal one stands near.', () => {
  assert.is(check(joined('<a b="\uFFFD" c="', [0xff], '"/>'))?.expected, 'UTF-8');
});

function joined(before: string, bytes: readonly number[], after: string): Uint8Array {
  const [first, last] = [new TextEncoder().encode(before), new TextEncoder().encode(after)];
  return Uint8Array.of(...first, ...bytes, ...last);
}

const limits: readonly (readonly [what: keyof Limits, max: number, within: string, beyond: string])[] = [
  ['bytesMax', 4, '<a/>', '<ab/>'],
  ['depthMax', 2, '<a><b/></a>', '<a><b><c/></b></a>'],
  ['attributesMax', 1, '<a b=""/>', '<a b="" c=""/>'],
  ['elementsMax', 2, '<a><b/></a>', '<a><b/><b/></a>'],
  ['valueBytesMax', 2, '<a b="é"/>', '<a b="éc"/>'],
];

for (const [what, max, within, beyond] of limits) {
  test(`It keeps the limit ${what}.`, () => {
    assert.is(check(within, { [what]: max }), undefined);
    assert.is(check(beyond, { [what]: max })?.code, 'limit' satisfies IssueCode);
  });
}

test('At most 128 namespace declarations are in scope.', () => {
  const declare = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => ` xmlns:p${from + i}="u"`).join('');
  assert.is(check(`<a${declare(0, 100)}><b${declare(100, 28)}/></a>`), undefined);
  assert.is(check(`<a${declare(0, 100)}><b${declare(100, 29)}/></a>`)?.code, 'limit');
});

test('What an issue shows is one line of at most 80 characters.', () => {
  const issue = check(`<a b="&${'\u202E'.repeat(200)}"/>`);
  assert.ok(issue !== undefined && issue.received.length <= 80);
  assert.match(issue?.received ?? '', /^&\\u\{202e\}/);
});
