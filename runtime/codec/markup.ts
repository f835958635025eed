/** @module Reads what stands around elements: prolog and epilog, comments, processing instructions, CDATA sections and text. */

import { isDeclaration, isSpace } from './grammar.ts';
import type { Reader } from './reader.ts';

/** What almost everybody writes, and we do. */
export const usualDeclaration = '<?xml version="1.0" encoding="UTF-8"?>';

/** Reads byte order mark, XML declaration and whatever may stand before the root; stops at its `<`. No DOCTYPE may. */
export function prolog(reader: Reader): void {
  if (reader.startsWith('\u00EF\u00BB\u00BF')) reader.pos = 3;
  const start = reader.pos;
  if (reader.startsWith(usualDeclaration)) reader.pos += usualDeclaration.length;
  else if (reader.startsWith('<?xml') && isSpace(reader.bytes[start + 5])) {
    const end = find(reader, '?>', start, 'an XML declaration that ends with ?>');
    if (end - start > 200 || !isDeclaration(reader.slice(start, end + 2))) {
      reader.halt('an XML declaration of version 1.0 and encoding UTF-8');
    }
    reader.pos = end + 2;
  }
  misc(reader);
  if (reader.bytes[reader.pos] !== 0x3c) reader.halt('a root element');
}

/** Reads what may follow the root element: comments, processing instructions and white space, to the end. */
export function epilog(reader: Reader): void {
  misc(reader);
  if (reader.pos < reader.bytes.length) reader.halt('the end of the document');
}

function misc(reader: Reader): void {
  for (;;) {
    reader.space();
    const outside = reader.startsWith('<!') && !reader.startsWith('<!--');
    if (outside) reader.halt('no DOCTYPE and no section outside the root element');
    if (!commentOrInstruction(reader)) return;
  }
}

/** Reads `<!-- … -->` or `<? … ?>`. @returns false, the cursor where it was, where neither begins */
function commentOrInstruction(reader: Reader): boolean {
  if (reader.startsWith('<?')) instruction(reader);
  else if (reader.startsWith('<!--')) {
    const start = reader.pos + 4;
    const end = find(reader, '--', start, 'a comment that ends with -->');
    if (reader.bytes[end + 2] !== 0x3e) reader.halt('no -- within a comment', end);
    skip(reader, start, end, 3);
  } else return false;
  return true;
}

function instruction(reader: Reader): void {
  const start = reader.pos;
  reader.pos += 2;
  const target = reader.name();
  if (target.toLowerCase() === 'xml' || target.includes(':')) {
    reader.halt('a processing instruction with another target', start);
  }
  const { pos } = reader;
  const end = find(reader, '?>', pos, 'a processing instruction that ends with ?>');
  if (end > pos && !isSpace(reader.bytes[pos])) reader.halt('white space behind the target');
  skip(reader, pos, end, 2);
}

/** Reads a comment, a processing instruction or `<![CDATA[ … ]]>`. @returns true for the last */
export function commentOrSection(reader: Reader): boolean {
  if (commentOrInstruction(reader)) return false;
  if (!reader.startsWith('<![CDATA[')) reader.halt('a comment or CDATA section');
  const start = reader.pos + 9;
  skip(reader, start, find(reader, ']]>', start, 'a CDATA section that ends with ]]>'), 3);
  return true;
}

/** Reads character data up to the next `<`; true where it is only white space. */
export function characters(reader: Reader): boolean {
  const { bytes, pos: start } = reader;
  let blank = true;
  let at = start;
  for (let byte = bytes[at]; byte !== 0x3c; byte = bytes[++at]) {
    if (byte === undefined) reader.halt('an end tag', at);
    else if (byte === 0x26) {
      reader.pos = at;
      if (!isSpace(reader.reference().charCodeAt(0))) blank = false;
      at = reader.pos - 1;
    } else if (byte > 0x3e || !isSpace(byte)) {
      blank = false;
      if (byte > 0x7f) reader.beyondAscii();
      if (byte < 0x20) reader.halt('characters of XML', at);
      if (byte === 0x3e && at >= start + 2 && bytes[at - 1] === 0x5d && bytes[at - 2] === 0x5d)
        reader.halt('no ]]> in text', at);
    }
  }
  reader.pos = at;
  return blank;
}

/** Where the ASCII text stands next, from an offset. */
function find(reader: Reader, ascii: string, from: number, expected: string): number {
  const { pos } = reader;
  const first = ascii.charCodeAt(0);
  for (let at = reader.bytes.indexOf(first, from); at >= 0; at = reader.bytes.indexOf(first, at + 1)) {
    reader.pos = at;
    const found = reader.startsWith(ascii);
    reader.pos = pos;
    if (found) return at;
  }
  return reader.halt(expected);
}

/** Moves behind a piece of text and `length` more bytes; the text must be of characters of XML. */
function skip(reader: Reader, start: number, end: number, length: number): void {
  for (let at = start; at < end; at++) {
    const byte = reader.bytes[at] as number;
    if (byte > 0x7f) reader.beyondAscii();
    if (byte < 0x20 && !isSpace(byte)) reader.halt('characters of XML', at);
  }
  reader.pos = end + length;
}
