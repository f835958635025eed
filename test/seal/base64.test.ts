import { decodeBase64, decodeBase64Url, encodeBase64 } from '../../runtime/codec/base64.ts';
import { assert, suite } from '../support/suite.ts';
import { absent, readBodyAttacks } from './shared.ts';

const test = suite('seal: base64');

// RFC 4648 section 10.
for (const [plain, text] of [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const) {
  test(`"${plain}" is written "${text}" and read back, as text and as bytes`, () => {
    const bytes = new TextEncoder().encode(plain);
    assert.is(encodeBase64(bytes), text);
    assert.equal(decodeBase64(text), bytes);
    assert.equal(decodeBase64(new TextEncoder().encode(text)), bytes);
  });
}

for (const [why, text] of [
  ['padding is missing', 'Zg'],
  ['half the padding is missing', 'Zg='],
  ['there is too much padding', 'Zm9v===='],
  ['there is nothing but padding', '===='],
  ['one letter carries no byte', 'Z==='],
  ['padding stands in the middle', 'Zg==Zg=='],
  ['padding stands between letters', 'Z=g='],
  ['bits are set behind one byte', 'Zh=='],
  ['the highest of these bits is set', 'Zo=='],
  ['bits are set behind two bytes', 'Zm9='],
  ['the alphabet is the URL-safe one', '-_-_'],
  ['a letter is outside ASCII', 'Zm9é'],
  ['a letter is outside Latin-1 but ends in the bits of one inside', 'Zm9\u0176'],
  ['a byte is zero', 'Zm9\0'],
  ['a blank stands inside', 'Zm 9v'],
  ['a line ends', 'Zm9v\n'],
] as const) {
  test(`"${JSON.stringify(text).slice(1, -1)}" is refused: ${why}`, () => {
    assert.is(decodeBase64(text), undefined);
  });
}

for (const [text, plain] of [
  [' Zm9v ', 'foo'],
  ['Z m\t9\rv\nYmFy\r\n', 'foobar'],
  ['Zg = =', 'f'],
  [' \n', ''],
] as const) {
  test(`${JSON.stringify(text)} is read where white space is allowed`, () => {
    assert.equal(decodeBase64(text, { whiteSpace: true }), new TextEncoder().encode(plain));
    assert.is(decodeBase64(text), undefined);
  });
}

for (const text of ['Zm9v\u00a0', 'Zm9v\f', 'Zm9v\v', 'Zm 9', 'Zh ==']) {
  test(`${JSON.stringify(text)} is refused where white space is allowed`, () => {
    assert.is(decodeBase64(text, { whiteSpace: true }), undefined);
  });
}

for (const [text, bytes] of [
  ['', []],
  ['-_8', [251, 255]],
  ['Zg', [102]],
  ['Zm9v', [102, 111, 111]],
] as const) {
  test(`"${text}" is read as URL-safe base64`, () => {
    assert.equal(decodeBase64Url(text), Uint8Array.from(bytes));
  });
}

for (const text of ['Zg==', '+/8', 'Z', 'Zh', 'Zm 8', 'Zm9v\n']) {
  test(`${JSON.stringify(text)} is refused as URL-safe base64`, () => {
    assert.is(decodeBase64Url(text), undefined);
  });
}

test('every length up to 100 comes back and is written as node:buffer writes it', () => {
  for (let length = 0; length <= 100; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length * 37) & 255);
    const text = encodeBase64(bytes);
    assert.is(text, Buffer.from(bytes).toString('base64'));
    assert.equal(decodeBase64(text), bytes);
  }
});

test('every other last letter group of two and three is refused, so that every value has one spelling', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const taken = (tail: string): number =>
    [...alphabet].filter((letter) => decodeBase64(`A${letter}${tail}`) !== undefined).length;
  assert.is(taken('=='), 4);
  assert.is([...alphabet].filter((letter) => decodeBase64(`AA${letter}=`) !== undefined).length, 16);
});

const attacks = readBodyAttacks();
if (attacks === undefined) test.skip('attacks on the Body', absent);
for (const { id, body, accept } of attacks ?? []) {
  test(`the attack ${id} is ${accept ? 'let in' : 'refused'}`, () => {
    // What is not refused as base64 is refused for its length, as `open` does.
    const bytes = decodeBase64(body, { whiteSpace: true });
    assert.is(bytes !== undefined && bytes.length > 64, accept);
  });
}
