/** @module What single tests change: documents made from samples, and small protocol versions of one message, stated by hand. */

import { signedMessageTable } from '../../generated/3.1.0/common.ts';
import { xsString } from '../../runtime/codec/builtin.ts';
import type { DecodeOptions } from '../../runtime/codec/decode.ts';
import {
  type DecodedMessage,
  encode,
  type RefusedMessage,
  readMessage,
} from '../../runtime/codec/message.ts';
import {
  type Complex,
  complex,
  type Registers,
  required,
  type StatedAttribute,
  type StatedChild,
} from '../../runtime/codec/table.ts';
import { type Issue, isUftpError, type UftpErrorCode } from '../../runtime/errors.ts';
import { type Message, type MessageRow, message, type Protocol, protocol } from '../../runtime/roles.ts';
import { assert } from '../support/suite.ts';
import { type Folder, protocols, sample } from './samples.ts';

/** Text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The document of a sample, with one piece of it replaced. */
export function changed(root: string, from: string | RegExp, to: string, folder: Folder = '3.1.0'): string {
  const xml = new TextDecoder().decode(encode(sample(folder, root), protocols[folder]));
  const text = xml.replace(from, to);
  assert.is.not(text, xml, `the sample holds ${from}`);
  return text;
}

/** Reads a document by one version. */
export function readAs(
  xml: string,
  options: DecodeOptions = {},
  folder: Folder = '3.1.0',
): DecodedMessage | RefusedMessage {
  return readMessage(bytesOf(xml), [protocols[folder]], options);
}

/** Issues on one line each, as tests state them. */
export function summary(issues: readonly Issue[]): string[] {
  return issues.map(({ code, path }) => `${code} ${path}`);
}

/** Asserts that `run` throws a UftpError of the code. @returns its issues, one line each */
export function refusal(code: UftpErrorCode, run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!isUftpError(error)) throw error;
    assert.is(error.code, code, error.message);
    return summary(error.issues);
  }
  return assert.unreachable(`expected ${code}`) as never;
}

/** A statement, and the property that its values go into. */
export type Keyed<Stated> = Stated & { readonly key: string };

/** Names the property of an attribute or child. */
export function keyed<Stated>(key: string, stated: Stated): Keyed<Stated> {
  return { ...stated, key };
}

/** States a type whose values have the given attributes and children, and `$type` where it is that of a message. */
export function table(
  attributes: readonly Keyed<StatedAttribute>[],
  children: readonly Keyed<StatedChild>[] = [],
  $type?: string,
): Complex {
  const keys = [...attributes, ...children].map(({ key }) => key);
  const make = (parts: Registers): unknown => {
    const said = keys.map((key, i) => [key, parts[i]] as const).filter(([, part]) => part !== undefined);
    return { ...($type === undefined ? {} : { $type }), ...Object.fromEntries(said) };
  };
  return complex(undefined, attributes, children, make);
}

/** A protocol version with one message, `Note`: its Version and what is given. */
export function noteVersion(
  version: string,
  attributes: readonly Keyed<StatedAttribute>[],
  children: readonly Keyed<StatedChild>[] = [],
  facts: Partial<MessageRow> = {},
): Protocol {
  const row = message({
    name: 'Note',
    key: 'Note',
    table: table(
      [keyed('version', required('Version', xsString)), ...attributes],
      children,
      'Note',
    ) as Complex<Message>,
    from: ['AGR'],
    to: ['DSO'],
    result: false,
    copies: [],
    constants: {},
    references: {},
    index: {},
    implied: {},
    ...facts,
  });
  return protocol({ format: 1, version, experimental: false, envelope: signedMessageTable }, [row]);
}

/** A `Note`; most of what other messages have, it has not. */
export function note(version: string, fields: object = {}): Message {
  return { $type: 'Note', version, ...fields } as unknown as Message;
}
