/** @module Delivers one message from the outbox: looks up the endpoint, POSTs the stored bytes, and ends the lease by the answer. */

import type { Attempt, Lease, Outcome, Work } from '../ports/store.ts';
import type { TransportResponse } from '../ports/transport.ts';
import { writeEnvelope } from '../seal/envelope.ts';
import { backoff, giveUpAt } from './backoff.ts';
import { classify, isDelivered, isOverloaded, retryAfterMs } from './classify.ts';
import { checkedEndpoint } from './endpoint.ts';
import { type Engine, lookupMsMax, type Participant, participantOf, tell } from './engine.ts';
import { gatesOf, type Through, type Went } from './gates.ts';
import { partyText } from './records.ts';
import type { Stop } from './stop.ts';
import { within } from './within.ts';
import { expiryAnew, undeliverableWork } from './work.ts';

const redirectsMax = 2;
/** How the gate of a look-up is named; that of an endpoint is its URL. */
const lookUpOf = 'look-up of ';

/** What an attempt came to. */
interface Tried {
  readonly meaning: 'delivered' | 'temporary' | 'permanent';
  readonly attempt: Attempt;
  /** The pause that the partner asked for. */
  readonly pauseMs?: number;
}

/**
 * Tries a leased message once and ends the lease, or puts it off where its partner fails, or is busy with others.
 *
 * @param stop said when nothing may take any longer
 */
export async function deliverLease(engine: Engine, lease: Lease, stop: Stop): Promise<void> {
  const gates = gatesOf(engine);
  const partner = partyText(lease.message.partner);
  const known = gates.endpoints.get(partner);
  const whyShut = known === undefined ? undefined : gates.whyShut(known);
  if (known !== undefined && whyShut !== undefined) {
    // While an endpoint is shut, nobody is asked where it is: the answer would say nothing of how it is.
    const late = tooLate(engine, lease, whyShut);
    return late === undefined
      ? gates.putOff(known, lease)
      : end(engine, lease, { end: 'dead', attempt: late });
  }
  const found = await stage(engine, lease, lookUpOf + partner, (held) => lookUp(engine, held, stop));
  if (found === undefined) return;
  const { url } = found;
  gates.endpoints.set(partner, url.href);
  await stage(engine, found.lease, url.href, (held) => post(engine, held, url, stop));
}

/** Goes through one gate. @returns undefined where the lease has ended, or was put off */
async function stage(
  engine: Engine,
  lease: Lease,
  gate: string,
  work: (held: Lease) => Promise<Went<URL | Tried>>,
): Promise<{ readonly url: URL; readonly lease: Lease } | undefined> {
  const gates = gatesOf(engine);
  const late = tooLate(engine, lease, gates.whyShut(gate));
  if (late !== undefined) {
    await end(engine, lease, { end: 'dead', attempt: late });
    return undefined;
  }
  const through = await gates.pass(gate, lease, work, gate.startsWith(lookUpOf));
  if (through === undefined) return undefined;
  if (through.value instanceof URL) return { url: through.value, lease: through.lease };
  await end(engine, through.lease, outcomeOf(engine, through, through.value));
  return undefined;
}

/** The last word on a message that is not to be tried any more. */
function tooLate(engine: Engine, lease: Lease, whyShut: string | undefined): Attempt | undefined {
  const at = engine.clock.now();
  const isOver = whyShut !== undefined && at >= giveUpAt(engine, lease);
  if (!isExpired(engine, lease) && !isOver) return undefined;
  const what = isExpired(engine, lease) ? 'expired' : `not delivered in time: ${whyShut}`;
  return lease.message.attempts.some((one) => one.ambiguous) || hasLost(engine, lease)
    ? { at, text: `${what}; an earlier attempt may have arrived`, ambiguous: true }
    : { at, text: what };
}

/** Attempts whose ends are stored, since it was queued; of a clock that was set back since, all. */
function told({ clock }: Engine, { firstDueAt, message: { attempts } }: Lease): number {
  return firstDueAt > clock.now() ? attempts.length : attempts.filter(({ at }) => at >= firstDueAt).length;
}

/** True where an attempt ended without a word: its process was killed, or the store failed when it was to be told. */
function hasLost(engine: Engine, lease: Lease): boolean {
  return lease.behind !== true && lease.attempt - 1 > told(engine, lease);
}

function isExpired(engine: Engine, { behind, notAfter }: Lease): boolean {
  return behind === true || (notAfter !== undefined && engine.clock.now() >= notAfter);
}

function outcomeOf(engine: Engine, through: Through<unknown>, tried: Tried): Outcome {
  const { lease } = through;
  const { attempt } = tried;
  if (tried.meaning === 'delivered') return { end: 'done', attempt };
  const now = engine.clock.now();
  if (tried.meaning === 'permanent' || now >= giveUpAt(engine, lease)) return { end: 'dead', attempt };
  // What stands behind a gate backs off as a whole; else this message does, and so its conversation.
  const pause = through.openAt === undefined ? backoff(told(engine, lease) + 1, engine.chance) : 1;
  const next = Math.max(now + pause, now + (tried.pauseMs ?? 0), through.openAt ?? 0);
  // No later than its end, so that it does not hold up what waits behind it for nothing.
  return { end: 'retry', attempt, dueAt: Math.min(next, giveUpAt(engine, lease), lease.notAfter ?? next) };
}

