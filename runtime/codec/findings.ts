/** @module Collects what is wrong with a document: a departure and an offset go in, an issue or a warning with path, line and column comes out. */

import {
  formatIssue,
  type Issue,
  type IssueCode,
  UftpError,
  type UftpErrorCode,
  type Warning,
} from '../errors.ts';
import { Halt, type Reader } from './reader.ts';

/** The departures that leniency may let through: what is dropped, and facets of strings. */
const lenientCodes: readonly IssueCode[] = ['attribute-unknown', 'pattern', 'enumeration', 'length'];

/** The issues and warnings of one document, and the place where its reading stands. */
export class Findings {
  readonly issues: Issue[] = [];
  readonly warnings: Warning[] = [];
  private readonly reader: Reader;
  private readonly lenient: readonly string[];
  /** Names of the elements that are open, from the root, and their positions; 0 where one may not repeat. */
  private readonly names: string[];
  private readonly positions: number[] = [0];
  private depth = 1;

  /** @param lenient paths without positions, see `DecodeOptions` */
  constructor(reader: Reader, root: string, lenient: readonly string[]) {
    this.reader = reader;
    this.lenient = lenient;
    this.names = [root];
  }

  /** Goes down into a child element. @param position from 1, or 0 where it may not repeat */
  enter(name: string, position: number): void {
    this.names[this.depth] = name;
    this.positions[this.depth] = position;
    this.depth += 1;
  }

  /** Comes up again. */
  leave(): void {
    this.depth -= 1;
  }

  /** The path of the open element. */
  path(): string {
    const step = (name: string, i: number): string => {
      const position = this.positions[i] ?? 0;
      return position > 0 ? `/${name}[${position}]` : `/${name}`;
    };
    return this.names.slice(0, this.depth).map(step).join('');
  }

  /**
   * Records a departure at the open element's path plus `suffix`.
   *
   * @throws {Halt} over the limit on issues
   */
  issue(code: IssueCode, suffix: string, expected: string, received: string, offset: number): void {
    const { bytes, limits } = this.reader;
    if (this.issues.length >= limits.issuesMax) {
      throw new Halt('limit', offset, `at most ${limits.issuesMax} issues`, 'more');
    }
    const path = this.path() + suffix;
    this.issues.push({ code, path, expected, received: shorten(received), ...position(bytes, offset) });
  }

  /** Records a departure as a warning where leniency lets it through. @returns false where it does not */
  pardon(code: IssueCode, suffix: string, expected: string, received: string): boolean {
    if (this.lenient.length === 0 || !lenientCodes.includes(code)) return false;
    if (!this.lenient.includes(this.path().replace(/\[\d+\]/g, '') + suffix)) return false;
    const text = `let through: ${code}, expected ${expected}, received ${shorten(received)}`;
    this.warn(suffix, 'lenient', text);
    return true;
  }

  /** Records a warning; of very many, the first. */
  warn(suffix: string, correction: string, text: string): void {
    if (this.warnings.length >= this.reader.limits.issuesMax) return;
    this.warnings.push({ path: this.path() + suffix, correction, text });
  }
}

/** The error for whatever has these issues, at least one: its text says what is wrong first, its `issues` are all. */
export function failure(code: UftpErrorCode, what: string, issues: readonly Issue[]): UftpError {
  const [first] = issues.map(formatIssue);
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : '';
  return new UftpError(code, `${what}: ${first}${more}`, { issues });
}

/** Line and column, in bytes, both from 1. */
export function position(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** At most 80 characters, those that are not seen escaped, so that an issue is one line of any log and misleads nobody. */
export function shorten(text: string): string {
  const visible = text
    .slice(0, 200)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  return visible.length > 80 ? `${Array.from(visible).slice(0, 77).join('')}...` : visible;
}
