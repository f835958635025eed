/** @module Documents that are longer than one piece of decoding: their characters, wherever a piece ends. */

import { checkXml } from '../../runtime/codec/decode.ts';
import { encode } from '../../runtime/codec/message.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols, sample } from './samples.ts';
import { bytesOf, readAs } from './values.ts';

const test = suite('codec: large documents');
const pieceBytes = 64 * 1024;

for (const character of ['é', '€', '😀']) {
  test(`${character} is one character wherever it stands around the end of a piece.`, () => {
    for (let before = pieceBytes - 5; before <= pieceBytes + 1; before++) {
      const document = bytesOf(`<a><!--${' '.repeat(before - 7)}${character}--></a>`);
      assert.is(checkXml(document), undefined, `behind ${before} bytes`);
    }
  });
}

test('Bytes that are no UTF-8 are refused wherever they stand around the end of a piece.', () => {
  for (let before = pieceBytes - 5; before <= pieceBytes + 1; before++) {
    for (const wrong of [[0xff], [0x80], [0xe2, 0x82], [0xc3], [0x80, 0x80, 0x80, 0x80, 0x80]]) {
      const document = bytesOf(`<a><!--${' '.repeat(before - 7 + wrong.length)}--></a>`);
      document.set(wrong, before);
      const { code, expected } = checkXml(document) ?? {};
      assert.equal({ code, expected }, { code: 'xml', expected: 'UTF-8' }, `behind ${before} bytes`);
    }
  }
});

test('A message of 100,000 ISPs is read as it was written, in a document of ASCII and in another.', () => {
  const isp = Array.from({ length: 100_000 }, (_, i) => ({ power: i - 50_000, start: i + 1, duration: 1 }));
  for (const contractId of ['contract', 'contrát €']) {
    const message = { ...sample('3.1.0', 'FlexReservationUpdate'), contractId, isp };
    const xml = new TextDecoder().decode(encode(message, protocols['3.1.0']));
    const read = readAs(xml, { limits: { bytesMax: 8 * 1024 * 1024 } });
    assert.equal(read.issues, []);
    assert.equal(read.message, message);
  }
});
