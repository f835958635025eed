/**
 * @module The differences to libxml2 that are meant: a document that only one of the two takes goes in, out come the
 * names of the classes that explain it, proven by a document without them that both take.
 */

import type { IssueCode } from '../../runtime/errors.ts';
import { isSplit, type Judge, type Verdicts } from './judge.ts';

/** A difference that is meant. */
export interface Known {
  readonly name: string;
  readonly why: string;
  /** What each of our issues is where we refuse; empty where it is libxml2 that refuses. */
  readonly codes: readonly IssueCode[];
  /** Takes out what the two differ in, and nothing else. */
  readonly repair: (xml: string) => string;
}

/** All of them; another needs a proof, a corpus file and a line in the report of who adds it. */
export const knownDifferences: readonly Known[] = [
  {
    name: 'space-around-dates',
    why: 'libxml2 does not collapse white space around dates and durations, as XML Schema Part 2, 4.3.6 asks',
    codes: [],
    repair: (xml) => mapValues(xml, (value) => (spacedDate.test(value) ? trimmed(value) : value)),
  },
  {
    name: 'time-beyond-an-integer',
    why: 'libxml2 counts years and the parts of durations in machine integers; XML Schema sets no bound, and here they stay text',
    codes: [],
    repair: (xml) =>
      mapValues(xml, (value) => {
        if (/^\s*-?P/.test(value)) return value.replace(/\d{10,}/g, '1');
        return value.replace(/^(\s*-?)\d{6,}(\d{4}-\d\d-\d\d)/, '$11$2'); // 10,000 years are whole cycles of leap years
      }),
  },
  {
    name: 'namespace-name-no-uri',
    why: 'libxml2 judges the grammar of namespace names; Namespaces in XML makes that no condition of well-formedness',
    codes: [],
    repair: (xml) =>
      xml.replace(
        /(\sxmlns(?::[^\s=]+)?\s*=\s*)("[^"<]+"|'[^'<]+')/g,
        (whole, name: string, value: string) => (uri.test(value.slice(1, -1)) ? whole : `${name}"urn:x"`),
      ),
  },
  {
    name: 'digits-of-other-scripts',
    why: 'the digits of Version are ASCII here; XML Schema has all decimal digits of Unicode in \\d',
    codes: ['pattern'],
    repair: (xml) =>
      mapValues(xml, (value) =>
        versionOfAnyScript.test(value) ? value.replace(/(?![0-9])\p{Nd}/gu, '1') : value,
      ),
  },
  {
    name: 'xsi-type',
    why: 'a document does not choose its types: xsi:type is refused, also where it names the type that holds anyway',
    codes: ['attribute-unknown'],
    repair: (xml) => {
      const prefix = /xmlns:([\w.-]+)\s*=\s*["']http:\/\/www\.w3\.org\/2001\/XMLSchema-instance["']/.exec(
        xml,
      )?.[1];
      return prefix === undefined
        ? xml
        : xml.replace(new RegExp(`\\s${prefix}:type\\s*=\\s*(?:"[^"]*"|'[^']*')`, 'g'), '');
    },
  },
  {
    name: 'integer-beyond-a-number',
    why: 'an xs:integer outside ±(2^53 - 1) would lose digits as a number',
    codes: ['unsafe-integer'],
    repair: (xml) =>
      mapValues(xml, (value) =>
        /^\s*[+-]?\d+\s*$/.test(value) && !Number.isSafeInteger(Number(value)) ? '1' : value,
      ),
  },
  {
    name: 'strangers-in-base64',
    why: 'libxml2 passes over characters that are not of the base64 alphabet, which XML Schema does not allow',
    codes: ['type'],
    repair: (xml) =>
      xml.replace(
        /(\sBody\s*=\s*)("[^"]*"|'[^']*')/,
        (_, name: string, value: string) => `${name}${onlyBase64(value)}`,
      ),
  },
  {
    name: 'seconds-of-a-duration',
    why: 'libxml2 takes .5 and 1. as seconds; XML Schema Part 2, 3.2.6.1 asks for digits on both sides of the point',
    codes: ['type'],
    repair: (xml) =>
      mapValues(xml, (value) => value.replace(/^(\s*-?P[^.]*T[^.]*?)(?:\d+\.|\.\d+)(S\s*)$/, '$11$2')),
  },
  {
    name: 'xmlns-xml-twice',
    why: 'libxml2 drops a declaration of the prefix xml before it looks for attributes that stand there twice',
    codes: ['xml'],
    repair: (xml) => xml.replace(/(\sxmlns:xml\s*=\s*(?:"[^"]*"|'[^']*'))(?=[^<>]*\sxmlns:xml\s*=)/g, ''),
  },
  {
    name: 'declaration',
    why: 'libxml2 takes XML declarations of other versions, encodings and grammars than XML 1.0 in UTF-8',
    codes: ['xml'],
    repair: (xml) => {
      const said = /^<\?xml[ \t\r\n][^>]*\?>/.exec(xml)?.[0] ?? '';
      if (said === '' || declaration.test(said)) return xml;
      // By another encoding libxml2 has read other characters. What other repairs must see comes before this one.
      return xml.slice(said.length).replace(/[^\0-\x7f]/gu, 'x');
    },
  },
];

/** Of the URIs, those with a scheme; a reference without one may be replaced as well. */
const uri = /^[a-z][a-z0-9+.-]*:[\w.~:/?#[\]@!$&'()*+,;=%-]*$/i;
const spacedDate = /^[ \t\r\n]*-?(?:\d{4,}-\d\d-\d\d|P)\S*[ \t\r\n]*$/;
const declaration =
  /^<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']utf-8["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>$/i;
const versionOfAnyScript = /^\p{Nd}+\.\p{Nd}+\.\p{Nd}+$/u;

/** Without the white space of XML around it, which is less than that of JavaScript. */
function trimmed(value: string): string {
  return value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

function onlyBase64(quoted: string): string {
  const quote = quoted.slice(0, 1);
  return quote + plain(quoted.slice(1, -1)).replace(/&[^;]*;|[^A-Za-z0-9+/=]/g, '') + quote;
}

/** Changes attribute values; those that stay as they are keep their references. */
function mapValues(xml: string, change: (value: string) => string): string {
  return xml.replace(/=(\s*)("[^"<]*"|'[^'<]*')/g, (whole, space: string, quoted: string) => {
    const value = plain(quoted.slice(1, -1));
    const changed = change(value);
    return changed === value ? whole : `=${space}"${changed}"`;
  });
}

/** A value with its references to ASCII and to digits replaced, as far as the repairs need it. */
function plain(raw: string): string {
  return raw.replace(
    /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi,
    (whole, hexadecimal?: string, decimal?: string) => {
      const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
      return code > 0x10ffff || '&<"'.includes(String.fromCodePoint(code))
        ? whole
        : String.fromCodePoint(code);
    },
  );
}

/**
 * Explains a split verdict.
 *
 * @returns names of the classes, at least one; undefined where they do not explain it
 */
export function explain(bytes: Uint8Array, verdicts: Verdicts, judge: Judge): readonly string[] | undefined {
  const weRefuse = verdicts.issues.length > 0;
  const sided = knownDifferences.filter(({ codes }) => codes.length > 0 === weRefuse);
  const xml = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  for (const some of [...sided.map((one) => [one]), sided]) {
    const met: Known[] = [];
    let repaired = xml;
    for (const known of some) {
      const before = repaired;
      repaired = known.repair(before);
      if (repaired !== before) met.push(known);
    }
    const codes = met.flatMap((known) => known.codes);
    if (met.length === 0 || !verdicts.issues.every(({ code }) => codes.includes(code))) continue;
    const after = judge.judge(new TextEncoder().encode(repaired));
    if (!isSplit(after) && after.issues.length === 0) return met.map(({ name }) => name);
  }
  return undefined;
}
