/** @module From a draft to a sealed message that is ready to be committed for sending. */

import { encode, rowOf } from '../codec/message.ts';
import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type { Outgoing, StoredVerdict, Work } from '../ports/store.ts';
import type { Message, MessageRow, Party, Protocol, SendOptions } from '../roles.ts';
import { seal } from '../seal/ed25519.ts';
import { type Engine, type Participant, sha256 } from './engine.ts';
import { answeredId, indexKeys, orderKey, receivedKey, storedMessage } from './records.ts';
import { expiryWork } from './work.ts';

/** A message to be, as clients and replies give it. */
export interface Composition {
  readonly recipient: Party;
  /** Name of the message. */
  readonly name: string;
  /** Its own attributes and elements, in the version of the participant's role object. */
  readonly draft: object;
  /** The version to write it in; default: the partner's. */
  readonly wire?: Protocol;
  /** What stands in Version where it is not the wire version's own: replies copy the request's (rule 52 for the conversation likewise). */
  readonly version?: string;
  readonly options?: SendOptions;
  /** Of a reply: the request. Its identity in the store is its MessageID, unless that was used before. */
  readonly answers?: { readonly messageId: string; readonly identity: string };
  readonly verdict?: StoredVerdict;
  /** True for a reply: it goes out ahead of what its conversation has not begun to deliver. */
  readonly first?: boolean;
}

/** A sealed message. */
export interface Composed {
  /** In the version of the role object. */
  readonly message: Message;
  readonly outgoing: Outgoing;
  /** To be committed with it. */
  readonly work: readonly Work[];
}

/** The version in which messages to a partner are written. */
export function wireProtocol(participant: Participant, recipient: Party): Protocol {
  const { version } = participant.partner(recipient);
  if (version === undefined) return participant.protocol;
  const match = matchVersion(version, participant.versions);
  if (match.supported) return match.protocol;
  const known = participant.versions.map((one) => one.version).join(', ');
  throw new UftpError(
    'version-unsupported',
    `${recipient.role} ${recipient.domain} is set to version ${version}; supported here: ${known}`,
  );
}

/**
 * Fills in the metadata, converts to the partner's version, validates and seals. Nothing is stored yet.
 *
 * @throws {UftpError} `message-invalid` with all issues; `conversion-lossy`; `version-unsupported`
 * @throws {TypeError} where the draft is no object, or `notAfter` no valid Date
 */
export async function compose(
  engine: Engine,
  participant: Participant,
  composition: Composition,
): Promise<Composed> {
  const { recipient, name } = composition;
  checkTypes(composition);
  const row = rowOf(name, participant.protocol);
  const now = engine.clock.now();
  const draft = composition.draft as Partial<Message>;
  // Not `{ ...row.constants, … }`: V8 gives each object that begins with a spread a shape of its own.
  const message: Message = Object.assign({}, row.constants, composition.draft, {
    $type: name,
    version: participant.protocol.version,
    senderDomain: participant.party.domain,
    recipientDomain: recipient.domain,
    timeStamp: new Date(now).toISOString(),
    messageId: draft.messageId ?? engine.newId(),
    conversationId: draft.conversationId ?? engine.newId(),
  });
  const wire = composition.wire ?? wireProtocol(participant, recipient);
  const request = composition.answers;
  const context = request === undefined ? {} : { referenceMessageId: request.messageId };
  const converted =
    wire === participant.protocol
      ? message
      : participant.convert(message, participant.protocol, wire, context);
  const { version = converted.version } = composition;
  const written = version === converted.version ? converted : { ...converted, version };
  const payload = encode(written, wire);
  const answers = request?.identity ?? answeredId(row, message);
  const expiry =
    composition.options?.notAfter?.getTime() ??
    (await expiryOf(engine, participant, row, message, recipient));
  return {
    message,
    outgoing: {
      record: {
        participant: participant.party,
        direction: 'out',
        partner: recipient,
        identity: message.messageId,
        type: name,
        version,
        messageId: message.messageId,
        conversationId: message.conversationId,
        content: await sha256(engine, payload),
        body: await seal(participant.signer, payload),
        at: now,
        ...(answers !== undefined && { answers }),
        ...(composition.verdict !== undefined && { verdict: composition.verdict }),
        index: indexKeys(row, message, recipient),
      },
      orderKey: orderKey(row, message, recipient),
      ...(composition.first !== undefined && { first: composition.first }),
      dueAt: now,
      ...(expiry !== undefined && { notAfter: expiry }),
    },
    work: expiryWork(participant, row, message, recipient, now),
  };
}

function checkTypes({ name, draft, options }: Composition): void {
  if (typeof draft !== 'object' || draft === null) throw new TypeError(`a ${name} needs a draft, an object`);
  const until: unknown = options?.notAfter;
  if (until !== undefined && !(until instanceof Date && !Number.isNaN(until.getTime())))
    throw new TypeError(`notAfter of a ${name} must be a valid Date`);
}

/** A time without a zone is taken for UTC, as the Java library takes it. */
export function timeOf(dateTime: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(dateTime) ? dateTime : `${dateTime}Z`);
}

/** By when a message is of no use any more: as itself, what it refers to, or the participant's own rule says, the earliest. */
async function expiryOf(
  engine: Engine,
  participant: Participant,
  row: MessageRow,
  message: Message,
  recipient: Party,
): Promise<number | undefined> {
  const own = participant.expiry(message);
  if (Number.isNaN(own)) throw new TypeError(`notAfter of a ${row.name} must be a valid Date`);
  let said = message;
  let { notAfter, references } = row;
  for (;;) {
    // What `notAfter` of the row names: a time, or another message, which we have received and whose time it is.
    const value = (said as unknown as Readonly<Record<string, unknown>>)[notAfter ?? ''];
    if (notAfter === undefined || typeof value !== 'string') return own;
    const target = references[notAfter];
    if (target === undefined) {
      const time = timeOf(value);
      return Number.isNaN(time) ? own : Math.min(time, own ?? time);
    }
    const { party } = participant;
    const { known } = await engine.store
      .read({ participant: party, message: receivedKey(party, recipient, value), scopes: [] })
      .catch((cause) => {
        throw new UftpError('store-unavailable', `${row.name} was not sent`, { cause });
      });
    if (known?.type !== target || known.body.length === 0) return own;
    said = storedMessage(engine, known);
    ({ notAfter, references } = rowOf(target, participant.protocol));
  }
}
