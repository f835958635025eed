/** @module The syntax tree of an XSD: what a node is; and of a node, a child or what its annotation says. */

import type { Origin } from './model.ts';
import type { Place } from './problems.ts';

/** An element of an XSD. */
export interface XsdNode {
  /** Local name, such as `complexType`. */
  readonly name: string;
  /** Where its start tag begins. */
  readonly place: Place;
  /** Attributes other than namespace declarations, under the names that the file gives them. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XsdNode[];
  /** Of `documentation`: all the text in it. Elsewhere empty. */
  readonly text: string;
  /** The namespaces in scope by prefix, the default one under the empty prefix. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** The first child of this name. */
export function childNamed(node: XsdNode, name: string): XsdNode | undefined {
  return node.children.find((child) => child.name === name);
}

/** Where a node stands and what its annotation says. */
export function originOf(node: XsdNode): Origin {
  const annotation = childNamed(node, 'annotation');
  const text = (annotation?.children ?? []).map((child) =>
    child.name === 'documentation' ? child.text : '',
  );
  const documentation = text.join(' ').replace(/\s+/g, ' ').trim();
  return documentation === '' ? { place: node.place } : { place: node.place, documentation };
}
