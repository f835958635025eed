/** @module The faults of the wire, each with what it has to be taken for. */

import { type Disturbance, down, proxied } from './disturbance.ts';
import type { Answer, Fault } from './proxy.ts';
import { nobody, noCipher, plain, selfSigned } from './unreachable.ts';

/** A fault that the next attempt may overcome. */
export interface Temporary {
  readonly name: string;
  readonly disturb: Disturbance;
  /** The HTTP status that stands in the record; undefined where none came. */
  readonly status?: number;
  /** What the record says. */
  readonly text: RegExp;
  /** True where the receiver may have the message, or has it; false where it cannot. Default: nothing is said of it. */
  readonly ambiguous?: boolean;
  /** The pause that the answer asks for, in milliseconds. Default 0. */
  readonly pauseMsMin?: number;
  /** True where whoever learns of it waits: that few attempts are made is right. */
  readonly isKnown?: boolean;
  /** POSTs that one disturbed attempt makes. Default 1. */
  readonly posts?: number;
}

/** What fetch and node:http say of a connection that ends before there is an answer. */
const cut = /^(?:fetch failed|socket hang up|(?:read|write) E(?:CONNRESET|PIPE))/;
const noAnswer = /^no answer within 30000 ms$/;

function broken(name: string, fault: Fault, text: RegExp): Temporary {
  return { name, disturb: proxied(fault, 'every second'), text, ambiguous: true };
}

/** Nothing of the message goes out. */
function unsent(open: Parameters<typeof down>[0]) {
  return { disturb: down(open), isKnown: true, ambiguous: false };
}

function answered(status: number, headers: Answer['headers'] = {}, pauseMsMin = 0): Temporary {
  const named = Object.entries(headers).map(([name, value]) => `, ${name}: ${value}`);
  return {
    name: `HTTP ${status}${named.join('')}`,
    disturb: proxied({ passes: 'nothing', gives: { status, headers } }, 'every second'),
    status,
    text: new RegExp(`^HTTP ${status}$`),
    pauseMsMin,
    ...(status >= 500 ? { ambiguous: true } : {}),
  };
}

/** A gateway that fails when the service has taken the message. */
function afterwards(status: number): Temporary {
  const disturb = proxied({ passes: 'all', gives: { status } }, 'every second');
  return { ...answered(status), name: `HTTP ${status} from a gateway, behind which it was taken`, disturb };
}

const again = { status: 307, headers: { location: '/again' } };

/** All that is temporary. */
export const temporary: readonly Temporary[] = [
  { ...unsent(nobody), name: 'a connection that is refused', text: /ECONNREFUSED/ },
  broken('a connection that is reset before the body', { passes: 'nothing', gives: 'reset' }, cut),
  broken('a connection that is reset in the middle of the body', { passes: 'half', gives: 'reset' }, cut),
  broken('a connection that is reset after the 200 was written', { passes: 'all', gives: 'reset' }, cut),
  broken('an endpoint that hangs', { passes: 'nothing', gives: 'hang' }, noAnswer),
  broken('an endpoint that hangs once it has taken the message', { passes: 'all', gives: 'hang' }, noAnswer),
  broken('an answer at one byte a second', { passes: 'all', gives: 'trickle' }, noAnswer),
  { ...unsent(selfSigned), name: 'a certificate that nobody vouches for', text: /self-signed/ },
  { ...unsent(noCipher), name: 'TLS without a common cipher', text: /handshake failure/ },
  { ...unsent(plain), name: 'no TLS where there should be', text: /wrong version number|packet length/ },
  ...[404, 408, 419, 425, 500, 501, 502, 503, 504, 599].map((status) => answered(status)),
  ...[500, 502, 504].map(afterwards),
  answered(429),
  answered(429, { 'retry-after': '120' }, 120_000),
  answered(429, { 'retry-after': 'Mon, 02 Mar 2026 14:00:00 GMT' }),
  answered(503, { 'retry-after': '60' }, 60_000),
  ...[301, 302, 303].map((status) => answered(status, { location: '/elsewhere' })),
  {
    ...answered(307),
    name: 'HTTP 307 without Location',
    text: /^HTTP 307 without Location$/,
    status: undefined,
  },
  {
    name: 'redirects without end',
    disturb: proxied({ passes: 'nothing', gives: again }, 'every second', {
      passes: 'nothing',
      gives: again,
    }),
    text: /^more than 2 redirects$/,
    posts: 3,
  },
].map(({ status, ...fault }) => (status === undefined ? fault : { ...fault, status }));

/** Answers that another attempt would not change. */
export const permanent: readonly number[] = [400, 401, 403, 405, 410, 411, 413, 415, 422];

/** Redirects that are followed within the attempt. */
export const followed: readonly number[] = [307, 308];
