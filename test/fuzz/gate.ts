/** @module What must be refused before libxml2 is asked, since it would take it: bytes go in, the reason or nothing comes out. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A DOCTYPE behind what may stand before it: byte order mark, declaration, comments, instructions, white space. */
const doctype = /^\ufeff?(?:[ \t\r\n]|<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->)*<!DOCTYPE/;

/**
 * Says why a document is outside the profile for reasons that are no matter of any schema: it is not UTF-8, or it has a
 * DOCTYPE. What else libxml2 is laxer in is a known difference (`known.ts`), not a matter of this gate.
 */
export function gate(bytes: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return 'it is not UTF-8';
  }
  if (text.includes('\u0000')) return 'it has a NUL, or is UTF-16';
  return doctype.test(text) ? 'it has a DOCTYPE' : undefined;
}
