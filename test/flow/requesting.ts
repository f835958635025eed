/** @module A DSO that sends requests and is told of what becomes of them, and an AGR that only exists. */

import { type DsoKind, dso } from '../../generated/3.1.0/index.ts';
import type { Store } from '../../runtime/ports/store.ts';
import type { Message, Party } from '../../runtime/roles.ts';
import type { Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { type Given, openScene, type Scene } from '../support/participants.ts';
import { payload } from './drafts.ts';

export interface Requesting {
  readonly scene: Scene;
  readonly store: Store<MemoryTx>;
  readonly service: Service<DsoKind>;
  readonly client: ReturnType<Service<DsoKind>['agrClient']>;
  /** A line for each call of `onExpired`, `onUndeliverable` and `onConflict`. */
  readonly told: string[];
  /** An accepting response of the AGR, unless `more` says otherwise. */
  answer(
    request: { readonly messageId: string; readonly conversationId: string },
    more?: object,
  ): Promise<Uint8Array>;
}

export async function open(given: Given<DsoKind> = {}): Promise<Requesting> {
  const scene = openScene();
  const outsider = await scene.outsider('AGR');
  const told: string[] = [];
  const note = (what: string) => (message: Message, party: Party) => {
    told.push(`${what} ${message.$type} ${message.messageId} ${party.role} ${party.domain}`);
  };
  const notices = {
    onExpired: note('expired'),
    onUndeliverable: note('undeliverable'),
    onConflict: note('conflict'),
  };
  const { store = memory() } = given;
  const service = await scene.join(dso, { ...notices, ...given, store });
  return {
    ...{ scene, store, service, told, client: service.agrClient('agr.example') },
    async answer({ messageId, conversationId }, more = {}) {
      const domains = { senderDomain: 'agr.example', recipientDomain: 'dso.example' };
      const said = { flexRequestMessageId: messageId, result: 'Accepted' };
      const timeStamp = new Date(scene.clock.now()).toISOString();
      return outsider.seal(
        payload('FlexRequestResponse', { conversationId, ...said, ...domains, timeStamp, ...more }),
      );
    },
  };
}
