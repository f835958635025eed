/** @module What the commands on a store are tried on: a store in; an AGR has traded on it, and stopped. */

import { agr, dso, type FlexRequest } from '../../generated/3.1.0/index.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { reject } from '../../runtime/roles.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { dPrognosis, flexOffer, flexRequest } from '../flow/drafts.ts';
import { openScene, type Scene } from '../support/participants.ts';

/** Seven messages of 2026-03-02, of which two are dead letters. */
export interface Traded {
  readonly scene: Scene;
  /** It has been answered: the conversation holds four messages. */
  readonly request: FlexRequest;
  /** MessageID of a D-Prognosis that other.example refused for good. */
  readonly barredId: string;
  /** MessageID of a FlexRequest that could not be processed. */
  readonly failedId: string;
}

/** An AGR that has answered a request, has a prognosis that was refused for good, and a message that it could not process. */
export async function trade(store: Store<MemoryTx>): Promise<Traded> {
  const scene = openScene();
  let request: FlexRequest | undefined;
  const grid = await scene.join(dso, {
    handlers: { preProcessFlexOffer: () => reject('Price out of range') },
  });
  const aggregator = await scene.join(agr, {
    store,
    processAttemptsMax: 1,
    handlers: {
      async processFlexRequest(asked, context) {
        if (asked.revision === 2n) throw new Error('no more');
        request = asked;
        const { messageId: flexRequestMessageId, conversationId } = asked;
        await context
          .dsoClient(context.sender.domain)
          .sendFlexOffer({ ...flexOffer, conversationId, flexRequestMessageId });
      },
    },
  });
  await scene.outsider('DSO', 'other.example');
  scene.disturb = ({ url }) => (url.hostname === 'other.example' ? { status: 400 } : undefined);
  const client = grid.agrClient('agr.example');
  await client.sendFlexRequest(flexRequest);
  await scene.drain();
  await scene.pass(1000);
  const failed = await client.sendFlexRequest({ ...flexRequest, revision: 2n });
  await scene.pass(1000);
  const barred = await aggregator.dsoClient('other.example').sendDPrognosis(dPrognosis);
  await scene.drain();
  await aggregator.stop();
  await store.close();
  if (request === undefined) throw new Error('no request came');
  return { scene, request, barredId: barred.messageId, failedId: failed.messageId };
}

/** The payload of a message as it went out. */
export function sentPayload({ scene }: Traded, messageId: string): Uint8Array {
  const post = scene.posts.find(({ message }) => message.messageId === messageId);
  if (post === undefined) throw new Error(`${messageId} was not sent`);
  return post.payload;
}
