/** @module Delivers one message from the outbox: looks up the endpoint, POSTs the stored bytes, and ends the lease by the answer. */

import type { Attempt, Lease, Outcome } from '../ports/store.ts';
import type { TransportResponse } from '../ports/transport.ts';
import type { Party } from '../roles.ts';
import { writeEnvelope } from '../seal/envelope.ts';
import { backoff } from './backoff.ts';
import { classify, isDelivered, retryAfterMs } from './classify.ts';
import { checkedEndpoint } from './endpoint.ts';
import { type Engine, tell } from './engine.ts';
import { within } from './within.ts';

const redirectsMax = 2;

/** What an attempt came to. */
interface Tried {
  readonly meaning: 'delivered' | 'temporary' | 'permanent';
  readonly attempt: Attempt;
  readonly retryAfterMs?: number;
}

/** Tries a leased message once and ends the lease. */
export async function deliverLease(engine: Engine, lease: Lease): Promise<void> {
  const { message, notAfter } = lease;
  const tried: Tried =
    notAfter !== undefined && engine.clock.now() >= notAfter
      ? { meaning: 'permanent', attempt: expired(engine, lease) }
      : await attempt(engine, lease);
  const outcome = outcomeOf(engine, lease, tried);
  const { status } = await engine.store.commit({ finish: { lease, outcome } });
  if (status !== 'committed') return; // the lease was lost: whoever has it now will tell
  const told = {
    participant: message.participant,
    recipient: message.partner,
    type: message.type,
    messageId: message.messageId,
  };
  if (outcome.end === 'done') tell(engine, { event: 'delivered', ...told });
  else if (outcome.end === 'retry')
    tell(engine, { event: 'retrying', ...told, attempt: outcome.attempt, dueAt: outcome.dueAt });
  else tell(engine, { event: 'undeliverable', ...told, attempt: outcome.attempt });
}

function expired(engine: Engine, lease: Lease): Attempt {
  const ambiguous = lease.message.attempts.some((one) => one.ambiguous);
  return {
    at: engine.clock.now(),
    text: `expired${ambiguous ? '; an earlier attempt may have arrived' : ''}`,
    ...(ambiguous ? { ambiguous } : {}),
  };
}

function outcomeOf(engine: Engine, lease: Lease, tried: Tried): Outcome {
  const { attempt } = tried;
  if (tried.meaning === 'delivered') return { end: 'done', attempt };
  const now = engine.clock.now();
  const giveUpAt = lease.firstDueAt + engine.timing.retryWindowMs;
  if (tried.meaning === 'permanent' || now >= giveUpAt) return { end: 'dead', attempt };
  const pause = Math.max(backoff(lease.attempt, engine.chance), tried.retryAfterMs ?? 0);
  // No later than its end, so that it does not hold up what waits behind it for nothing.
  const dueAt = Math.min(now + pause, giveUpAt, lease.notAfter ?? giveUpAt);
  return { end: 'retry', attempt, dueAt };
}

async function attempt(engine: Engine, lease: Lease): Promise<Tried> {
  const { deliverMsMax } = engine.timing;
  const progress: Progress = { unanswered: false };
  try {
    return await within(
      engine.clock,
      deliverMsMax,
      ({ signal }) => exchange(engine, lease, progress, signal),
      () => new Error(`no answer within ${deliverMsMax} ms`),
    );
  } catch (cause) {
    return {
      meaning: 'temporary',
      attempt: {
        at: engine.clock.now(),
        text: reason(cause),
        ...(progress.unanswered ? { ambiguous: true } : {}),
      },
    };
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
  progress: Progress,
  signal: AbortSignal,
): Promise<Tried> {
  const { message } = lease;
  const body = writeEnvelope(message.participant, message.body);
  let url = await endpointOf(engine, message.partner);
  for (let redirects = 0; ; redirects++) {
    progress.unanswered = true;
    const response = await engine.transport({
      url,
      headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(body.length) },
      body,
      signal,
    });
    progress.unanswered = false;
    const tried = judge(engine, lease, response);
    if (tried !== 'redirect') return tried;
    if (redirects >= redirectsMax) throw new Error(`more than ${redirectsMax} redirects`);
    const location = response.header('location');
    if (location === undefined) throw new Error(`HTTP ${response.status} without Location`);
    url = checkedEndpoint(new URL(location, url), engine.insecureEndpoints);
  }
}

function judge(engine: Engine, lease: Lease, response: TransportResponse): Tried | 'redirect' {
  const { status, text } = response;
  const arrived = lease.message.attempts.some(
    (one) => one.ambiguous === true || isDelivered(one.status ?? 0),
  );
  const meaning = classify(status, arrived, text);
  if (meaning === 'redirect') return meaning;
  const pause = retryAfterMs(response.header('retry-after'), engine.clock.now());
  return {
    meaning,
    // A gateway may have passed it on, and a server may have failed when it was stored.
    attempt: {
      at: engine.clock.now(),
      status,
      text: `HTTP ${status}`,
      ...(status >= 500 ? { ambiguous: true } : {}),
    },
    ...(pause === undefined ? {} : { retryAfterMs: pause }),
  };
}

async function endpointOf(engine: Engine, recipient: Party): Promise<URL> {
  const found = await engine.lookup.endpoint(recipient);
  if (found === undefined) throw new Error(`no endpoint of ${recipient.role} ${recipient.domain} is known`);
  return checkedEndpoint(new URL(found), engine.insecureEndpoints);
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${inner}`;
}
