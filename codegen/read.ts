/**
 * @module The text of one XSD goes in, its syntax tree comes out, node for node; whatever `grammar.ts` does not know
 * is reported.
 */

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { checkGrammar, opaque } from './grammar.ts';
import type { XsdNode } from './nodes.ts';
import type { Place, Problems } from './problems.ts';

/** The namespace of XML Schema. */
export const xsdNamespace = 'http://www.w3.org/2001/XMLSchema';

/**
 * Reads an XSD. Gives undefined where it is not even well-formed; what is wrong goes to `problems`.
 *
 * @param file its name in messages
 * @param bytes UTF-8
 */
export function read(file: string, bytes: Uint8Array, problems: Problems): XsdNode | undefined {
  const source = decode(file, bytes, problems);
  if (source === undefined) return undefined;
  const fault = XMLValidator.validate(source);
  if (fault !== true) {
    const { msg, line } = fault.err;
    problems.report({ file, line: line ?? 1 }, 'XML', `is not well-formed: ${msg}`, 'mend the file');
    return undefined;
  }
  const root = new Document(file, source, problems).root();
  if (root) checkGrammar(root, problems);
  return root;
}

function decode(file: string, bytes: Uint8Array, problems: Problems): string | undefined {
  const refuse = (problem: string): undefined => {
    problems.report({ file, line: 1 }, 'encoding', problem, 'save the file as UTF-8');
  };
  try {
    const source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(source)?.[1] ?? 'UTF-8';
    return /^(utf-8|us-ascii)$/i.test(declared) ? source : refuse(`the file says that it is ${declared}`);
  } catch {
    return refuse('the file is not UTF-8');
  }
}

/** What fast-xml-parser gives for a node when the order is kept: one member named after it, one with its attributes. */
type Raw = Readonly<Record<string | symbol, unknown>>;

const attributesKey = ':@';
const textKey = '#text';
const cdataKey = '#cdata';
const metadata = XMLParser.getMetaDataSymbol().valueOf();

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: textKey,
  cdataPropName: cdataKey,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // It leaves numeric references as they are, so references are resolved here.
  processEntities: false,
  // It would rename what objects have as members: here names are reported as they stand.
  onDangerousProperty: (name) => name,
  // Comments are dropped; offsets into the source are kept, from which lines are counted.
  captureMetaData: true,
});

const misc = /^(?:\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*$/;
const references = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

class Document {
  readonly #file: string;
  readonly #source: string;
  readonly #problems: Problems;

  constructor(file: string, source: string, problems: Problems) {
    this.#file = file;
    this.#source = source;
    this.#problems = problems;
  }

  root(): XsdNode | undefined {
    const elements = this.#parse().filter((raw) => !(textKey in raw));
    const [first, second] = elements;
    if (first === undefined) return undefined;
    const { startIndex, endIndex } = span(first);
    const before = this.#source.slice(0, startIndex);
    if (/<!DOCTYPE/.test(before) && !misc.test(before)) {
      this.#refuse(this.#place(first), 'DOCTYPE', 'is not supported', 'remove it and write its entities out');
    } else if (second !== undefined || !misc.test(this.#source.slice(endIndex))) {
      this.#refuse(this.#place(second ?? first), 'XML', 'has content after its root element', 'remove it');
    }
    return this.#node(first, new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]));
  }

  #parse(): Raw[] {
    try {
      return parser.parse(this.#source) as Raw[];
    } catch (error) {
      // It refuses some names, such as those of members that all objects have.
      this.#refuse({ file: this.#file, line: 1 }, 'XML', (error as Error).message, 'mend the file');
      return [];
    }
  }

  #node(raw: Raw, outer: ReadonlyMap<string, string>): XsdNode | undefined {
    const qualified = nameOf(raw);
    const place = this.#place(raw);
    const { attributes, namespaces } = this.#attributes(raw, outer, place);
    const [prefix, name] = splitName(qualified);
    if (namespaces.get(prefix) !== xsdNamespace) {
      this.#refuse(place, `<${qualified}>`, 'is not an element of XML Schema', 'move it into xs:appinfo');
      return undefined;
    }
    const content = raw[qualified] as readonly Raw[];
    if (opaque.has(name)) {
      return { name, place, attributes, namespaces, children: [], text: this.#textOf(content, place) };
    }
    const children = content.flatMap((child) => {
      if (isText(child)) this.#refuseText(child, qualified, place);
      return isText(child) ? [] : (this.#node(child, namespaces) ?? []);
    });
    return { name, place, attributes, namespaces, children, text: '' };
  }

  #attributes(
    raw: Raw,
    outer: ReadonlyMap<string, string>,
    place: Place,
  ): Pick<XsdNode, 'attributes' | 'namespaces'> {
    const attributes = new Map<string, string>();
    const namespaces = new Map(outer);
    for (const [name, text] of Object.entries((raw[attributesKey] ?? {}) as Record<string, string>)) {
      if (text.includes('<')) this.#refuse(place, `${name}="${text}"`, 'has a bare "<" in it', 'write &lt;');
      const value = this.#resolve(text.replace(/[\t\n\r]/g, ' '), place);
      if (name === 'xmlns') namespaces.set('', value);
      else if (name.startsWith('xmlns:')) namespaces.set(name.slice(6), value);
      else attributes.set(name, value);
    }
    return { attributes, namespaces };
  }

  #textOf(content: readonly Raw[], place: Place): string {
    return content
      .map((raw) => {
        if (textKey in raw) return this.#resolve(String(raw[textKey]), place);
        const inner = raw[nameOf(raw)] as readonly Raw[];
        return cdataKey in raw
          ? inner.map((part) => String(part[textKey])).join('')
          : this.#textOf(inner, place);
      })
      .join('');
  }

  #refuseText(raw: Raw, parent: string, place: Place): void {
    const text = textKey in raw ? String(raw[textKey]) : 'CDATA';
    if (text.trim() !== '') {
      this.#refuse(
        place,
        parent,
        `has text in it: ${text.trim().slice(0, 40)}`,
        'move it into xs:documentation',
      );
    }
  }

  /** Resolves character references and the five entities that XML predefines. */
  #resolve(text: string, place: Place): string {
    return text.replace(/&([^;\s&]*);?/g, (whole, name: string) => {
      const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
      if (digits)
        return String.fromCodePoint(Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] ? 16 : 10));
      const character = references.get(name);
      if (character === undefined)
        this.#refuse(place, whole, 'is not an entity of XML', 'write the character');
      return character ?? '';
    });
  }

  #place(raw: Raw): Place {
    const before = this.#source.slice(0, span(raw).startIndex);
    return { file: this.#file, line: (before.match(/\r\n|\r|\n/g)?.length ?? 0) + 1 };
  }

  #refuse(place: Place, construct: string, problem: string, remedy: string): void {
    this.#problems.report(place, construct, problem, remedy);
  }
}

/** Splits `xs:string` into prefix and local name; without a colon the prefix is empty. */
export function splitName(qualified: string): [prefix: string, local: string] {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}

function nameOf(raw: Raw): string {
  return Object.keys(raw).find((key) => key !== attributesKey) ?? '';
}

function isText(raw: Raw): boolean {
  return textKey in raw || cdataKey in raw;
}

function span(raw: Raw): { startIndex: number; endIndex: number } {
  return raw[metadata] as { startIndex: number; endIndex: number };
}
