/** @module The oracle of the tests: a folder of XSDs goes in, out comes libxml2's own verdict on documents. */

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { XmlDocument, XmlLibError, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

/** What libxml2 says about documents, by the XSDs of one folder. */
export interface Oracle {
  /**
   * Errors such as `line 1: Element 'TestMessage': The attribute 'Version' is required but missing.`; empty where the
   * document is valid. A document that is not well-formed has errors as well. A DOCTYPE is no error to libxml2.
   */
  validate(xml: Uint8Array): readonly string[];
}

/**
 * Compiles all XSDs of a folder into one schema, so that every root element of every file is known. It takes some 10 ms
 * and stays in memory until the process ends: tests share one per folder.
 *
 * @throws {Error} where libxml2 refuses an XSD or cannot find an include.
 */
export function schemaFor(dir: string): Oracle {
  xmlRegisterFsInputProviders();
  const files = readdirSync(dir).filter((file) => file.endsWith('.xsd'));
  const includes = files.map((file) => `<xs:include schemaLocation="${file}"/>`).join('');
  const driver = XmlDocument.fromString(
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${includes}</xs:schema>`,
    // A file that does not exist, in whose folder libxml2 looks for the includes.
    { url: join(resolve(dir), 'all-of-this-folder.xsd') },
  );
  // Neither is disposed of: the schema points into the document.
  const validator = XsdValidator.fromDoc(driver);
  return { validate: (xml) => errorsOf(() => validate(validator, xml)) };
}

function validate(validator: XsdValidator, xml: Uint8Array): void {
  const document = XmlDocument.fromBuffer(xml);
  try {
    validator.validate(document);
  } finally {
    document.dispose();
  }
}

function errorsOf(run: () => void): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    const details = error.details.map(({ line, message }) => `line ${line}: ${message.trim()}`);
    return details.length > 0 ? details : [error.message];
  }
}
