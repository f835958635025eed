/** @module A node of a syntax tree goes in, a child or what its annotation says comes out. */

import type { Origin } from './model.ts';
import type { XsdNode } from './read.ts';

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
