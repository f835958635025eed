/** @module Other XML libraries, as their users would take them: payloads in. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { XMLParser } from 'fast-xml-parser';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

const parser = new XMLParser({ ignoreAttributes: false });

/** fast-xml-parser, with attributes: an object without types; nothing is validated. */
export function parseByFastXmlParser(payload: Uint8Array): unknown {
  return parser.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
}

/** libxml2 by WebAssembly, with the XSDs of 3.1.0 compiled beforehand. @throws where the payload is not valid */
export function openLibxml2(): (payload: Uint8Array) => void {
  xmlRegisterFsInputProviders();
  const folder = join(process.cwd(), 'schemas/3.1.0');
  const includes = readdirSync(folder)
    .filter((file) => file.endsWith('.xsd'))
    .map((file) => `<xs:include schemaLocation="${file}"/>`);
  const all = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${includes.join('')}</xs:schema>`;
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(all, { url: join(folder, 'all.xsd') }));
  return (payload) => {
    const document = XmlDocument.fromBuffer(payload);
    try {
      validator.validate(document);
    } finally {
      document.dispose();
    }
  };
}
