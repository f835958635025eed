/** @module Why a value is not of its simple type. */

import type { IssueCode } from '../errors.ts';

/** Why a value is not of its type. */
export class Fault {
  /** What is wrong, as issues say it. */
  readonly code: IssueCode;
  /** What would be right, in words. */
  readonly expected: string;
  /** The value all the same, where only a facet of a string fails: leniency may let it through. */
  readonly value: string | undefined;

  constructor(code: IssueCode, expected: string, value?: string) {
    this.code = code;
    this.expected = expected;
    this.value = value;
  }
}
