/** @module Reads what no table knows, as XML alone: attributes outside the schema go in by name, whole elements are skipped. */

import { characters, commentOrSection } from './markup.ts';
import type { Reader } from './reader.ts';

const xsi = 'http://www.w3.org/2001/XMLSchema-instance';

/** Attributes of one start tag that its table does not have: their names and where they stand. */
export type Foreign = Map<string, number>;

/**
 * Reads the rest of the attribute whose name was just read into `foreign`; a namespace declaration comes into scope for
 * the element at `depth`.
 *
 * @throws {Halt} for a second attribute of that name, and where it is not well-formed
 */
export function readForeign(reader: Reader, name: string, foreign: Foreign, depth: number): void {
  const start = reader.nameStart;
  if (foreign.has(name)) reader.halt(`no second attribute ${name}`, start);
  foreign.set(name, start);
  reader.value(reader.assignment());
  const value = reader.normalised(); // also where it is not used: its references must be right
  if (declaresNamespace(name)) reader.namespaces.declare(depth, name.slice(6), value, start);
}

/**
 * Judges foreign attributes when all prefixes of their start tag are known.
 *
 * @returns those that the schema does not let pass; the two hints on schema locations do, and are never followed
 * @throws {Halt} for a prefix that is not bound, and for two names that are the same one
 */
export function strangers(reader: Reader, foreign: Foreign): [name: string, offset: number][] {
  const expanded = new Set<string>();
  return [...foreign].filter(([name, offset]) => {
    if (declaresNamespace(name)) return false;
    const colon = name.indexOf(':');
    if (colon < 0) return true;
    const uri = reader.namespaces.lookUp(name.slice(0, colon), offset);
    const local = name.slice(colon + 1);
    const whole = `${uri} ${local}`;
    if (expanded.has(whole)) reader.halt(`no second attribute ${local} of ${uri}`, offset);
    expanded.add(whole);
    return uri !== xsi || (local !== 'schemaLocation' && local !== 'noNamespaceSchemaLocation');
  });
}

/** True for `xmlns` and `xmlns:…`. */
function declaresNamespace(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

/**
 * Reads the element at `depth` (the root is at 1) whose name was just read, to the end of its end tag. It does not
 * recurse, so that depth is a matter of the limit alone.
 *
 * @throws {Halt} where it is not well-formed or over a limit
 */
export function skipElement(reader: Reader, name: string, depth: number): void {
  const open: string[] = [];
  let current: string | undefined = name;
  while (current !== undefined) {
    const level = depth + open.length;
    reader.enter(level);
    const empty = skipStartTag(reader, current, level);
    if (empty) reader.namespaces.leave(level);
    else open.push(current);
    current = nextElement(reader, open, depth);
  }
}

/** Reads a start tag behind its name. @returns true for an empty-element tag */
function skipStartTag(reader: Reader, name: string, depth: number): boolean {
  const { pos: begin } = reader;
  const foreign: Foreign = new Map();
  for (let next = reader.attribute(0); next !== undefined; next = reader.attribute(foreign.size)) {
    readForeign(reader, next, foreign, depth);
  }
  strangers(reader, foreign);
  const colon = name.indexOf(':');
  if (colon > 0) reader.namespaces.lookUp(name.slice(0, colon), begin);
  return reader.tagEnd();
}

/** Reads on until an element starts, whose name it returns, or until all open ones are closed. */
function nextElement(reader: Reader, open: string[], depth: number): string | undefined {
  while (open.length > 0) {
    characters(reader);
    if (reader.startsWith('</')) {
      reader.endTag(open.pop() as string);
      reader.namespaces.leave(depth + open.length);
    } else if (reader.startsWith('<!') || reader.startsWith('<?')) commentOrSection(reader);
    else {
      reader.pos += 1;
      return reader.name();
    }
  }
  return undefined;
}
