/** @module What the fuzzer puts where it does not belong, as data: attributes, pieces between tags, references, names. */

import type { Random } from './random.ts';

/** The first half of an attribute that XML Schema has a meaning for. */
export const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi';
/** Attributes that no model has, or that XML itself has a meaning for, each whole up to its value. */
// biome-ignore format: many to a line
export const strangers: readonly (readonly [name: string, raw: string])[] = [
  ['Other', ''], ['__proto__', 'x'], ['constructor', 'x'], ['xml:lang', 'nl'], ['xml:space', 'preserve'],
  ['xmlns', ''], ['xmlns', 'urn:x'], ['xmlns:p', 'urn:x'], ['xmlns:p', ''],
  ['xmlns:xml', 'http://www.w3.org/XML/1998/namespace'], ['xmlns:xmlns', 'urn:x'],
  ['xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance'], ['p:Version', '3.1.0'],
  ['xmlns:p="urn:x" p:Version', '3.1.0'], ['xmlns:p="urn:x" xmlns:q="urn:x" p:a="" q:a', ''],
  [`${xsi}:nil`, 'false'], [`${xsi}:nil`, 'true'], [`${xsi}:nil`, 'maybe'], [`${xsi}:other`, ''],
  [`${xsi}:type`, 'NoSuchType'], [`${xsi}:schemaLocation`, 'urn:x urn:y'],
  [`${xsi}:noNamespaceSchemaLocation`, ''], ['a:b:c', ''], [':a', ''], ['a:', ''], ['1a', ''], ['-a', ''],
  ['é', ''], ['😀', ''], ['a\u00b7', ''],
];

/** What may be written between the tags of elements, valid or not. */
// biome-ignore format: many to a line
export const insertions: readonly string[] = [
  '\n', ' \t\r\n', '&#32;', '&#10;', '&#xD;', 'x', '&amp;', '&nope;', '&#0;', '0', '\u00a0', ']]>', '>',
  '&lt;x/&gt;', '<![CDATA[]]>', '<![CDATA[ ]]>', '<![CDATA[x]]>', '<!---->', '<!-- - -->', '<!-- -- -->',
  '<!--->', '<!-- --->', '<?pi?>', '<?pi x?>', '<?xml version="1.0"?>', '<?XML?>',
  '<?xml-stylesheet href="x"?>', '<?p:i?>', '<??>', '<? pi?>', '<!x>', '<!DOCTYPE x>', '<x/>', '<x></x>',
  '<x a="" a=""/>', '<x><y/></x>', '<p:x/>', '</x>', '<>', '< x/>', '<x', '<1/>', '<!-- \u0001 -->',
  '<?pi \uffff?>', '<![CDATA[\u0000]]>',
];

/** References, right and wrong. */
// biome-ignore format: many to a line
const references = [
  '&#x0000000041;', '&#X41;', '&#65', '&#;', '&#x;', '&#-1;', '&;', '&', '&lt', '&nbsp;', '&#0;', '&#1;',
  '&#xD800;', '&#xFFFE;', '&#x110000;', '&#x10FFFF;', '&amp;', '&apos;', '&quot;', '&gt;', '&AMP;',
  '& amp;', '&#99999999999999999999;', '&#x100000041;',
];
/** What is white space in XML, and what looks like it. */
// biome-ignore format: many to a line
const spaces = [
  ' ', '\t', '\n', '\r', '\r\n', '&#9;', '&#10;', '&#13;', '&#32;', '\u00a0', '\u0085', '\u2028',
];
/** Characters that XML has a meaning for, or may not have, or has at the edges of its ranges. */
// biome-ignore format: many to a line
const characters = [
  '<', '>', ']]>', '<!--', '-->', '=', '/', '\u0001', '\u007f', '\ufffe', '\ud7ff', '\ufffd', '😀', '\ufeff',
  '\u0000',
];
/** The digits zero of other scripts. */
const zeros = [0x660, 0x966, 0xff10, 0x1d7ce];

/** Write a value with references, white space or characters that change it, or do not, or break the document. */
export const rewritings: readonly ((raw: string, random: Random) => string)[] = [
  (raw) => [...raw].map((character) => `&#${character.codePointAt(0)};`).join(''),
  (raw) => [...raw].map((character) => `&#x${character.codePointAt(0)?.toString(16)};`).join(''),
  (raw, random) => insert(raw, random.pick(references), random),
  (raw, random) => insert(raw, random.pick(spaces), random),
  (raw, random) => insert(raw, random.pick(characters), random),
  (raw) => raw.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
  (raw, random) => raw.replace(/[0-9]/, (digit) => String.fromCodePoint(random.pick(zeros) + Number(digit))),
  (raw) => ` ${raw} `,
];

function insert(text: string, part: string, random: Random): string {
  // Not within a reference, where it would hardly ever be anything but the end of the document.
  const places = [...text.matchAll(/&[^;]*;|[\s\S]/gu)].map(({ index }) => index);
  const cut = random.pick([...places, text.length]);
  return text.slice(0, cut) + part + text.slice(cut);
}

/** A text with one character too many, too few or of another kind. */
export function edited(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const character = random.pick([...'0aA-. :/+TZ_é']);
  return random.pick([
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + character + text.slice(at),
    text.slice(0, at) + character + text.slice(at + 1),
    text.slice(0, at),
    text + text,
  ]);
}

/** Names that a comparison by first and last bytes, by length or without case would take for the other. */
export function misspelt(name: string, random: Random): string {
  const middle = name.length >> 1;
  const flipped = name[0] === name[0]?.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  return random.pick([
    flipped,
    `${name}x`,
    `x${name}`,
    name.slice(1),
    name.slice(0, -1),
    `${name.slice(0, middle)}-${name.slice(middle + 1)}`,
    `${name.slice(0, middle)}${name.slice(middle + 1)}`,
    `${name}\u00b7`,
    `p:${name}`,
    name.replace(/[A-Z]/, '\u0410'),
  ]);
}
