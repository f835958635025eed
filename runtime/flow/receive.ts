/**
 * @module Receives one SignedMessage: open, admit, decide, respond, commit. One function owns the branches; when it
 * returns, the message, what is to be done about it and what answers it are in the store, in one commit.
 */

import { matchVersion } from '../codec/version.ts';
import { UftpError } from '../errors.ts';
import type {
  Commit,
  IndexKey,
  MessageRecord,
  Snapshot,
  StoredMessage,
  StoredVerdict,
  Work,
} from '../ports/store.ts';
import { type Decision, type Message, type MessageRow, type Party, reject } from '../roles.ts';
import { admit } from './admit.ts';
import type { Composed } from './compose.ts';
import { decide, readsHistory } from './decide.ts';
import { type Engine, type Participant, sha256, tell } from './engine.ts';
import { type OpenedMessage, openMessage } from './open.ts';
import { answeredId, answersKeys, indexKeys, receivedKey } from './records.ts';
import { Refusal } from './refusal.ts';
import { composeReply, inHandlerVersion, type ReceivedRequest, resendReply, storedVerdict } from './reply.ts';
import { Turns } from './turns.ts';
import { within } from './within.ts';
import { conflictWork, overdueWork, processWork } from './work.ts';

/** How often a decision is made again because the history moved, before the sender is asked to come back. */
const conflictsMax = 5;
/** How long a message waits at most until those before it have been decided on, in times of `decideMsMax`. */
const waitForDecisionsMax = 3;
/** Why a message is rejected whose MessageID another had (rule 69). */
const duplicateIdentifier = 'Duplicate Identifier';

/** What became of a message that was taken: the answer is HTTP 200. */
export interface Receipt {
  /** Whom it was for: our own domain and role. */
  readonly participant: Party;
  /** Who sent it: verified by its signature. */
  readonly sender: Party;
  /** The message, in the version in which it was sent. */
  readonly message: Message;
  /** How it was judged; `repeated` where it had been received before, and its handlers did not run again. */
  readonly result: 'accepted' | 'rejected' | 'deferred' | 'repeated';
  /** Of a rejection, why; else empty. */
  readonly reasons: readonly string[];
}

/** A message on its way through the stages. */
interface Arrival {
  readonly participant: Participant;
  readonly opened: OpenedMessage;
  readonly content: string;
  readonly identity: string;
  readonly row: MessageRow;
  /** Under which it will be found; its conversation first. */
  readonly keys: readonly IndexKey[];
  /** Reasons to reject without asking a handler. */
  readonly reasons: readonly string[];
}

/**
 * Takes the bytes of a SignedMessage.
 *
 * @param route the participant on whose path it came, where paths tell participants apart
 * @throws {Refusal} nothing was stored; the sender gets an HTTP error
 */
export async function receive(engine: Engine, bytes: Uint8Array, route?: Participant): Promise<Receipt> {
  const opened = await openMessage(engine, bytes);
  const { sender, decoded, payload } = opened;
  const { message, row, warnings } = decoded;
  if (warnings.length > 0) tell(engine, { event: 'let-through', sender, type: row.name, warnings });
  const { participant, reasons } = admit(engine, sender, decoded, route);
  const content = await sha256(engine, payload);
  const keys = [...indexKeys(row, message, sender), ...answersKeys(row, message, sender)];
  return settle(engine, { participant, opened, content, row, keys, identity: message.messageId, reasons });
}

/** What is decided on in this process, so that decisions on one history do not overtake each other in vain. */
const turns: WeakMap<Participant, Turns> = new WeakMap();

/** Decides and commits; where the decision rests on the history, after those that came before and rest on the same. */
function settle(engine: Engine, arrival: Arrival): Promise<Receipt> {
  const { participant, opened, row, keys } = arrival;
  const { sender, decoded } = opened;
  // A response is decided on by what came before to the same request, which, where it does not say which, its conversation tells.
  const answers = answersKeys(row, decoded.message, sender);
  const others = answers.length > 0 ? answers : keys.slice(0, 1);
  const scopes = readsHistory(participant, row) ? keys : row.request === undefined ? [] : others;
  if (scopes.length === 0) return decideAndCommit(engine, arrival, scopes);
  const own = turns.get(participant) ?? new Turns();
  turns.set(participant, own);
  const waitMsMax = waitForDecisionsMax * engine.timing.decideMsMax;
  return own.run(
    scopes.map(({ name, value }) => `${name} ${value}`),
    (ahead) =>
      within(
        engine.clock,
        waitMsMax,
        () => ahead,
        () => new Refusal('conflict', { sender }),
      ),
    () => decideAndCommit(engine, arrival, scopes),
  );
}

