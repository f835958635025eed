/** @module The namespaces in scope while a document is read: declarations come and go with their elements, prefixes are looked up. */

import { Halt } from './halt.ts';

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';
/** The most declarations in scope at once: looking a prefix up walks through them. */
const scopesMax = 128;

interface Scope {
  readonly depth: number;
  readonly prefix: string;
  readonly uri: string;
}

/** The declarations in scope; there are none in the messages that are met in the field. */
export class Namespaces {
  /** Innermost last. */
  readonly #scopes: Scope[] = [];

  /**
   * Declares a prefix, `''` for the default namespace, on the element at `depth`.
   *
   * @throws {Halt} at `offset` for what Namespaces in XML forbids, and over the limit
   */
  declare(depth: number, prefix: string, uri: string, offset: number): void {
    const halt = (expected: string): never => {
      throw new Halt('xml', offset, expected, `${prefix} for ${uri}`);
    };
    if (prefix === 'xmlns' || uri === xmlnsNamespace) halt('no declaration of xmlns');
    if ((prefix === 'xml') !== (uri === xmlNamespace)) halt('the prefix xml for its own namespace only');
    if (prefix !== '' && uri === '') halt('a namespace name for the prefix');
    if (this.#scopes.length >= scopesMax) {
      throw new Halt('limit', offset, `at most ${scopesMax} namespace declarations in scope`, 'more');
    }
    this.#scopes.push({ depth, prefix, uri });
  }

  /** Ends the scope of the declarations on the element at `depth`. */
  leave(depth: number): void {
    const scopes = this.#scopes;
    while (scopes.length > 0 && (scopes[scopes.length - 1] as Scope).depth >= depth) scopes.pop();
  }

  /** The namespace of a prefix, `''` for none. @throws {Halt} at `offset` where the prefix is not bound */
  lookUp(prefix: string, offset: number): string {
    if (prefix === 'xml') return xmlNamespace;
    const scope = this.#scopes.findLast((one) => one.prefix === prefix);
    if (scope !== undefined) return scope.uri;
    if (prefix === '') return '';
    throw new Halt('xml', offset, `a declaration of the prefix ${prefix}`, prefix);
  }
}
