/** @module A DSO and an AGR on real sockets with something faulty between them; FlexRequests in, what became of each out. */

import { agr, type DsoKind, dso } from '../../generated/3.1.0/index.ts';
import { serve } from '../../runtime/node.ts';
import type { Lookup } from '../../runtime/ports/lookup.ts';
import type { ServiceEvent } from '../../runtime/ports/observer.ts';
import type { Store, StoredMessage } from '../../runtime/ports/store.ts';
import type { Transport } from '../../runtime/ports/transport.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { createService, type Service } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { type ManualClock, manualClock } from '../../runtime/testing.ts';
import { flexRequest } from '../flow/drafts.ts';
import { begin, hour, parties, path } from '../support/participants.ts';
import type { Disturbance } from './disturbance.ts';

const deliverMsMax = 30_000;
/** How long it is worked on: longer than a message is tried. */
const simulatedMsMax = 100 * hour;

/** What came of the messages of one exchange. */
export interface Outcome {
  /** The DSO's FlexRequests with their attempts. */
  readonly sent: readonly StoredMessage[];
  /** What the AGR's handler wrote in its transactions: the MessageID of each FlexRequest. */
  readonly effects: readonly string[];
  /** What the DSO's handler wrote: the MessageID of each FlexRequest that was answered. */
  readonly answers: readonly string[];
  /** What the DSO was told. */
  readonly events: readonly ServiceEvent[];
  /** POSTs that the DSO began. */
  readonly posts: number;
  /** How many attempts were disturbed. */
  readonly disturbed: number;
}

/** Sends so many FlexRequests by a transport through a disturbance, and works until nothing is left to do. */
export async function exchange(
  transport: Transport,
  disturb: Disturbance,
  messages: number,
): Promise<Outcome> {
  const clock = manualClock(begin);
  const events: ServiceEvent[] = [];
  const posts = watched(transport);
  const { sender, receiver, stores, origins, stop } = await open(clock, posts.transport, events);
  const between = await disturb(origins.AGR(), clock);
  origins.AGR = () => between.origin();
  try {
    const client = sender.agrClient(parties.AGR.domain);
    const expirationDateTime = new Date(begin + 2 * simulatedMsMax).toISOString();
    for (let i = 0; i < messages; i++) await client.sendFlexRequest({ ...flexRequest, expirationDateTime });
    const isStuck = (): boolean => posts.underWay > 0 && between.held() - posts.aborted === posts.underWay;
    const until = clock.now() + simulatedMsMax;
    for (let next: number | undefined = clock.now(); next !== undefined && next < until; ) {
      clock.advance(Math.max(0, next - clock.now()));
      await moving(clock, isStuck, sender.drain());
      await receiver.drain();
      next = (await moving(clock, isStuck, sender.drain())).nextDueAt;
    }
    const [effects, answers] = [await written(stores.AGR), await written(stores.DSO)];
    const disturbed = between.disturbed(posts.urls);
    return { sent: await allOf(sender), effects, answers, events, posts: posts.urls.length, disturbed };
  } finally {
    await between.close();
    await stop();
  }
}

/** Starts both services. Each is reached at the origin that `origins` gives at the moment. */
async function open(clock: ManualClock, transport: Transport, events: ServiceEvent[]) {
  const keys = { DSO: await generateKeys(nodeEd25519), AGR: await generateKeys(nodeEd25519) };
  const stores = { DSO: memory(), AGR: memory() };
  const origins: Record<keyof typeof keys, () => string> = { AGR: () => '', DSO: () => '' };
  const lookup: Lookup = {
    keys: ({ role }) => (role === 'CRO' ? undefined : keys[role].publicKey),
    endpoint: ({ role }) => (role === 'CRO' ? undefined : `${origins[role]()}${path}`),
  };
  const common = { lookup, clock, ed25519: nodeEd25519, insecureEndpoints: true, chance: () => 0.5 };
  const receiver = await createService(agr, {
    ...{ ...common, domain: parties.AGR.domain, key: keys.AGR.privateKey, store: stores.AGR },
    observe: () => {},
    handlers: {
      processFlexRequest: ({ messageId }, { onCommit }) => onCommit((tx) => write(tx, messageId)),
    },
  });
  const sender = await createService(dso, {
    ...{ ...common, domain: parties.DSO.domain, key: keys.DSO.privateKey, store: stores.DSO },
    ...{ transport, deliverMsMax, observe: (event: ServiceEvent) => void events.push(event) },
    handlers: {
      processFlexRequestResponse: ({ flexRequestMessageId }, { onCommit }) =>
        onCommit((tx) => write(tx, flexRequestMessageId)),
    },
  });
  // Their workers do not run: what is due is worked on by hand, so that nothing depends on when.
  const atRest = { start: () => {} };
  const servers = {
    AGR: await serve({ ...receiver, ...atRest }, { port: 0 }),
    DSO: await serve({ ...sender, ...atRest }, { port: 0 }),
  };
  origins.AGR = () => servers.AGR.url;
  origins.DSO = () => servers.DSO.url;
  const stop = async (): Promise<void> => {
    await Promise.all([servers.AGR.stop(), servers.DSO.stop()]);
  };
  return { sender, receiver, stores, origins, stop };
}

/** Adds to what a service's handlers have written. */
function write(tx: MemoryTx, text: string): void {
  tx.set('written', [...((tx.get('written') as readonly string[] | undefined) ?? []), text]);
}

/** What a service's handlers have written and the store has kept. */
async function written(store: Store<MemoryTx>): Promise<readonly string[]> {
  let texts: unknown;
  await store.commit({
    inside: (tx) => {
      texts = tx.get('written');
    },
  });
  return (texts as readonly string[] | undefined) ?? [];
}

async function allOf(service: Service<DsoKind>): Promise<readonly StoredMessage[]> {
  const all: StoredMessage[] = [];
  for (let next: { after?: string } | undefined = {}; next !== undefined; ) {
    const page = await service.messages({ type: 'FlexRequest', ...next });
    all.push(...page.messages);
    next = page.next === undefined ? undefined : { after: page.next };
  }
  return all;
}

/** A transport that counts. */
function watched(transport: Transport) {
  const urls: URL[] = [];
  const counts = { ended: 0, aborted: 0 };
  return {
    /** Where each POST went. */
    urls,
    get underWay() {
      return urls.length - counts.ended;
    },
    /** POSTs that were given up before an answer came. */
    get aborted() {
      return counts.aborted;
    },
    async transport(request: Parameters<Transport>[0]) {
      urls.push(request.url);
      try {
        return await transport(request);
      } catch (error) {
        if (request.signal.aborted) counts.aborted += 1;
        throw error;
      } finally {
        counts.ended += 1;
      }
    },
  };
}

/** Waits for work. Where all that is under way gets no answer, the time passes after which it is given up. */
async function moving<T>(clock: ManualClock, isStuck: () => boolean, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  work.then(end, end);
  while (!ended) {
    await new Promise((resolve) => setImmediate(resolve));
    if (isStuck()) clock.advance(deliverMsMax);
  }
  return work;
}