/** Decides and commits, anew where the history moved in between: by another process, or by what was sent. */
async function decideAndCommit(
  engine: Engine,
  arrival: Arrival,
  scopes: readonly IndexKey[],
): Promise<Receipt> {
  let current = arrival;
  for (let conflicts = 0; conflicts < conflictsMax; ) {
    const { participant, opened, identity } = current;
    const message = receivedKey(participant.party, opened.sender, identity);
    const snapshot = await stored(() =>
      engine.store.read({ participant: participant.party, message, scopes }),
    );
    if (snapshot.known !== undefined) {
      const next = await meetKnown(engine, current, snapshot.known);
      if ('result' in next) return next;
      current = next;
      continue;
    }
    const { commit, receipt, reply } = await prepare(engine, current, snapshot);
    const outcome = await stored(() => engine.store.commit(commit));
    if (outcome.status === 'committed') {
      tellOf(engine, receipt, reply);
      return receipt;
    }
    // The history moved, or another copy was committed since the snapshot, which the next round meets.
    conflicts += 1;
  }
  throw new Refusal('conflict', { sender: arrival.opened.sender });
}

function tellOf(engine: Engine, receipt: Receipt, reply: Composed | undefined): void {
  const { participant, sender, message, reasons } = receipt;
  if (receipt.result !== 'repeated') {
    tell(engine, { event: 'received', participant, sender, message, result: receipt.result, reasons });
  }
  if (reply !== undefined)
    tell(engine, { event: 'queued', participant, recipient: sender, message: reply.message });
}

/** The store being out of reach is the sender's cue to come back later. */
async function stored<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new Refusal('store-unavailable', { cause });
  }
}

/**
 * Meets a message whose identity is known. The same content again is answered as before (rule 70); other content is
 * rejected once under an identity of its own (rule 69).
 */
async function meetKnown(engine: Engine, arrival: Arrival, known: StoredMessage): Promise<Receipt | Arrival> {
  const { participant, opened, content, identity } = arrival;
  const { sender } = opened;
  const { message } = opened.decoded;
  if (known.content !== content) {
    const reasons = [...arrival.reasons, duplicateIdentifier];
    return { ...arrival, identity: `${message.messageId}#${content}`, reasons };
  }
  await stored(() => resendReply(engine, receivedKey(participant.party, sender, identity)));
  const { party } = participant;
  tell(engine, { event: 'repeated', participant: party, sender, messageId: message.messageId });
  return { participant: party, sender, message, result: 'repeated', reasons: ['Already Submitted'] };
}

/** Decides, and makes the one commit that holds what was received, what is to be done and what is to be sent. */
async function prepare(
  engine: Engine,
  arrival: Arrival,
  snapshot: Snapshot,
): Promise<{ commit: Commit; receipt: Receipt; reply: Composed | undefined }> {
  const { participant, opened, row } = arrival;
  const { sender, decoded } = opened;
  const original = decoded.message;
  const isAdmitted = arrival.reasons.every((reason) => reason === duplicateIdentifier);
  const isConflict = isAdmitted && answeredBefore(snapshot, row, decoded.message);
  const { decision, message } = await decideOn(engine, arrival, snapshot, isConflict);
  const verdict = storedVerdict(decision);
  let reply: Composed | undefined;
  if (decision.decision !== 'defer' && row.response !== undefined) {
    const { protocol: wire, supported } = matchVersion(original.version, participant.versions);
    const { identity } = arrival;
    const request: ReceivedRequest = { sender, identity, message, original, wire, supported };
    reply = await composeReply(engine, participant, request, decision, false);
  }
  const read = snapshot.scopes.map(({ key, revision }) => ({
    participant: participant.party,
    key,
    revision,
  }));
  return {
    commit: {
      read,
      received: record(engine, arrival, snapshot, verdict),
      work: work(engine, arrival, decision, isConflict),
      outgoing: reply === undefined ? [] : [reply.outgoing],
    },
    receipt: { participant: participant.party, sender, message: original, ...verdict },
    reply,
  };
}

