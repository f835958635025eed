/** @module Collects what is wrong with a document: a departure and an offset go in, an issue or a warning with path, line and column comes out. */

import {
  formatIssue,
  type Issue,
  type IssueCode,
  UftpError,
  type UftpErrorCode,
  type Warning,
} from '../errors.ts';
import { Halt } from './halt.ts';
import { Path } from './path.ts';

/** The departures that leniency may let through: what is dropped, and facets of strings. */
const lenientCodes: readonly IssueCode[] = ['attribute-unknown', 'pattern', 'enumeration', 'length'];

/** The issues and warnings of one document. */
export class Findings {
  readonly warnings: Warning[] = [];
  /** Where the walk stands. */
  readonly path: Path;
  readonly #found: Issue[] = [];
  readonly #offsets: number[] = [];
  readonly #issuesMax: number;
  readonly #lenient: readonly string[];

  /**
   * @param issuesMax how many issues end the reading, and how many warnings are kept
   * @param lenient paths without positions, see `DecodeOptions`
   */
  constructor(root: string, issuesMax: number, lenient: readonly string[]) {
    this.path = new Path(root);
    this.#issuesMax = issuesMax;
    this.#lenient = lenient;
  }

  /**
   * Records a departure at the open element's path plus `suffix`.
   *
   * @throws {Halt} over the limit on issues
   */
  issue(code: IssueCode, suffix: string, expected: string, received: string, offset: number): void {
    if (this.#found.length >= this.#issuesMax)
      throw new Halt('limit', offset, `at most ${this.#issuesMax} issues`, 'more');
    this.#found.push({ code, path: `${this.path}${suffix}`, expected, received: shorten(received) });
    this.#offsets.push(offset);
  }

  /** The issues so far, with their lines and columns in the document. */
  issues(document: Uint8Array): readonly Issue[] {
    if (this.#found.length === 0) return [];
    const places = positions(document, this.#offsets);
    return this.#found.map((issue, i) => ({ ...issue, ...places[i] }));
  }

  /** Records a departure as a warning where leniency lets it through. @returns false where it does not */
  pardon(code: IssueCode, suffix: string, expected: string, received: string): boolean {
    if (this.#lenient.length === 0 || !lenientCodes.includes(code)) return false;
    if (!this.#lenient.includes(`${this.path}`.replace(/\[\d+\]/g, '') + suffix)) return false;
    const text = `let through: ${code}, expected ${expected}, received ${shorten(received)}`;
    this.warn(suffix, 'lenient', text);
    return true;
  }

  /** Records a warning; of very many, the first. */
  warn(suffix: string, correction: string, text: string): void {
    if (this.warnings.length < this.#issuesMax)
      this.warnings.push({ path: `${this.path}${suffix}`, correction, text });
  }
}

/** The error for whatever has these issues, at least one: its text says what is wrong first, its `issues` are all. */
export function failure(code: UftpErrorCode, what: string, issues: readonly Issue[]): UftpError {
  const [first] = issues.map(formatIssue);
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : '';
  return new UftpError(code, `${what}: ${first}${more}`, { issues });
}

/** Line and column of offsets, in bytes, both from 1; in one pass, since a document may be nothing but line ends. */
export function positions(
  bytes: Uint8Array,
  offsets: readonly number[],
): readonly { line: number; column: number }[] {
  const places = new Map<number, { line: number; column: number }>();
  let line = 1;
  let start = 0;
  let at = 0;
  for (const offset of [...offsets].sort((a, b) => a - b)) {
    for (; at < offset; at++) {
      if (bytes[at] !== 0x0a) continue;
      line += 1;
      start = at + 1;
    }
    places.set(offset, { line, column: offset - start + 1 });
  }
  return offsets.map((offset) => places.get(offset) ?? { line, column: 1 });
}

/** At most 80 characters, those that are not seen escaped, so that an issue is one line of any log and misleads nobody. */
export function shorten(text: string): string {
  const visible = text
    .slice(0, 200)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  return visible.length > 80 ? `${Array.from(visible).slice(0, 77).join('')}...` : visible;
}
