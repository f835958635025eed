/** @module Judges one document: bytes and the table of its root element go in, the typed value or every issue comes out. */

import type { Issue, Warning } from '../errors.ts';
import { Findings, positions, shorten } from './findings.ts';
import { skipElement } from './foreign.ts';
import { isNameEnd } from './grammar.ts';
import { Halt } from './halt.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { epilog, prolog } from './markup.ts';
import { Reader } from './reader.ts';
import type { Complex } from './table.ts';
import { Walk } from './walk.ts';

/** How a document is judged. */
export interface DecodeOptions {
  /** Bounds that differ from {@link defaultLimits}. */
  readonly limits?: Partial<Limits>;
  /** True: the verdict of the XSD itself, without the corrections of `schemas/corrections.json`. Default false. */
  readonly official?: boolean;
  /**
   * Departures that are let through with a warning: paths without positions, such as `/TestMessageResponse/@Result`.
   * Only unknown attributes, which are dropped, and facets of strings can be let through.
   */
  readonly lenient?: readonly string[];
}

/** What the walk found. */
export interface Walked<T> {
  /** Absent where there are issues. */
  readonly value: T | undefined;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Warning[];
}

/**
 * Opens a document and stops behind the `<` and name of the root element.
 *
 * @throws {Halt} where the document is outside the profile or over a limit
 */
export function openDocument(bytes: Uint8Array, limits?: Partial<Limits>): { reader: Reader; root: string } {
  const reader = new Reader(bytes, limits ? { ...defaultLimits, ...limits } : defaultLimits);
  prolog(reader);
  reader.pos += 1;
  return { reader, root: reader.name() };
}

/**
 * The value of one attribute of the element whose name was just read, without moving the cursor.
 *
 * @throws {Halt} where what stands before it is not well-formed
 */
export function peekAttribute(reader: Reader, name: string): string | undefined {
  const { bytes, limits, pos: resume } = reader;
  let found: string | undefined;
  for (let count = 0; found === undefined && reader.space() && count < limits.attributesMax; count++) {
    const start = reader.pos;
    let end = start;
    while (!isNameEnd(bytes[end])) end += 1;
    if (end === start) break; // the end of the start tag, or what the walk will refuse
    reader.pos = end;
    reader.value(reader.assignment(), true);
    if (end - start === name.length && reader.slice(start, end) === name) found = reader.normalised();
  }
  reader.pos = resume;
  return found;
}

/** Reads the whole document, whose root element must be of the type that `table` states. */
export function walkDocument<T>(
  reader: Reader,
  root: string,
  table: Complex<T>,
  options: DecodeOptions,
): Walked<T> {
  const findings = new Findings(root, reader.limits.issuesMax, options.lenient ?? []);
  const { warnings } = findings;
  const read = haltToIssue(reader.bytes, () => {
    const value = new Walk(reader, findings, options.official ?? false).element(root, table, 1);
    epilog(reader);
    return { value };
  });
  const issues = findings.issues(reader.bytes);
  if (!('value' in read)) return { value: undefined, issues: [...issues, read], warnings };
  return { value: issues.length > 0 ? undefined : (read.value as T), issues, warnings };
}

/** Judges a document as XML alone. @returns the one issue, or undefined for a well-formed document of the profile */
export function checkXml(bytes: Uint8Array, limits?: Partial<Limits>): Issue | undefined {
  return haltToIssue(bytes, () => {
    const { reader, root } = openDocument(bytes, limits);
    skipElement(reader, root, 1);
    epilog(reader);
    return undefined;
  });
}

/** Runs a reading; a {@link Halt} becomes an issue with its place. */
export function haltToIssue<R>(bytes: Uint8Array, read: () => R): R | Issue {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    const { code, expected, received, offset } = error;
    return { code, path: '/', expected, received: shorten(received), ...positions(bytes, [offset])[0] };
  }
}
