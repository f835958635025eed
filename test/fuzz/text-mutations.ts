/** @module The changes that the fuzzer makes to the text and the bytes of a document, by name: a document goes in, a changed one comes out. */

import type { Random } from './random.ts';

type TextChange = (xml: string, random: Random) => string;
type ByteChange = (bytes: Uint8Array, random: Random) => Uint8Array;

// biome-ignore format: many to a line
const declarations = [
  '<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8'?>",
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', '<?xml version="1.0" standalone="no" ?>\n',
  '<?xml\tversion = "1.0"\r\nencoding= "Utf-8" ?>', '<?xml version="1.1"?>', '<?xml version="1.2"?>',
  '<?xml version="1.00"?>', '<?xml version="2.0"?>', '<?xml version="1.0" encoding="US-ASCII"?>',
  '<?xml version="1.0" encoding="ISO-8859-1"?>', '<?xml version="1.0" encoding="UTF-16"?>',
  '<?xml version="1.0" encoding="UTF8"?>', '<?xml version="1.0" encoding="x-unknown"?>',
  '<?xml version="1.0" encoding=""?>', '<?xml version="1.0" standalone="maybe"?>',
  '<?xml version="1.0" standalone="yes" encoding="UTF-8"?>', '<?xml encoding="UTF-8"?>',
  '<?xml encoding="UTF-8" version="1.0"?>', '<?xml version="1.0"encoding="UTF-8"?>',
  '<?xml version="1.0" encoding="UTF-8"standalone="yes"?>', '<?xml version="1.0" other="x"?>',
  '<?xml version="1.0"', '<?xml?>', '<?xml version=1.0?>', '<?xml version="1.0">', '<?XML version="1.0"?>',
  ' <?xml version="1.0"?>', '<?xml version="1.0"?><?xml version="1.0"?>', '\ufeff',
  '\ufeff<?xml version="1.0"?>', '\ufeff\ufeff',
];
// biome-ignore format: many to a line
const befores = [
  '\n', ' \r\n\t', '<!-- -->', '<!--<!DOCTYPE x>-->', '<?pi <!DOCTYPE x> ?>', '<!DOCTYPE x>',
  '<!DOCTYPE x [<!ENTITY a "b">]>', '<!doctype x>', '<?pi?><!---->\n', 'x', '&#32;', '<![CDATA[]]>', '<x/>',
  '<!-- -- -->', '<?xml-x?>', '\u00a0',
];
// biome-ignore format: many to a line
const afters = [
  '\n', '\r\n\r\n', '<!-- -->', '<?pi?>', '<?xml version="1.0"?>', '<x/>', 'x', '\u0000', '&#32;',
  '<![CDATA[]]>', '<!DOCTYPE x>', '\ufeff', '</x>', '<!--', '<', '\u001a',
];
// biome-ignore format: many to a line
const tokens = [
  '<', '>', '/>', '</', '&', ';', '&amp;', '"', "'", '=', '/', '<!--', '-->', '--', '<![CDATA[', ']]>',
  '<?', '?>', '!', '?', ' ', '\n', '\r\n', '\t', '\u0000', '\u0001', '\u00a0', 'é', '😀', ':', '-', '0', 'x',
  '#', '\ufeff', '\ufffe',
];

function spliced(xml: string, at: number, removed: number, added: string): string {
  return xml.slice(0, at) + added + xml.slice(at + removed);
}

/** The changes to the text, with how often each is made compared with the others. */
export const textMutations: readonly (readonly [name: string, weight: number, change: TextChange])[] = [
  ['declaration', 6, (xml, random) => random.pick(declarations) + xml.replace(/^<\?xml[^>]*\?>\s*/, '')],
  [
    'before the root',
    3,
    (xml, random) => xml.replace(/^(<\?xml[^>]*\?>)?/, (declaration) => declaration + random.pick(befores)),
  ],
  ['behind the root', 3, (xml, random) => xml + random.pick(afters)],
  ['truncated', 2, (xml, random) => xml.slice(0, random.below(xml.length))],
  ['token inserted', 4, (xml, random) => spliced(xml, random.below(xml.length + 1), 0, random.pick(tokens))],
  [
    'token behind a mark',
    3,
    (xml, random) => {
      const marks = [...xml.matchAll(/[<>="'/]/g)].map(({ index }) => index + random.below(2));
      return marks.length === 0 ? xml : spliced(xml, random.pick(marks), 0, random.pick(tokens));
    },
  ],
  [
    'characters removed',
    3,
    (xml, random) => spliced(xml, random.below(xml.length), random.between(1, random.pick([1, 3, 20])), ''),
  ],
  [
    'slice doubled',
    2,
    (xml, random) => {
      const at = random.below(xml.length);
      return spliced(xml, at, 0, xml.slice(at, at + random.between(1, 40)));
    },
  ],
  [
    'slice moved',
    2,
    (xml, random) => {
      const at = random.below(xml.length);
      const slice = xml.slice(at, at + random.between(1, 40));
      return spliced(spliced(xml, at, slice.length, ''), random.below(xml.length), 0, slice);
    },
  ],
  [
    'case flipped',
    1,
    (xml, random) => {
      const at = random.below(xml.length);
      const letter = xml.slice(at, at + 1);
      return spliced(
        xml,
        at,
        1,
        letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
      );
    },
  ],
];

const utf8 = new TextEncoder();

/** The changes to the bytes, with how often each is made compared with the others. */
export const byteMutations: readonly (readonly [name: string, weight: number, change: ByteChange])[] = [
  [
    'byte flipped',
    4,
    (bytes, random) => {
      const changed = bytes.slice();
      const at = random.below(bytes.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      return changed;
    },
  ],
  [
    'byte replaced',
    2,
    (bytes, random) => {
      const changed = bytes.slice();
      changed[random.below(bytes.length)] = random.below(256);
      return changed;
    },
  ],
  [
    'bytes inserted',
    1,
    (bytes, random) => {
      const at = random.below(bytes.length + 1);
      // biome-ignore format: many to a line
      const added = random.pick([
        [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff], [0x80], [0xe2, 0x82],
        [0xc3, 0xa9], [0xef, 0xbf, 0xbf],
      ]);
      return Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at)]);
    },
  ],
  [
    'another encoding',
    1,
    (bytes, random) => {
      const text = new TextDecoder().decode(bytes);
      const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
      return Uint8Array.from(
        random.pick([utf16, utf16.subarray(2), Buffer.from(utf16).swap16(), Buffer.from(text, 'latin1')]),
      );
    },
  ],
  [
    'nothing left',
    1,
    (_, random) =>
      utf8.encode(random.pick(['', ' ', '<', '<x', '<?', '<!--', '\ufeff', '<?xml version="1.0"?>'])),
  ],
];
