/** @module The one error class of the runtime, with its closed list of codes. */

/** What went wrong, as a closed list. A code never changes its meaning. */
export type UftpErrorCode =
  /** A document is not XML of the profile, or not valid by the schema; `issues` says where. */
  | 'document-invalid'
  /** A message that we were about to send is not valid by the schema; `issues` says where. */
  | 'message-invalid'
  /** The root element, or the `$type` of a value, is not a message of this protocol version. */
  | 'message-unknown'
  /** The Version attribute names no version that is supported here. */
  | 'version-unsupported'
  /** A conversion between versions would lose or invent something. */
  | 'conversion-lossy'
  /** A SignedMessage could not be read or its signature does not hold. */
  | 'signature-invalid'
  /** A key is not in one of the forms that are understood. */
  | 'key-invalid'
  /** No key, or no endpoint, is known for a participant, or the look-up failed. */
  | 'lookup-failed'
  /** JSON text is not the JSON form of a message. */
  | 'json-invalid'
  /** The store refused: the history moved too often, or the store is gone. */
  | 'store-unavailable'
  /** The scope that was read moved again and again; try later. */
  | 'conflict'
  /** A reply was asked for twice, or for a message that awaits none. */
  | 'reply-not-awaited'
  /** The answer that was waited for did not come in time. */
  | 'reply-expired'
  /** The service has been stopped. */
  | 'stopped';

/**
 * An expected fault of the runtime. Programmer mistakes are `TypeError` or `RangeError` instead.
 * `message` reads `[code] text`; `cause` is for logs and never leaves in an HTTP body.
 *
 * @example
 * ```ts
 * import { isUftpError } from 'shapeshifter-uftp';
 *
 * function explain(error: unknown): string {
 *   return isUftpError(error) ? error.code : 'unexpected';
 * }
 * ```
 */
export class UftpError extends Error {
  /** What went wrong. */
  readonly code: UftpErrorCode;
  /** The text without the code. */
  readonly text: string;
  /** Where a document or value departs from the schema; empty for other codes. */
  readonly issues: readonly Issue[];

  constructor(
    code: UftpErrorCode,
    text: string,
    options: { cause?: unknown; issues?: readonly Issue[] } = {},
  ) {
    super(`[${code}] ${text}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UftpError';
    this.code = code;
    this.text = text;
    this.issues = options.issues ?? [];
  }
}

/** True for a {@link UftpError}, also one that another copy of this package threw. */
export function isUftpError(value: unknown): value is UftpError {
  return value instanceof Error && value.name === 'UftpError' && 'code' in value;
}

/** What is wrong with a document or value, as a closed list. */
export type IssueCode =
  /** Not well-formed XML 1.0, or outside the profile (encoding, DOCTYPE, entities). Ends the reading. */
  | 'xml'
  /** A limit on size, depth, attributes, elements or value length. Ends the reading. */
  | 'limit'
  | 'root-unknown'
  | 'namespace'
  | 'element-unknown'
  | 'element-unexpected'
  | 'element-missing'
  | 'element-too-many'
  | 'attribute-unknown'
  | 'attribute-missing'
  | 'text-unexpected'
  /** Not in the lexical space of the XSD's base type. */
  | 'type'
  /** An integer that a number cannot carry exactly: a stated departure from the XSD. */
  | 'unsafe-integer'
  | 'enumeration'
  | 'pattern'
  | 'length'
  | 'range'
  | 'digits';

/** One departure from the schema, with its place. */
export interface Issue {
  /** What is wrong. */
  readonly code: IssueCode;
  /** Such as `/FlexOffer/OfferOption[2]/ISP[3]/@Power`; positions count from 1 and stand where an element may repeat. */
  readonly path: string;
  /** What the schema asks for, in words. */
  readonly expected: string;
  /** What stands there, shortened to 80 characters. */
  readonly received: string;
  /** Line in the document, from 1; absent for values that are not read from a document. */
  readonly line?: number;
  /** Column in the document, in bytes from 1. */
  readonly column?: number;
}

/** A value that is valid only by a deliberate departure from the XSD (`schemas/corrections.json`). */
export interface Warning {
  /** As in {@link Issue}. */
  readonly path: string;
  /** The correction's name, such as `metering-ean-18`. */
  readonly correction: string;
  /** What was let through, in words. */
  readonly text: string;
}

/** One issue on one line. */
export function formatIssue(issue: Issue): string {
  const place = issue.line === undefined ? '' : ` (line ${issue.line}, column ${issue.column})`;
  return `${issue.path} ${issue.code}: expected ${issue.expected}, received ${issue.received}${place}`;
}

/** The error for several mistakes of a programmer at once: one line each. */
export function mistakes(what: string, problems: readonly string[]): TypeError {
  return new TypeError(`${what}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
}