async function end(engine: Engine, lease: Lease, outcome: Outcome): Promise<void> {
  const { message } = lease;
  const participant = participantOf(engine, message.participant);
  const { status } = await engine.store.commit({
    finish: { lease, outcome },
    work: participant === undefined ? [] : workAfter(engine, participant, lease, outcome),
  });
  if (status !== 'committed') return; // the lease was lost: whoever has it now will tell
  const whose = {
    participant: message.participant,
    recipient: message.partner,
    type: message.type,
    messageId: message.messageId,
  };
  if (outcome.end === 'done') tell(engine, { event: 'delivered', ...whose });
  else if (outcome.end === 'retry')
    tell(engine, { event: 'retrying', ...whose, attempt: outcome.attempt, dueAt: outcome.dueAt });
  else tell(engine, { event: 'undeliverable', ...whose, attempt: outcome.attempt });
}

function workAfter(
  engine: Engine,
  participant: Participant,
  lease: Lease,
  { end }: Outcome,
): readonly Work[] {
  if (end === 'dead') return undeliverableWork(engine, participant.notices, lease);
  return end === 'done' ? expiryAnew(engine, participant, lease) : [];
}

async function lookUp(engine: Engine, lease: Lease, stop: Stop): Promise<Went<URL | Tried>> {
  const recipient = lease.message.partner;
  const whose = `endpoint of ${recipient.role} ${recipient.domain}`;
  try {
    const found = await within(
      engine.clock,
      lookupMsMax,
      () => engine.lookup.endpoint(recipient),
      () => new Error(`no ${whose} within ${lookupMsMax} ms`),
      stop,
    );
    if (found === undefined) throw new Error(`no ${whose} is known`);
    return {
      value: checkedEndpoint(found instanceof URL ? found : new URL(found), engine.insecureEndpoints),
    };
  } catch (cause) {
    const text = reason(cause);
    return { value: { meaning: 'temporary', attempt: { at: engine.clock.now(), text } }, failure: { text } };
  }
}

async function post(engine: Engine, lease: Lease, url: URL, stop: Stop): Promise<Went<URL | Tried>> {
  const { clock, timing } = engine;
  const began = clock.now();
  // What is not answered by its end is not delivered after it either.
  const left = (lease.notAfter ?? Number.POSITIVE_INFINITY) - began;
  const msMax = Math.min(timing.deliverMsMax, left);
  const progress: Progress = { unanswered: false };
  try {
    return await within(
      clock,
      msMax,
      ({ signal }) => exchange(engine, lease, url, progress, signal),
      () => new Error(`no answer within ${msMax} ms`),
      stop,
    );
  } catch (cause) {
    const text = reason(cause);
    const { unanswered } = progress;
    const ambiguous = unanswered && (cause as { readonly unsent?: unknown } | undefined)?.unsent !== true;
    const attempt = { at: clock.now(), text, ...(ambiguous ? { ambiguous } : {}) };
    const value = { meaning: 'temporary', attempt } as const;
    if (!unanswered) return { value };
    // Who has not answered for half of the time that there is for an answer is slow, whatever message it was.
    const isCutOff = isExpired(engine, lease) && clock.now() - began < timing.deliverMsMax / 2;
    return isCutOff ? { value, isCutOff } : { value, failure: { text } };
  }
}

/** How far an attempt has come. */
interface Progress {
  /** True while a POST is out: where nothing more is heard of it, it may have arrived. */
  unanswered: boolean;
}

/** POSTs the message, and again where it is redirected. @throws where that is not possible now */
async function exchange(
  engine: Engine,
  lease: Lease,
  first: URL,
  progress: Progress,
  signal: AbortSignal,
): Promise<Went<Tried>> {
  const { message } = lease;
  const body = writeEnvelope(message.participant, message.body);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const late = tooLate(engine, lease, undefined); // a binding order must not go out after its time
    if (late !== undefined) return { value: { meaning: 'permanent', attempt: late }, isCutOff: true };
    progress.unanswered = true;
    const response = await engine.transport({
      url,
      headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(body.length) },
      body,
      signal,
      insecureEndpoints: engine.insecureEndpoints,
      credentials: url.origin === first.origin,
    });
    progress.unanswered = false;
    const went = judge(engine, lease, response);
    if (went !== 'redirect') return went;
    if (redirects >= redirectsMax) throw new Error(`more than ${redirectsMax} redirects`);
    const location = response.header('location');
    if (location === undefined) throw new Error(`HTTP ${response.status} without Location`);
    url = checkedEndpoint(new URL(location, url), engine.insecureEndpoints);
  }
}

function judge(engine: Engine, lease: Lease, response: TransportResponse): Went<Tried> | 'redirect' {
  const { status } = response;
  const at = engine.clock.now();
  const meaning = meaningOf(engine, lease, response);
  if (meaning === 'redirect') return meaning;
  const text = `HTTP ${status}`;
  const pauseMs = retryAfterMs(response.header('retry-after'), at);
  const pause = pauseMs === undefined ? {} : { pauseMs };
  // A gateway may have passed it on, and a server may have failed when it was stored.
  const attempt = { at, status, text, ...(status >= 500 ? { ambiguous: true } : {}) };
  const value = { meaning, attempt, ...pause };
  return { value, ...(isOverloaded(status) ? { failure: { text, ...pause } } : {}) };
}

function meaningOf(
  engine: Engine,
  lease: Lease,
  { status, text }: TransportResponse,
): ReturnType<typeof classify> {
  const { firstDueAt, message } = lease;
  const mayHave = (one: Attempt): boolean => one.ambiguous === true || isDelivered(one.status ?? 0);
  const arrived = message.attempts.some(mayHave) || hasLost(engine, lease);
  const settings = participantOf(engine, message.participant)?.partner(message.partner);
  const unauthorizedUntil = firstDueAt + (settings?.unauthorizedRetryMs ?? 0);
  if (status === 401 && engine.clock.now() < unauthorizedUntil) return 'temporary';
  return classify(status, arrived, text);
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${inner}`;
}
