/** @module How a stored message is printed: a record goes in, cells of a table or an object for JSON come out. */

import { encodeBase64 } from '../../codec/base64.ts';
import { readMessage } from '../../codec/message.ts';
import { partyText } from '../../flow/records.ts';
import type { StoredMessage, StoredVerdict } from '../../ports/store.ts';
import { signatureBytes } from '../../seal/ed25519.ts';
import { allProtocols } from '../versions.ts';
import { resultIn } from './earlier.ts';

/** The columns of `uftp log`. */
export const head: readonly string[] = ['time', '', 'partner', 'type', 'MessageID', 'verdict', 'task'];

/** One row of `uftp log`. */
export function row(one: StoredMessage): readonly string[] {
  const arrow = one.direction === 'in' ? '<' : '>';
  return [time(one.at), arrow, partyText(one.partner), one.type, one.identity, verdictText(one), one.state];
}

/** A moment in UTC, to the millisecond. */
export function time(at: number): string {
  return new Date(at).toISOString();
}

/** How we judged a message, or, of a response that came, what it says of our request. */
export function verdictText(one: StoredMessage): string {
  const said = saidBy(one);
  if (said !== undefined) return `says ${inWords(said)}`;
  return one.verdict === undefined ? '' : inWords(one.verdict);
}

function inWords({ result, reasons }: StoredVerdict): string {
  return reasons.length === 0 ? result : `${result}: ${reasons.join('; ')}`;
}

/** What a response that was received says; undefined for other messages, and where its payload is gone. */
function saidBy(one: StoredMessage): StoredVerdict | undefined {
  if (one.direction === 'out' || one.answers === undefined) return undefined;
  const read = readMessage(payloadOf(one), allProtocols);
  return read.message !== undefined && read.row.result ? resultIn(read.message) : undefined;
}

/** The payload; empty where retention has removed it. */
export function payloadOf({ body }: StoredMessage): Uint8Array {
  return body.subarray(signatureBytes);
}

/** True where the message was imported without its signature. */
export function isUnsigned({ body }: StoredMessage): boolean {
  return body.length > 0 && body.subarray(0, signatureBytes).every((byte) => byte === 0);
}

/**
 * What `uftp log`, `show` and `export` print as JSON.
 *
 * @param withBody false: neither payload nor signature; `content` still tells which payload it was
 */
export function asJson(one: StoredMessage, withBody: boolean): object {
  const { participant, direction, partner, type, version, messageId, conversationId, identity } = one;
  const said = saidBy(one);
  return {
    at: time(one.at),
    participant: partyText(participant),
    direction,
    partner: partyText(partner),
    type,
    version,
    messageId,
    conversationId,
    ...(identity !== messageId && { identity }),
    ...(one.answers !== undefined && { answers: one.answers }),
    ...(one.verdict !== undefined && { verdict: one.verdict }),
    ...(said !== undefined && { says: said }),
    ...(one.verifiedBy !== undefined && { verifiedBy: one.verifiedBy }),
    state: one.state,
    attempts: one.attempts.map((attempt) => ({ ...attempt, at: time(attempt.at) })),
    content: one.content,
    ...(withBody && { signed: encodeBase64(one.body) }),
  };
}
