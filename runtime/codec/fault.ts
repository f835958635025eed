/** @module Why a value is not of its simple type. */

import type { IssueCode } from '../errors.ts';

/** Why a value is not of its type. */
export class Fault {
  readonly code: IssueCode;
  readonly expected: string;
  /** The value all the same, where only a facet of a string fails: leniency may let it through. */
  readonly value: string | undefined;

  constructor(code: IssueCode, expected: string, value?: string) {
    this.code = code;
    this.expected = expected;
    this.value = value;
  }
}
