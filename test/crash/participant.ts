/**
 * @module A participant in a process of its own, which may be killed at any moment: settings in, as JSON in its first
 * argument. The DSO sends FlexRequests; the AGR answers each, and makes a FlexOffer for it.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { type AgrHandlers, agr, type DsoHandlers, dso } from '../../generated/3.1.0/index.ts';
import { nodeTransport, serve } from '../../runtime/node.ts';
import type { Party } from '../../runtime/roles.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { createService } from '../../runtime/service.ts';
import { flexOffer, flexRequest } from '../flow/drafts.ts';
import { path } from '../support/participants.ts';
import { type Effect, openStorage } from './storage.ts';
import type { Ask, Settings, Tell } from './words.ts';

/** How long after a FlexRequest that could not be stored the next one is asked for. */
const failedMs = 200;

const { role, domain, key, port, place, partner }: Settings = JSON.parse(process.argv[2] ?? '');
const storage = await openStorage(place);
const { store } = storage;
const expirationDateTime = new Date(Date.now() + 86_400_000).toISOString();

/** Notes what a handler has done, in the transaction that it is given. */
function note(context: { onCommit(effect: (tx: unknown) => void | Promise<void>): void }, effect: Effect) {
  context.onCommit((tx) => storage.write(tx, effect));
}

const agrHandlers: AgrHandlers = {
  async processFlexRequest(request, context) {
    note(context, { kind: 'FlexRequest', id: request.messageId });
    const { congestionPoint, conversationId, messageId } = request;
    const answer = { congestionPoint, conversationId, flexRequestMessageId: messageId };
    const draft = { ...flexOffer, ...answer, expirationDateTime };
    await context.dsoClient(context.sender.domain).sendFlexOffer(draft);
  },
  processFlexOfferResponse() {},
};
const dsoHandlers: DsoHandlers = {
  processFlexRequestResponse: (response, context) =>
    note(context, { kind: 'FlexRequestResponse', id: response.flexRequestMessageId }),
  processFlexOffer: (offer, context) =>
    note(context, { kind: 'FlexOffer', id: offer.flexRequestMessageId ?? 'none' }),
};

let asked = 0;
/**
 * The partner's next node. The addresses differ in what follows the path, which nobody reads: an endpoint that fails is
 * spared for up to a minute, in which processes would be killed that have nothing to do.
 */
const endpoint = (): string => {
  asked += 1;
  return `http://127.0.0.1:${partner.ports[asked % partner.ports.length]}${path}?${asked % 1_000}`;
};
const isPartner = (party: Party): boolean => party.role === partner.role && party.domain === partner.domain;
const options = {
  ...{ domain, key, store, ed25519: nodeEd25519, transport: nodeTransport(), insecureEndpoints: true },
  lookup: {
    keys: (party: Party) => (isPartner(party) ? partner.key : undefined),
    endpoint: (party: Party) => (isPartner(party) ? endpoint() : undefined),
  },
  // Short times, so that what a killed process held is taken up soon, and a partner that is back is found.
  ...{ leaseMs: 2_000, deliverMsMax: 3_000, chance: () => 0.005 },
};
const requester =
  role === 'DSO' ? await createService(dso, { ...options, handlers: dsoHandlers }) : undefined;
const service = requester ?? (await createService(agr, { ...options, handlers: agrHandlers }));
const server = await serve(service, { port });

function tell(words: Tell): void {
  process.send?.(words);
}

async function send(messageId: string): Promise<void> {
  try {
    const draft = { ...flexRequest, messageId, conversationId: messageId, expirationDateTime };
    // Each has a history of its own, as messages for a day on one cable do.
    const congestionPoint = `ean.${BigInt(`0x${messageId.slice(-12)}`)
      .toString()
      .padStart(18, '0')}`;
    if (requester === undefined) throw new Error(`the ${role} sends no FlexRequests`);
    await requester.agrClient(partner.domain).sendFlexRequest({ ...draft, congestionPoint });
    tell({ tell: 'sent', messageId });
  } catch (error) {
    await pause(failedMs); // where the store is gone, not all of the load is to be spent on it
    tell({ tell: 'failed', messageId, why: String(error) });
  }
}

process.on('message', async (words: Ask) => {
  if (words.ask === 'send') await send(words.messageId);
  else if (words.ask === 'rest') {
    const nextDueAt = await store.nextDueAt([{ role, domain }]).catch(() => 0);
    tell({ tell: 'rest', ...(nextDueAt === undefined ? {} : { nextDueAt }) });
  } else {
    await server.stop();
    await store.close();
    process.disconnect();
  }
});
process.on('disconnect', () => process.exit()); // also where the test itself has been killed
tell({ tell: 'ready' });
