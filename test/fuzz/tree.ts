/** @module A document as a tree that may be wrong in every way goes in, its text comes out. */

import type { ComplexType } from '../../codegen/model.ts';

/** An element with what may be changed in it. */
export interface Element {
  name: string;
  /** What the model says of it. */
  readonly type: ComplexType;
  readonly attributes: Attribute[];
  /** Elements and, between them, raw text. */
  readonly content: (Element | string)[];
}

/** An attribute. */
export interface Attribute {
  name: string;
  /** As it stands between the quotation marks, references and all. */
  raw: string;
  /** Name of its type in the model; absent for one that the model does not have. */
  readonly type?: string;
  /** White space and all that stands between name and value, `=` unless said otherwise. */
  equals?: string;
}

/** How a tree is written. */
export interface Style {
  readonly quote: '"' | "'";
  /** What stands before every attribute. */
  readonly gap: string;
  /** What stands between elements. */
  readonly indent: string;
  /** True where an element without content is one tag. */
  readonly short: boolean;
}

/** Writes an element. Every quotation mark in `raw` must be a reference. */
export function write(element: Element, style: Style): string {
  const { name, attributes, content } = element;
  const tag = attributes.map(
    (one) => `${style.gap}${one.name}${one.equals ?? '='}${style.quote}${one.raw}${style.quote}`,
  );
  if (content.length === 0 && style.short) return `<${name}${tag.join('')}/>`;
  const parts = content.map((part) => (typeof part === 'string' ? part : write(part, style)));
  const { indent } = style;
  // Not even white space may stand in an element that is empty by the schema.
  const inner = content.length === 0 ? '' : indent + parts.join(indent) + indent;
  return `<${name}${tag.join('')}>${inner}</${name}>`;
}

/** Text as it can stand in a value, with as few references as may be. */
export function escaped(text: string): string {
  return text.replace(/[&<"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The element and all that are in it, outermost first. */
export function all(element: Element): Element[] {
  return [element, ...children(element).flatMap(all)];
}

/** The elements right in it. */
export function children(element: Element): Element[] {
  return element.content.filter((part) => typeof part !== 'string');
}

/** A copy that shares nothing that can be changed. */
export function copy(element: Element): Element {
  return {
    ...element,
    attributes: element.attributes.map((attribute) => ({ ...attribute })),
    content: element.content.map((part) => (typeof part === 'string' ? part : copy(part))),
  };
}
