/** @module Messages as a whole: payload bytes to a typed message of the right version, and back. */

import { type Issue, UftpError, type Warning } from '../errors.ts';
import type { Message, MessageRow, Protocol } from '../roles.ts';
import { type DecodeOptions, haltToIssue, openDocument, peekAttribute, walkDocument } from './decode.ts';
import { encodeDocument } from './encode.ts';
import { failure, shorten } from './findings.ts';
import { matchVersion } from './version.ts';

/** A message that was read. */
export interface DecodedMessage {
  /** The message, valid by the schema. */
  readonly message: Message;
  /** What its version says of this type. */
  readonly row: MessageRow;
  /** The version by whose tables it was read. */
  readonly protocol: Protocol;
  /** False where Version names none of the given versions; the message was then read by the nearest one. */
  readonly supported: boolean;
  /** Where it is valid by a correction or a leniency only. */
  readonly warnings: readonly Warning[];
  /** Always empty. */
  readonly issues: readonly [];
}

/** A document that is no message, and why. */
export interface RefusedMessage {
  /** Never there: tells the two results apart. */
  readonly message: undefined;
  /** Name of the root element, where it could be read. */
  readonly root: string | undefined;
  /** Present where the root element is a message. */
  readonly protocol: Protocol | undefined;
  /** What a correction or a leniency let through. */
  readonly warnings: readonly Warning[];
  /** What is wrong, in the order of the document; at least one. */
  readonly issues: readonly Issue[];
}

/**
 * Reads a payload by the version that its Version attribute names.
 *
 * @param protocols the versions to choose from, at least one
 */
export function readMessage(
  bytes: Uint8Array,
  protocols: readonly Protocol[],
  options: DecodeOptions = {},
): DecodedMessage | RefusedMessage {
  const opened = haltToIssue(bytes, () => {
    const { reader, root } = openDocument(bytes, options.limits);
    return { reader, root, version: peekAttribute(reader, 'Version') ?? '' };
  });
  if ('code' in opened) return refused(undefined, undefined, [opened]);
  const { reader, root, version } = opened;
  const { protocol, supported } = matchVersion(version, protocols);
  const row = protocol.messages.get(root);
  if (row === undefined) return refused(root, undefined, [rootUnknown(root, protocol)]);
  const { value, issues, warnings } = walkDocument(reader, root, row.table, options);
  if (value === undefined) return refused(root, protocol, issues, warnings);
  return { message: value, row, protocol, supported, warnings, issues: [] };
}

function refused(
  root: string | undefined,
  protocol: Protocol | undefined,
  issues: readonly Issue[],
  warnings: readonly Warning[] = [],
): RefusedMessage {
  return { message: undefined, root, protocol, warnings, issues };
}

function rootUnknown(root: string, protocol: Protocol): Issue {
  const expected = `a message of UFTP ${protocol.version}`;
  return { code: 'root-unknown', path: `/${shorten(root)}`, expected, received: shorten(root) };
}

/**
 * Reads a payload; a document that is not valid is an error.
 *
 * @throws {UftpError} `document-invalid` with all issues; `version-unsupported`
 *
 * @example
 * ```ts
 * import { decode } from 'shapeshifter-uftp';
 * import { protocol } from 'shapeshifter-uftp/v3.1';
 *
 * function sender(payload: Uint8Array): string {
 *   return decode(payload, [protocol]).senderDomain;
 * }
 * ```
 */
export function decode(
  bytes: Uint8Array,
  protocols: readonly Protocol[],
  options: DecodeOptions = {},
): Message {
  const read = readMessage(bytes, protocols, options);
  if (read.message === undefined) throw failure('document-invalid', 'the document is not valid', read.issues);
  if (!read.supported) {
    throw new UftpError(
      'version-unsupported',
      `Version ${read.message.version} is not one of ${protocols.map((one) => one.version).join(', ')}`,
    );
  }
  return read.message;
}

/**
 * Writes a message as a payload: UTF-8, one line, without byte order mark.
 *
 * @throws {UftpError} `message-unknown` for another `$type`; `message-invalid` with all issues
 */
export function encode(message: Message, protocol: Protocol): Uint8Array {
  const encoded = encodeDocument(message.$type, rowOf(message.$type, protocol).table, message);
  if (encoded.xml === undefined)
    throw failure('message-invalid', `the ${message.$type} is not valid`, encoded.issues);
  return encoded.xml;
}

/** The row of a message. @throws {UftpError} `message-unknown` */
export function rowOf(name: string, protocol: Protocol): MessageRow {
  const row = protocol.messages.get(name);
  if (row !== undefined) return row;
  throw new UftpError(
    'message-unknown',
    `${shorten(String(name))} is no message of UFTP ${protocol.version}`,
  );
}