async function decideOn(
  engine: Engine,
  arrival: Arrival,
  snapshot: Snapshot,
  isConflict: boolean,
): Promise<{ decision: Decision; message: Message }> {
  const { participant, opened, row } = arrival;
  const { sender, decoded } = opened;
  const original = decoded.message;
  let message = original;
  const reasons = [...arrival.reasons, ...(isConflict ? ['Answered before'] : [])];
  try {
    message = inHandlerVersion(participant, original, decoded.protocol, requestOf(snapshot, row));
  } catch (cause) {
    if (!(cause instanceof UftpError)) throw cause;
    // The reply is made in the handler's version, of which it needs only what all versions have.
    reasons.push(
      `Invalid Message; it cannot be read as UFTP ${participant.protocol.version}: ${cause.issues[0]?.path ?? ''}`,
    );
  }
  if (reasons.length > 0) return { decision: reject(reasons), message };
  return {
    decision: await decide(engine, participant, { sender, row, message, original }, snapshot),
    message,
  };
}

/** The MessageID of the request that a response answers, where only the conversation tells. */
function requestOf(snapshot: Snapshot, row: MessageRow): string | undefined {
  const conversation = snapshot.scopes.find(({ key }) => key.name === 'conversation')?.messages ?? [];
  const requests = conversation.filter((one) => one.direction === 'out' && one.type === row.request);
  const isOpen = ({ messageId }: StoredMessage): boolean =>
    !conversation.some((one) => one.answers === messageId);
  return (requests.findLast(isOpen) ?? requests.at(-1))?.messageId;
}

/** True where a response to the same request has been accepted: the first one counts. */
function answeredBefore(snapshot: Snapshot, row: MessageRow, message: Message): boolean {
  if (row.request === undefined) return false;
  const request = answeredId(row, message) ?? requestOf(snapshot, row);
  const isEarlier = (one: StoredMessage): boolean =>
    one.direction === 'in' &&
    one.type === row.name &&
    one.answers === request &&
    one.verdict?.result === 'accepted';
  return request !== undefined && snapshot.scopes.some(({ messages }) => messages.some(isEarlier));
}

function record(engine: Engine, arrival: Arrival, snapshot: Snapshot, verdict: StoredVerdict): MessageRecord {
  const { participant, opened, row, identity, content, keys } = arrival;
  const { message } = opened.decoded;
  const answers =
    row.request === undefined ? undefined : (answeredId(row, message) ?? requestOf(snapshot, row));
  return {
    participant: participant.party,
    direction: 'in',
    partner: opened.sender,
    identity,
    type: row.name,
    version: message.version,
    messageId: message.messageId,
    conversationId: message.conversationId,
    content,
    body: opened.body,
    at: engine.clock.now(),
    verifiedBy: opened.verifiedBy,
    keyFrom: opened.keyFrom,
    ...(answers !== undefined && { answers }),
    verdict,
    index: keys,
  };
}

/**
 * What is to be done about a message once it is committed. `process…` never runs for what was rejected; of a response
 * that came after another, the application is told instead.
 */
function work(
  engine: Engine,
  { identity, opened, participant, row }: Arrival,
  decision: Decision,
  isConflict: boolean,
): readonly Work[] {
  const key = receivedKey(participant.party, opened.sender, identity);
  const { conversationId } = opened.decoded.message;
  const now = engine.clock.now();
  if (decision.decision === 'reject')
    return isConflict && participant.notices.onConflict !== undefined ? [conflictWork(key, now)] : [];
  const isHandled = participant.handler(`process${row.key}`) !== undefined;
  return [
    ...(isHandled ? [processWork(key, conversationId, now)] : []),
    ...(decision.decision === 'defer'
      ? [overdueWork(participant, key, now + engine.timing.deferredMsMax)]
      : []),
  ];
}
