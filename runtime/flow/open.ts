/** @module From the bytes of a SignedMessage to a verified sender and a decoded message, or a refusal. */

import { type DecodedMessage, readMessage } from '../codec/message.ts';
import { type Issue, UftpError } from '../errors.ts';
import type { PublicKey } from '../ports/signer.ts';
import type { Party } from '../roles.ts';
import { type Opened, open } from '../seal/ed25519.ts';
import { readEnvelope } from '../seal/envelope.ts';
import { type Engine, keysOf, readingOf, versionsOf } from './engine.ts';
import { partyText } from './records.ts';
import { Refusal } from './refusal.ts';

/** A message whose signature holds. */
export interface OpenedMessage {
  /** The verified sender. */
  readonly sender: Party;
  /** 64 bytes of signature, then the payload: the bytes that were verified, and that were parsed. */
  readonly body: Uint8Array;
  readonly payload: Uint8Array;
  /** The key under which the signature holds, in base64. */
  readonly verifiedBy: string;
  /** Where that key was found. */
  readonly keyFrom: string;
  readonly decoded: DecodedMessage;
}

/**
 * Reads, verifies and decodes.
 *
 * @throws {Refusal} 400 for the envelope or the message, 419 without a key, or where a newer one may be published, 401
 *   for the signature (rules 35 to 38)
 */
export async function openMessage(engine: Engine, bytes: Uint8Array): Promise<OpenedMessage> {
  const first = engine.participants[0];
  if (first === undefined) throw new Refusal('internal');
  const envelope = readEnvelope(bytes, first.protocol.envelope, engine.limits);
  if (envelope.sender === undefined)
    throw new Refusal('envelope-invalid', { cause: invalid(envelope.issues) });
  const { sender, body } = envelope;
  const found = await openBy(engine, sender, body);
  if (found === undefined) throw new Refusal('signature-invalid', { sender });
  const [opened, keyFrom] = found;
  if (!engine.quotas.senderRequests.take(partyText(sender))) throw new Refusal('rate-exceeded', { sender });
  const decoded = readMessage(opened.payload, versionsOf(engine), readingOf(engine, sender));
  if (decoded.message === undefined)
    throw new Refusal('message-invalid', { sender, cause: invalid(decoded.issues) });
  return { sender, body, payload: opened.payload, verifiedBy: opened.key.text, keyFrom, decoded };
}

/** Look-ups past caches that are under way, by sender: what comes meanwhile shares them. */
const lookups: WeakMap<Engine, Map<string, Promise<readonly PublicKey[]>>> = new WeakMap();

/**
 * Tries the sender's keys; where none fits, those that a look-up past caches adds. For a sender, whoever claims to be
 * it, that may be in vain once a minute: strangers could make us ask without end. A message that comes within that minute
 * may be signed with a key that is newer than what we know: it is answered as one whose key is not known, not refused for
 * good.
 */
async function openBy(
  engine: Engine,
  sender: Party,
  body: Uint8Array,
): Promise<readonly [opened: Opened, keyFrom: string] | undefined> {
  const { name: source = 'look-up' } = engine.lookup;
  const { ed25519, quotas } = engine;
  const keys = await senderKeys(engine, sender, false);
  const opened = await open(ed25519, keys, body);
  if (opened !== undefined) return [opened, source];
  const name = partyText(sender);
  const underWay = lookups.get(engine) ?? new Map<string, Promise<readonly PublicKey[]>>();
  lookups.set(engine, underWay);
  const shared = underWay.get(name);
  if (shared === undefined && !quotas.freshLookups.take(name)) {
    const cause = new UftpError('signature-invalid', 'under the keys known before');
    throw new Refusal('key-unknown', { sender, cause });
  }
  const lookup = shared ?? senderKeys(engine, sender, true);
  underWay.set(name, lookup);
  try {
    const tried = keys.map(({ text }) => text);
    const added = (await lookup).filter(({ text }) => !tried.includes(text));
    const openedByAdded = await open(ed25519, added, body);
    if (openedByAdded === undefined) return undefined;
    quotas.freshLookups.giveBack(name);
    return [openedByAdded, `${source}, fresh`];
  } finally {
    // Once it is known whether it helped: in between, what comes would find neither it nor an allowance.
    if (shared === undefined) underWay.delete(name);
  }
}

/** @throws {Refusal} 419 where there are none, or they cannot be looked up (rule 36) */
async function senderKeys(engine: Engine, sender: Party, fresh: boolean): Promise<readonly PublicKey[]> {
  let keys: readonly PublicKey[];
  try {
    keys = await keysOf(engine, sender, fresh);
  } catch (cause) {
    throw new Refusal('key-unknown', { sender, cause });
  }
  if (keys.length === 0) throw new Refusal('key-unknown', { sender });
  return keys;
}

function invalid(issues: readonly Issue[]): UftpError {
  return new UftpError('document-invalid', issues[0]?.path ?? '', { issues });
}
