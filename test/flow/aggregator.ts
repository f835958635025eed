/** @module An AGR that does something with FlexRequests, and a DSO that can seal anything for it. */

import { type AgrHandlers, type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { StoredMessage } from '../../runtime/ports/store.ts';
import type { Service } from '../../runtime/service.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { type Given, openScene, type Post, type Scene } from '../support/participants.ts';
import { assert } from '../support/suite.ts';
import { payload } from './drafts.ts';

export type Process = NonNullable<AgrHandlers<MemoryTx>['processFlexRequest']>;

export interface Aggregator {
  readonly scene: Scene;
  readonly service: Service<AgrKind>;
  /** Receives a FlexRequest without processing it. @returns its MessageID */
  take(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  stored(messageId: string): Promise<StoredMessage | undefined>;
  /** What went out, without the responses to the requests. */
  sent(): readonly Post[];
}

export async function open(processFlexRequest: Process, given: Given<AgrKind> = {}): Promise<Aggregator> {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { handlers: { processFlexRequest }, ...given });
  return {
    scene,
    service,
    async take(fields = {}) {
      const messageId = crypto.randomUUID();
      const body = payload('FlexRequest', { messageId, ...fields });
      const { result } = await service.receive(await outsider.seal(body));
      assert.ok(result === 'accepted' || result === 'deferred');
      return messageId;
    },
    stored: async (messageId) => (await service.messages({ messageId })).messages[0],
    sent: () => scene.posts.filter(({ message }) => message.$type !== 'FlexRequestResponse'),
  };
}
