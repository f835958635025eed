/** @module Two nodes of one AGR, each with a connection of its own to one durable store, and a DSO that can seal anything for it. */

import { type AgrHandlers, type AgrKind, agr } from '../../generated/3.1.0/index.ts';
import type { StoredMessage } from '../../runtime/ports/store.ts';
import type { Service } from '../../runtime/service.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { type ManualClock, manualClock } from '../../runtime/testing.ts';
import { begin, type Given, type Outsider, openScene } from '../support/participants.ts';
import { openStorage, type Place, prepare, type Storage } from './storage.ts';

/** One of them. */
export interface Node {
  readonly service: Service<AgrKind>;
  readonly storage: Storage;
  /** Its own: a process that hangs has no time. */
  readonly clock: ManualClock;
}

/** Both, and the DSO. */
export interface Nodes {
  readonly place: Place;
  readonly nodes: readonly [Node, Node];
  readonly dso: Outsider;
  /** All messages of a conversation, in the order of their commits. */
  conversation(conversationId: string): Promise<readonly StoredMessage[]>;
  close(): Promise<void>;
}

/** @param handlersOf what the handlers of a node are, from its storage and its number, 0 or 1 */
export async function openNodes(
  place: Place,
  handlersOf: (storage: Storage, number: number) => AgrHandlers<unknown>,
): Promise<Nodes> {
  await prepare(place);
  const scene = openScene();
  const dso = await scene.outsider('DSO');
  const open = async (number: number): Promise<Node> => {
    const storage = await openStorage(place);
    const clock = manualClock(begin);
    const given = { store: storage.store, handlers: handlersOf(storage, number), clock };
    // The scene's services are typed for the memory store, which these have not.
    const service = await scene.join(
      agr,
      given as unknown as Given<AgrKind> & { store: Storage<MemoryTx>['store'] },
    );
    return { service, storage, clock };
  };
  const nodes = [await open(0), await open(1)] as const;
  return {
    place,
    nodes,
    dso,
    async conversation(conversationId) {
      const { messages } = await nodes[0].service.messages({ conversationId });
      return [...messages].sort((one, other) => one.place - other.place);
    },
    async close() {
      await Promise.all(nodes.map(({ storage }) => storage.store.close()));
    },
  };
}
