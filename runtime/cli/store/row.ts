/** @module How a stored message is printed: a record goes in, words or an object for JSON come out. */

import { encodeBase64 } from '../../codec/base64.ts';
import { readMessage } from '../../codec/message.ts';
import { partyText } from '../../flow/records.ts';
import type { Attempt, StoredMessage, StoredVerdict } from '../../ports/store.ts';
import { signatureBytes } from '../../seal/ed25519.ts';
import { allProtocols } from '../versions.ts';
import { resultIn } from './earlier.ts';

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

/** How much of a message JSON tells: all, with payload and signature; all but these; or nothing that anybody wrote freely. */
export type Telling = 'signed' | 'unsigned' | 'redacted';

/** What `uftp log` (unsigned), `show` (signed) and `export` print as JSON; `content` tells in any case which payload it was. */
export function asJson(one: StoredMessage, telling: Telling): object {
  const { participant, direction, partner, type, version, messageId, conversationId, identity } = one;
  const said = saidBy(one);
  const isRedacted = telling === 'redacted';
  const judged = isRedacted ? withoutReasons : (verdict: StoredVerdict) => verdict;
  const tried = isRedacted ? withoutText : (attempt: Attempt) => attempt;
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
    ...(one.verdict !== undefined && { verdict: judged(one.verdict) }),
    ...(said !== undefined && { says: judged(said) }),
    ...(one.verifiedBy !== undefined && { verifiedBy: one.verifiedBy }),
    ...(one.keyFrom !== undefined && { keyFrom: one.keyFrom }),
    state: one.state,
    attempts: one.attempts.map((attempt) => ({ ...tried(attempt), at: time(attempt.at) })),
    content: one.content,
    ...(telling === 'signed' && { signed: encodeBase64(one.body) }),
  };
}

/** Reasons are free text, ours and the partner's: they name connections, prices and volumes. */
function withoutReasons({ result, reasons }: StoredVerdict): object {
  return { result, reasonCount: reasons.length };
}

/** The text of an attempt may be what a handler threw. */
function withoutText({ at, status, ambiguous }: Attempt): object {
  return { at, ...(status !== undefined && { status }), ...(ambiguous !== undefined && { ambiguous }) };
}
