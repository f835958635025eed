/** @module An AGR that has sent one FlexOffer, to a DSO whose answers the test gives. */

import { type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { Store, StoredMessage } from '../../runtime/ports/store.ts';
import type { Sent } from '../../runtime/roles.ts';
import type { Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { type Answer, begin, type Given, openScene, type Scene } from '../support/participants.ts';
import { flexOffer } from './drafts.ts';

/** One POST that went out, and when, from the beginning of the scene. */
export interface Try {
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

export interface Offering {
  readonly scene: Scene;
  readonly store: Store<MemoryTx>;
  readonly service: Service<AgrKind>;
  readonly tries: Try[];
  /** Sends another FlexOffer, in a conversation of its own. */
  send(): Promise<Sent>;
  /** The first FlexOffer, as the store has it. */
  record(): Promise<StoredMessage>;
}

/** @param answers one for each attempt; the last one stays */
export async function open(
  answers: readonly (Answer | Error)[],
  given: Given<AgrKind> = {},
): Promise<Offering> {
  const scene = openScene();
  await scene.outsider('DSO');
  const store = memory();
  const service = await scene.join(agr, { store, ...given });
  const tries: Try[] = [];
  scene.disturb = ({ url, body }) => {
    const answer = answers[Math.min(tries.length, answers.length - 1)];
    tries.push({ url: url.href, bytes: body, at: scene.clock.now() - begin });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const send = () =>
    service
      .dsoClient('dso.example')
      .sendFlexOffer({ ...flexOffer, expirationDateTime: '2026-04-01T00:00:00Z' });
  await send();
  const record = async (): Promise<StoredMessage> => {
    const [message] = (await service.messages({ type: 'FlexOffer' })).messages;
    if (message === undefined) throw new Error('nothing is stored');
    return message;
  };
  return { scene, store, service, tries, send, record };
}
