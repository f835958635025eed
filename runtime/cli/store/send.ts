/** @module `uftp send`: sends one payload, through the store of a running service or by a single POST. */

import { readMessage } from '../../codec/message.ts';
import { formatIssue } from '../../errors.ts';
import { classify } from '../../flow/classify.ts';
import { type Composed, compose } from '../../flow/compose.ts';
import { checkedEndpoint } from '../../flow/endpoint.ts';
import { send as enqueue } from '../../flow/send.ts';
import { type Part, parts } from '../../host.ts';
import { createService } from '../../node.ts';
import type { Signer } from '../../ports/signer.ts';
import type { Store, StoredMessage } from '../../ports/store.ts';
import { type Message, type MessageRow, type Party, type Protocol, role } from '../../roles.ts';
import { nodeEd25519 } from '../../seal/ed25519-node.ts';
import { writeEnvelope } from '../../seal/envelope.ts';
import { importPrivateKey } from '../../seal/keys.ts';
import { memory } from '../../store/memory/store.ts';
import { type Command, need, readArguments, UsageError } from '../command.ts';
import { readInput } from '../files.ts';
import { keyOf } from '../keys.ts';
import { visible } from '../terminal.ts';
import { allProtocols } from '../versions.ts';
import { partyOf } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { time } from './row.ts';
import { secondsOf, type Terms, type TermsValues, termsHelp, termsOf, termsOptions } from './terms.ts';

const help = `uftp send FILE --key K [options]

Sends a payload. Its TimeStamp becomes now; MessageID, ConversationID and all else stay as they are in FILE.

With a store the message is committed to it, and the service that has the store open delivers it, as often as it takes. The
command waits for that; the exit code is 0 once the partner has it, 1 where it cannot be delivered or the wait is over: it
stays in the queue all the same. The message is made here: of the options of that service, notAfter, replyWithinMs and the
version of partner do not apply, and --not-after, --reply-within and --version stand for them.

Without one (--post URL) the message is POSTed once and kept nowhere: for tests, and for partners who sort it out by phone.

Options:
  --key K         our private key: base64 of 64 bytes (or of a 32-byte seed), PEM or JWK; @file reads it from a file
${storeHelp}
  --wait T        how long to wait, in seconds (default 60; 0 only commits)
${termsHelp}
  --post URL      POST it once to this endpoint instead
  --insecure      with --post: allow http, other ports and private addresses
  --as P          us, ROLE:DOMAIN, and
  --to P          the partner, ROLE:DOMAIN: where the type leaves the role open (TestMessage)
  --help          print this
`;

export const send: Command = {
  name: 'send',
  summary: 'send a payload, by a store or by one POST',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      key: { type: 'string' },
      store: { type: 'string' },
      wait: { type: 'string' },
      post: { type: 'string' },
      insecure: { type: 'boolean' },
      as: { type: 'string' },
      to: { type: 'string' },
      ...termsOptions,
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1)
      throw new UsageError('send takes exactly one file, or - for standard input');
    const given = need(values.key, '--key');
    const waitMs = secondsOf('--wait', values.wait ?? '60') * 1000;
    if (values.post !== undefined && values.store !== undefined)
      throw new UsageError('give --store or --post, not both');
    if (values.post !== undefined && values['reply-within'] !== undefined)
      throw new UsageError('--reply-within is for --store: what is POSTed once is kept nowhere');
    const parcel = parcelOf(await readInput(file), values);
    const key = await keyOf(given, (one) => importPrivateKey(one, nodeEd25519));
    if (values.post === undefined)
      return withStore(values.store, false, async (store) =>
        queue(await partOf(parcel, key, store), parcel, waitMs),
      );
    const insecure = values.insecure === true;
    const url = endpointOf(values.post, insecure);
    return post(await partOf(parcel, key, memory()), parcel, url, insecure);
  },
};

/** A message on its way. */
interface Parcel {
  readonly message: Message;
  readonly row: MessageRow;
  readonly protocol: Protocol;
  readonly from: Party;
  readonly to: Party;
  readonly terms: Terms;
}

/** @throws {UsageError} where the payload is not valid, who talks to whom is open, or the terms make no sense */
function parcelOf(
  bytes: Uint8Array,
  values: TermsValues & { readonly as?: string; readonly to?: string },
): Parcel {
  const read = readMessage(bytes, allProtocols);
  if (read.message === undefined)
    throw new UsageError(
      `the payload is not valid, and was not sent\n${read.issues.map(formatIssue).join('\n')}`,
    );
  const { message, row, protocol } = read;
  const from = sideOf('--as', values.as, message.senderDomain, row.from, undefined);
  const to = sideOf('--to', values.to, message.recipientDomain, row.to, from);
  return { message, row, protocol, from, to, terms: termsOf(values, row, protocol, Date.now()) };
}

