/** @module How the reading of a document ends early: thrown where it leaves the profile, caught where the reading began. */

import type { IssueCode } from '../errors.ts';

/** Ends the reading of a document: it is outside the profile, or over a limit. Caught where the reading began. */
export class Halt {
  readonly code: IssueCode;
  readonly offset: number;
  readonly expected: string;
  readonly received: string;

  constructor(code: IssueCode, offset: number, expected: string, received: string) {
    this.code = code;
    this.offset = offset;
    this.expected = expected;
    this.received = received;
  }
}
