/** @module Names of any length and alphabet are told apart, however the document is laid out. */

import { xsInteger, xsString } from '../../runtime/codec/builtin.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import { child, optional, required } from '../../runtime/codec/table.ts';
import { assert, suite } from '../support/suite.ts';
import { bytesOf, keyed, note, noteVersion, summary, table } from './values.ts';

const test = suite('codec: names');

/** From one byte to more than three words, with beginnings and ends in common, and beyond ASCII. */
const names = [
  ...['A', 'B', 'AB', 'BA', 'ABC', 'ABD', 'ABCD', 'ABCE', 'XBCD', 'ABCDE', 'ABXDE', 'ABCDEFGH', 'ABCDXFGH'],
  ...['ABCDEFGHI', 'ABCDEFGHIJK', 'ABCDEFXHIJK', 'ABCDEFGHIJKLMNOP', 'ABCDEFGHIXKLMNOP', 'ABCDEFGHIJKLMNOPQ'],
  ...['É', 'ÉÈ', 'ÉÈÊ', 'Naïve', 'Naïvé', '\u{10000}x'],
];

const attributes = names.map((name) => keyed(`at${name}`, optional(name, xsInteger)));
const leaf = table([keyed('text', required('T', xsString))]);
const elements = names.map((name) => keyed(`in${name}`, child(name, leaf, 0, 1)));
const version = noteVersion('1.0.0', attributes, elements);
const full = note('1.0.0', {
  ...Object.fromEntries(names.map((name, i) => [`at${name}`, i])),
  ...Object.fromEntries(names.map((name, i) => [`in${name}`, { text: `${i}` }])),
});

test('What is written under any name is read under the same.', () => {
  assert.equal(readMessage(encode(full, version), [version]).message, full);
});

const head = (list: readonly string[], assign: (name: string, i: number) => string): string =>
  list.map((name) => assign(name, names.indexOf(name))).join('');
const body = names.map((name, i) => `<${name} T="${i}"/>`).join('');

for (const [how, assign] of [
  ['one blank and quotation marks', (name: string, i: number) => ` ${name}="${i}"`],
  ['apostrophes', (name: string, i: number) => ` ${name}='${i}'`],
  ['a line for each, and blanks around =', (name: string, i: number) => `\n\t${name} = "${i}"`],
  ['two blanks', (name: string, i: number) => `  ${name}="${i}"`],
] as const) {
  test(`Attributes are found in any order with ${how}.`, () => {
    for (const list of [names, [...names].reverse()]) {
      const xml = `<Note Version="1.0.0"${head(list, assign)}>${body}</Note>`;
      assert.equal(readMessage(bytesOf(xml), [version]).message, full);
    }
  });

  test(`A second attribute is refused with ${how}.`, () => {
    for (const [i, name] of names.entries()) {
      const xml = `<Note Version="1.0.0"${assign(name, i)}${assign(name, i)}/>`;
      const [issue] = readMessage(bytesOf(xml), [version]).issues;
      assert.is(issue?.expected, `no second attribute ${name}`);
    }
  });
}

test('A name that only begins or ends like one of the schema is another.', () => {
  for (const name of ['ABCDEFGHIJKLMNO', 'XABCD', 'ABCDx', 'ÉÈÊË', 'a', 'C', 'Naïv']) {
    const { issues } = readMessage(bytesOf(`<Note Version="1.0.0" ${name}="1"><${name} T=""/></Note>`), [
      version,
    ]);
    assert.equal(summary(issues), [`attribute-unknown /Note/@${name}`, `element-unknown /Note/${name}`]);
  }
});

test('A document that stands within a larger piece of memory is read alike.', () => {
  const xml = encode(full, version);
  for (let before = 0; before < 9; before++) {
    const memory = new Uint8Array(xml.length + before + 4).fill(0x41);
    memory.set(xml, before);
    const document = memory.subarray(before, before + xml.length);
    assert.equal(readMessage(document, [version]).message, full);
  }
});

test('Messages that are written one within the other, and one after the other, keep their own bytes.', () => {
  const text = (xml: Uint8Array): string => new TextDecoder().decode(xml);
  const plain = encode(note('1.0.0', { atA: 1 }), version);
  const before = text(plain);
  let inner = '';
  const nosy = Object.defineProperty(note('1.0.0', { atAB: 2 }), 'atA', {
    enumerable: true,
    get: () => {
      inner = text(encode(note('1.0.0', { atB: 3 }), version));
      return 1;
    },
  });
  assert.is(text(encode(nosy, version)), before.replace(' A="1"', ' A="1" AB="2"'));
  assert.is(inner, before.replace(' A="1"', ' B="3"'));
  assert.is(text(plain), before);
});
