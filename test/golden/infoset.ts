/** @module What a document says, by libxml2: bytes go in, plain values come out that are equal where the XML infosets are. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XmlElement, XmlText, type XmlTreeNode } from 'libxml2-wasm';

/** An element. Blank text is left out: no UFTP element holds text. */
export interface Infoset {
  readonly name: string;
  /** `Name="value"`, sorted: their order says nothing. */
  readonly attributes: readonly string[];
  /** In order; anything but an element as its text. */
  readonly content: readonly (Infoset | string)[];
}

/** The root element of a document. */
export function infosetOf(xml: Uint8Array): Infoset {
  const document = XmlDocument.fromBuffer(xml);
  try {
    return elementOf(document.root);
  } finally {
    document.dispose();
  }
}

function elementOf(element: XmlElement): Infoset {
  const content: (Infoset | string)[] = [];
  for (let node: XmlTreeNode | null = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) content.push(elementOf(node));
    else if (!(node instanceof XmlText) || node.content.trim() !== '') content.push(node.content);
  }
  return { name: qualified(element), attributes: element.attrs.map(written).sort(), content };
}

function qualified({ name, namespaceUri }: { name: string; namespaceUri: string }): string {
  return namespaceUri === '' ? name : `{${namespaceUri}}${name}`;
}

function written(attribute: { name: string; namespaceUri: string; value: string }): string {
  return `${qualified(attribute)}="${attribute.value}"`;
}

/** The same without attributes that have the value which their absence would have as well. */
export function withoutDefaults(infoset: Infoset, defaults: ReadonlySet<string>): Infoset {
  return {
    ...infoset,
    attributes: infoset.attributes.filter((attribute) => !defaults.has(attribute)),
    content: infoset.content.map((part) =>
      typeof part === 'string' ? part : withoutDefaults(part, defaults),
    ),
  };
}

/** All defaults of a version, such as `Duration="1"`, as libxml2 finds them in its XSDs. No name has two. */
export function defaultsOf(version: string): ReadonlySet<string> {
  const folder = fileURLToPath(new URL(`../../schemas/${version}`, import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith('.xsd'));
  return new Set(files.flatMap((file) => defaultsIn(readFileSync(join(folder, file)))));
}

function defaultsIn(xsd: Uint8Array): string[] {
  const document = XmlDocument.fromBuffer(xsd);
  try {
    const found = document.find('//xs:attribute[@default]', { xs: 'http://www.w3.org/2001/XMLSchema' });
    return found.map((node) => {
      const { attrs } = node as XmlElement;
      const value = (name: string): string | undefined => attrs.find((one) => one.name === name)?.value;
      return `${value('name')}="${value('default')}"`;
    });
  } finally {
    document.dispose();
  }
}
