/** @module An AGR that is asked over HTTP, and the check that a response is the refusal that it should be. */

import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { Service } from '../../runtime/service.ts';
import { type Given, type Outsider, openScene, type Scene } from '../support/participants.ts';
import { assert } from '../support/suite.ts';

/** What the body of every refusal is, whatever was behind it. */
export const titles: Readonly<Record<string, readonly [status: number, title: string]>> = {
  'method-not-allowed': [405, 'This endpoint takes POST only.'],
  'length-required': [411, 'A Content-Length header is required.'],
  'body-too-large': [413, 'The body is larger than this endpoint takes.'],
  'body-too-slow': [408, 'The body did not arrive in time.'],
  'content-type': [400, 'The content type must be text/xml or application/xml in UTF-8.'],
  'envelope-invalid': [400, 'The body is not a valid SignedMessage.'],
  'key-unknown': [419, 'No key of the sender could be found.'],
  'signature-invalid': [401, 'The signature does not hold.'],
  'message-invalid': [400, 'The signed message is not valid.'],
  'too-many-requests': [429, 'Too many requests are in progress.'],
  'rate-exceeded': [429, 'Too many requests came within a minute.'],
  'handler-failed': [500, 'The message could not be processed.'],
  internal: [500, 'The message could not be processed.'],
  'decision-timeout': [503, 'The message cannot be taken now; send it again later.'],
  'store-unavailable': [503, 'The message cannot be taken now; send it again later.'],
  conflict: [503, 'The message cannot be taken now; send it again later.'],
  stopping: [503, 'The message cannot be taken now; send it again later.'],
};

/** Checks that a response is the refusal of that code, and says no more than it. */
export async function refused(response: Response, code: string): Promise<void> {
  const [status, title] = titles[code] ?? [];
  const text = await response.text();
  assert.equal(text === '' ? undefined : JSON.parse(text), { title, status, code });
  assert.is(response.status, status);
  assert.is(response.headers.get('content-type'), 'application/problem+json');
  const temporary = status === 503 || status === 429;
  const seconds = code === 'rate-exceeded' ? '60' : '5';
  assert.is(response.headers.get('retry-after'), temporary ? seconds : null);
}

/** An AGR, and a DSO that can seal anything for it. */
export async function open(
  given: Given<AgrKind> = {},
): Promise<{ scene: Scene; outsider: Outsider; service: Service<AgrKind> }> {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { handlers: { processFlexRequest() {} }, ...given });
  return { scene, outsider, service };
}
