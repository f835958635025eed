/** @module The SignedMessage: from XML to sender and sealed bytes, and back. */

import { encodeBase64 } from '../codec/base64.ts';
import { haltToIssue, openDocument, walkDocument } from '../codec/decode.ts';
import { shorten } from '../codec/findings.ts';
import type { Limits } from '../codec/limits.ts';
import { usualDeclaration } from '../codec/markup.ts';
import type { Complex } from '../codec/table.ts';
import type { Issue } from '../errors.ts';
import type { Envelope, Party } from '../roles.ts';
import { signatureBytes } from './ed25519.ts';

/** A SignedMessage that was read; nothing of it is verified yet. */
export interface ReadEnvelope {
  /** Who claims to have sent it. */
  readonly sender: Party;
  /** 64 bytes of signature, then at least one byte of payload. */
  readonly body: Uint8Array;
  /** Always empty. */
  readonly issues: readonly [];
}

/** Name of the only document that is an envelope, and never a payload. */
export const envelopeRoot = 'SignedMessage';

/** Reads a SignedMessage strictly. @returns the envelope, or what is wrong with it */
export function readEnvelope(
  bytes: Uint8Array,
  table: Complex<Envelope>,
  limits?: Partial<Limits>,
): ReadEnvelope | { readonly sender: undefined; readonly issues: readonly Issue[] } {
  const refuse = (...issues: readonly Issue[]) => ({ sender: undefined, issues });
  const opened = haltToIssue(bytes, () => openDocument(bytes, limits));
  if ('code' in opened) return refuse(opened);
  if (opened.root !== envelopeRoot) {
    return refuse({
      code: 'root-unknown',
      path: '/',
      expected: envelopeRoot,
      received: shorten(opened.root),
    });
  }
  const { value, issues } = walkDocument(opened.reader, envelopeRoot, table, {});
  if (value === undefined) return refuse(...issues);
  if (value.body.length <= signatureBytes) {
    return refuse({
      code: 'length',
      path: `/${envelopeRoot}/@Body`,
      expected: `more than ${signatureBytes} bytes: a signature and a payload`,
      received: `${value.body.length} bytes`,
    });
  }
  return { sender: { domain: value.senderDomain, role: value.senderRole }, body: value.body, issues: [] };
}

/**
 * Writes a SignedMessage. The text is the same for the same arguments, for ever: a message that is delivered again is
 * made anew from its signed bytes and must be byte-identical.
 */
export function writeEnvelope(sender: Party, body: Uint8Array): Uint8Array {
  return new TextEncoder().encode(
    `${usualDeclaration}<${envelopeRoot} SenderDomain="${sender.domain}" SenderRole="${sender.role}" Body="${encodeBase64(body)}"/>`,
  );
}
