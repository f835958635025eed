/** @module The productions of XML 1.0 (fifth edition) that the reader checks: characters, names, the XML declaration. */

/** True for the white space of XML. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d;
}

/** True where no name goes on: at `=` `/` `>` `<` `&` `"` `'` `!` `?`, at white space and at the end of the document. */
export function isNameEnd(byte: number | undefined): boolean {
  return byte === undefined || nameEnds[byte] === 1;
}

const nameEnds = /*@__PURE__*/ Uint8Array.from({ length: 256 }, (_, byte) =>
  '=/><&"\'!? \n\t\r'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** True for the bytes that stand for themselves in the value of an attribute: ASCII but `&`, `<` and control characters. */
export function isPlain(byte: number | undefined): boolean {
  return byte !== undefined && plain[byte] === 1;
}

const plain = /*@__PURE__*/ Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte <= 0x7f && byte !== 0x26 && byte !== 0x3c ? 1 : 0,
);

/** True for a code point that a document may hold, be it as it is or as a character reference. */
export function isXmlCharacter(code: number): boolean {
  return (
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

const nameStart =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const name = /*@__PURE__*/ new RegExp(
  `^[${nameStart}][${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*$`,
  'u',
);

/** True for a name by namespaces: at most one colon, a name on both sides of it. */
export function isQualifiedName(text: string): boolean {
  if (!name.test(text)) return false;
  const colon = text.indexOf(':');
  return colon < 0 || (colon > 0 && text.indexOf(':', colon + 1) < 0 && name.test(text.slice(colon + 1)));
}

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/;

/** True for an XML declaration of version 1.0 whose encoding, where it names one, is UTF-8. */
export function isDeclaration(text: string): boolean {
  const match = declaration.exec(text);
  return match !== null && (match[1] ?? match[2] ?? 'UTF-8').toUpperCase() === 'UTF-8';
}

const predefined: ReadonlyMap<string, string> = /*@__PURE__*/ new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** What a reference stands for, given what is between `&` and `;`; undefined for no character and no predefined entity. */
export function referenced(body: string): string | undefined {
  const named = predefined.get(body);
  if (named !== undefined) return named;
  const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(body);
  if (digits === null) return undefined;
  const [, hexadecimal, decimal = ''] = digits;
  const code = hexadecimal === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hexadecimal, 16);
  return isXmlCharacter(code) ? String.fromCodePoint(code) : undefined;
}
