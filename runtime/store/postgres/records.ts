/** @module Between the Store contract and the JSON that the PostgreSQL server takes and gives: commits in, messages out. */

import { decodeBase64, encodeBase64 } from '../../codec/base64.ts';
import type {
  Commit,
  IndexKey,
  Lease,
  MessageKey,
  MessageRecord,
  Outgoing,
  StoredMessage,
  StoredVerdict,
  TaskState,
  Work,
} from '../../ports/store.ts';
import type { Party, RoleName } from '../../roles.ts';

/** A row of the view `stored`. */
export interface StoredRow {
  readonly place: number;
  readonly participant: string;
  readonly direction: 'in' | 'out';
  readonly partner: string;
  readonly identity: string;
  readonly type: string;
  readonly version: string;
  readonly message_id: string;
  readonly conversation_id: string;
  readonly content: string;
  readonly at: number;
  readonly verified_by: string | null;
  readonly key_from: string | null;
  readonly answers: string | null;
  readonly verdict: StoredVerdict | null;
  readonly keys: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  readonly state: TaskState | null;
  readonly attempts: StoredMessage['attempts'] | null;
}

/** How a party stands in the tables. */
export function partyText({ role, domain }: Party): string {
  return `${role} ${domain}`;
}

/** Whose tasks of a queue. */
export function ownerText(queue: Lease['queue'], participant: Party): string {
  return `${queue} ${partyText(participant)}`;
}

/** What tasks have in common that wait for one another. */
function laneText(queue: Lease['queue'], participant: Party, orderKey: string): string {
  return `${ownerText(queue, participant)} ${orderKey}`;
}

/** What a scope is known by; neither parties nor names of keys have line feeds. */
export function scopeText(participant: Party, { name, value }: IndexKey): string {
  return `${partyText(participant)}\n${name}\n${value}`;
}

/** What names a message. */
export function keyJson({ participant, direction, partner, identity }: MessageKey): object {
  return { participant: partyText(participant), direction, partner: partyText(partner), identity };
}

/**
 * Writes JSON that the server takes: its texts can hold neither the character 0 nor half a surrogate pair, for which
 * U+FFFD stands then, as in what a partner's server answered.
 */
export function json(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' ? part.replace(/\0|\p{Surrogate}/gu, '\ufffd') : part,
  );
}

/** What the function `commit` is called with. */
export function commitParams<Tx>(item: Commit<Tx>): [item: string, bodies: string] {
  const { finish, answer, received, outgoing = [], work = [], resend, read = [] } = item;
  const records = [...(received === undefined ? [] : [received]), ...outgoing.map(({ record }) => record)];
  const given = {
    locks: locksOf(item, records),
    ...(finish && { finish: finishJson(finish) }),
    ...(answer && { answer: { message: keyJson(answer.message), verdict: answer.verdict } }),
    ...(resend && { resend: { ...resend, message: keyJson(resend.message) } }),
    read: read.map(({ participant, key, revision }) => ({ scope: scopeText(participant, key), revision })),
    messages: records.map(messageJson),
    tasks: [...outgoing.map(deliveryJson), ...work.map(workJson)],
  };
  return [json(given), records.map(({ body }) => encodeBase64(body)).join()];
}

/** Names all that a commit touches, but for what only the server knows. */
function locksOf<Tx>(item: Commit<Tx>, records: readonly MessageRecord[]): readonly string[] {
  const { answer, outgoing = [], work = [], resend, read = [] } = item;
  const messages = [...records, ...work.map(({ message }) => message), answer?.message, resend?.message];
  return [
    ...messages.flatMap((key) =>
      key === undefined ? [] : [`message ${Object.values(keyJson(key)).join(' ')}`],
    ),
    ...read.map(({ participant, key }) => `scope ${scopeText(participant, key)}`),
    ...records.flatMap(({ participant, index }) =>
      index.map((key) => `scope ${scopeText(participant, key)}`),
    ),
    ...outgoing.map(({ record, orderKey }) => `lane ${laneText('outgoing', record.participant, orderKey)}`),
    ...work.map(({ participant, orderKey }) => `lane ${laneText('work', participant, orderKey)}`),
    ...work.map(({ participant, id }) => `work ${partyText(participant)} ${id}`),
  ];
}

function finishJson({ lease, outcome }: NonNullable<Commit['finish']>): object {
  return { ...leaseJson(lease), ...outcome };
}

/** What names a lease. */
export function leaseJson({ task, token }: Lease): object {
  return { task, token };
}

function messageJson(record: MessageRecord): object {
  return {
    ...keyJson(record),
    type: record.type,
    version: record.version,
    message_id: record.messageId,
    conversation_id: record.conversationId,
    content: record.content,
    at: record.at,
    verified_by: record.verifiedBy,
    key_from: record.keyFrom,
    answers: record.answers,
    verdict: record.verdict && verdictJson(record.verdict),
    keys: record.index.map(({ name, value }) => [name, value]),
  };
}

function verdictJson({ result, reasons }: StoredVerdict): StoredVerdict {
  return { result, reasons };
}

function deliveryJson({ record, orderKey, first, dueAt, notAfter }: Outgoing): object {
  return {
    owner: ownerText('outgoing', record.participant),
    lane: laneText('outgoing', record.participant, orderKey),
    message: keyJson(record),
    urgent: first === true,
    due_at: dueAt,
    not_after: notAfter,
    main: true,
  };
}

function workJson({ id, participant, kind, message, orderKey, dueAt }: Work): object {
  return {
    owner: ownerText('work', participant),
    lane: laneText('work', participant, orderKey),
    message: keyJson(message),
    work_id: id,
    kind,
    urgent: false,
    due_at: dueAt,
    main: kind === 'process' && message.direction === 'in',
  };
}

/** A row as the outside sees it. */
export function stored(row: StoredRow): StoredMessage {
  return {
    participant: party(row.participant),
    direction: row.direction,
    partner: party(row.partner),
    identity: row.identity,
    type: row.type,
    version: row.version,
    messageId: row.message_id,
    conversationId: row.conversation_id,
    content: row.content,
    body: decodeBase64(row.body ?? '') ?? new Uint8Array(),
    at: row.at,
    ...(row.verified_by !== null && { verifiedBy: row.verified_by }),
    ...(row.key_from !== null && { keyFrom: row.key_from }),
    ...(row.answers !== null && { answers: row.answers }),
    ...(row.verdict !== null && { verdict: row.verdict }),
    index: row.keys.map(([name, value]) => ({ name, value })),
    place: row.place,
    state: row.state ?? 'none',
    attempts: row.attempts ?? [],
  };
}

function party(text: string): Party {
  const [role = '', domain = ''] = text.split(' ');
  return { domain, role: role as RoleName };
}