function sideOf(
  option: string,
  given: string | undefined,
  domain: string,
  possible: MessageRow['from'],
  other: Party | undefined,
): Party {
  const roles = possible.filter((one) => one !== other?.role);
  if (given === undefined) {
    const [only] = roles;
    if (only === undefined || roles.length > 1)
      throw new UsageError(`the role of ${domain} is open; give ${option} ROLE:${domain}`);
    return { role: only, domain };
  }
  const party = partyOf(option, given);
  if (party.domain !== domain || !roles.includes(party.role))
    throw new UsageError(
      `${option}: expected ${roles.map((one) => `${one}:${domain}`).join(' or ')}, as the payload says`,
    );
  return party;
}

function endpointOf(text: string, insecure: boolean): URL {
  try {
    return checkedEndpoint(new URL(text), insecure);
  } catch (error) {
    throw new UsageError(`--post: ${inOurWords(error instanceof Error ? error.message : String(error))}`);
  }
}

/** An option of a service has another name here. */
function inOurWords(text: string): string {
  return text.replace('set insecureEndpoints for development', '--insecure allows it');
}

/** A participant that only composes and commits: it is never started. */
async function partOf({ protocol, from, terms }: Parcel, key: Signer, store: Store): Promise<Part> {
  const { replyWithinMs, wire } = terms;
  try {
    const service = await createService(role(from.role, protocol), {
      domain: from.domain,
      key,
      store,
      lookup: { keys: () => undefined, endpoint: () => undefined },
      handlers: {},
      versions: [...new Set([protocol, wire])],
      partner: () => ({ version: wire.version }),
      // Never called here: it makes the service look for the response in time.
      ...(replyWithinMs !== undefined && { replyWithinMs, onExpired: () => {} }),
      observe: () => {},
    });
    return parts.get(service) as Part;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

function sealed({ engine, participant }: Part, { message, row, to, terms }: Parcel): Promise<Composed> {
  const composition = { recipient: to, name: row.name, draft: message, options: terms.options };
  return compose(engine, participant, composition);
}

/** Commits the message and waits for what a service makes of it. */
async function queue(part: Part, parcel: Parcel, waitMs: number): Promise<number> {
  const { engine, participant } = part;
  const { row, from, to, terms } = parcel;
  const { store } = engine;
  const composed = await sealed(part, parcel);
  const { messageId } = await enqueue(engine, participant, composed, terms.options);
  process.stderr.write(`${row.name} ${messageId} is in the store\n`);
  if (waitMs === 0) return 0;
  const deadline = Date.now() + waitMs;
  for (;;) {
    const { known } = await store.read({
      participant: from,
      scopes: [],
      message: { participant: from, direction: 'out', partner: to, identity: messageId },
    });
    if (known?.state === 'done') return told(0, `delivered: ${lastOf(known)}`);
    if (known?.state === 'dead')
      return told(1, `not delivered: ${lastOf(known)}; uftp retry ${messageId} tries again`);
    if (Date.now() >= deadline) {
      const why = known?.attempts.length
        ? `the last attempt said ${lastOf(known)}`
        : 'no service has taken it: is one running with this store?';
      return told(1, `still waiting after ${waitMs / 1000} s; ${why}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function lastOf({ attempts }: StoredMessage): string {
  return visible(attempts.at(-1)?.text ?? 'no attempt was made');
}

function told(code: number, text: string): number {
  process.stderr.write(`${text}\n`);
  return code;
}

/** POSTs the message once. */
async function post(part: Part, parcel: Parcel, url: URL, insecureEndpoints: boolean): Promise<number> {
  const { engine, participant } = part;
  const { message, row } = parcel;
  const { outgoing } = await sealed(part, parcel);
  const body = writeEnvelope(participant.party, outgoing.record.body);
  const { notAfter } = outgoing;
  if (notAfter !== undefined && notAfter <= Date.now())
    return told(1, `${row.name} ${message.messageId}: not sent, it expired at ${time(notAfter)}`);
  const once = 'POSTed once, and kept nowhere';
  try {
    const { status, text } = await engine.transport({
      url,
      headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(body.length) },
      body,
      signal: AbortSignal.timeout(engine.timing.deliverMsMax),
      insecureEndpoints,
      credentials: true,
    });
    const isDelivered = classify(status, false, text) === 'delivered';
    return told(
      isDelivered ? 0 : 1,
      `${row.name} ${message.messageId}: HTTP ${status} (${once})${text === '' ? '' : `\n${visible(text)}`}`,
    );
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return told(1, `${row.name} ${message.messageId}: ${visible(inOurWords(`${error}${cause}`))} (${once})`);
  }
}
