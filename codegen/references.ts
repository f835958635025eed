/** @module The syntax trees of a folder of XSDs go in; what their includes and references lead to comes out. */

import { basename, normalize } from 'node:path';
import { builtins } from './builtins.ts';
import type { XsdNode } from './nodes.ts';
import type { Problems } from './problems.ts';
import { splitName, xsdNamespace } from './read.ts';

/** An XSD and its syntax tree. */
export interface Xsd {
  /** Name of the file within its folder. */
  readonly name: string;
  readonly tree: XsdNode;
}

/** A global declaration. */
export interface Declaration {
  readonly node: XsdNode;
  readonly name: string;
  /** Name of the XSD that it stands in. */
  readonly file: string;
}

/** What a folder declares, and what its references mean. */
export class References {
  /** Types, simple and complex, by name, in the order of the files. */
  readonly types: Map<string, Declaration> = new Map();
  /** Root elements by name, in the order of the files. */
  readonly elements: Map<string, Declaration> = new Map();
  readonly #xsds: readonly Xsd[];
  readonly #problems: Problems;
  /** For each XSD, those that some document reaches together with it. */
  readonly #visible: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(xsds: readonly Xsd[], problems: Problems) {
    this.#xsds = xsds;
    this.#problems = problems;
    this.#visible = visibility(new Map(xsds.map((xsd) => [xsd.name, this.#includes(xsd)])));
    for (const xsd of xsds) this.#declare(xsd);
  }

  /**
   * Resolves the name of a type in an attribute of a node: `xs:` for built-in types, else the name as it is declared.
   * Undefined, and reported, where it does not resolve.
   *
   * @param file name of the XSD that the node stands in
   */
  resolve(node: XsdNode, attribute: string, file: string): string | undefined {
    const reference = node.attributes.get(attribute);
    if (reference === undefined) return undefined;
    const [prefix, local] = splitName(reference.trim());
    const namespace = node.namespaces.get(prefix);
    const refuse = (problem: string, remedy: string): undefined => {
      const construct = `xs:${node.name} ${attribute}="${reference}"`;
      this.#problems.report(node.place, construct, problem, remedy);
    };
    if (namespace === xsdNamespace) {
      const builtin = `xs:${local}`;
      if (builtins.has(builtin)) return builtin;
      return refuse(
        'is not a built-in type that UFTP may use',
        `use one of ${[...builtins.keys()].join(', ')}`,
      );
    }
    if (prefix !== '' || namespace) return refuse('is in another namespace', 'UFTP has no namespaces');
    const found = this.types.get(local);
    if (found === undefined) return refuse('is not declared', 'declare the type or correct the name');
    if (this.#visible.get(file)?.has(found.file)) return local;
    return refuse(`is declared in ${found.file}`, `add <xs:include schemaLocation="${found.file}"/>`);
  }

  #includes({ name, tree }: Xsd): string[] {
    return tree.children
      .filter((node) => node.name === 'include')
      .flatMap((node) => {
        const location = node.attributes.get('schemaLocation') ?? '';
        const target = normalize(location);
        if (this.#xsds.some((xsd) => xsd.name === target)) return [target];
        const problem = `${location} is not an XSD of the folder of ${name}`;
        const remedy = `add ${basename(location)} or remove the include`;
        this.#problems.report(node.place, 'xs:include', problem, remedy);
        return [];
      });
  }

  #declare({ name: file, tree }: Xsd): void {
    for (const node of tree.children) {
      const name = node.attributes.get('name');
      if (name === undefined) continue;
      const known = node.name === 'element' ? this.elements : this.types;
      const before = known.get(name)?.node.place;
      if (before === undefined) {
        known.set(name, { node, name, file });
      } else {
        const problem = `is declared in ${before.file}:${before.line} already`;
        this.#problems.report(node.place, `xs:${node.name} ${name}`, problem, 'remove or rename one of them');
      }
    }
  }
}

/** For each file, the files that some document includes together with it, directly or not. */
function visibility(includes: ReadonlyMap<string, readonly string[]>): Map<string, Set<string>> {
  const visible = new Map([...includes.keys()].map((name) => [name, new Set<string>()]));
  for (const start of includes.keys()) {
    const reached = new Set([start]);
    for (const name of reached) for (const next of includes.get(name) ?? []) reached.add(next);
    for (const name of reached) for (const other of reached) visible.get(name)?.add(other);
  }
  return visible;
}
