/** @module Ten times more messages than a service takes: each is taken for good or refused, and memory stays bounded. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../runtime/node.ts';
import type { StoredMessage } from '../../runtime/ports/store.ts';
import { type Connection, openConnection } from '../bench/load.ts';
import { payload } from '../flow/drafts.ts';
import { assert, suite } from '../support/suite.ts';
import { head } from '../support/wire.ts';
import { startTarget, type Target } from './target.ts';

const test = suite('hostile: overload');
const folder = mkdtempSync(join(tmpdir(), 'uftp-overload-'));
test.after(() => rmSync(folder, { recursive: true }));

/** How many connections POST at the same time, to so few places. */
const connectionsMax = 400;
const requestsMax = 16;
const offersMax = 10_000;

/** A message that has not been taken yet. */
interface Offer {
  readonly messageId: string;
  readonly request: Buffer;
}

/** What came of the offers. */
interface Answered {
  /** MessageIDs of those that were answered with 200. */
  readonly taken: string[];
  /** How often each other status was answered. */
  readonly refused: Map<string, number>;
}

async function offerOf(target: Target): Promise<Offer> {
  const messageId = crypto.randomUUID();
  const timeStamp = new Date().toISOString();
  const body = await target.sealed(payload('FlexRequest', { messageId, timeStamp }));
  const text = head({ 'Content-Length': body.length, Connection: 'keep-alive' });
  return { messageId, request: Buffer.concat([Buffer.from(text), body]) };
}

/** Somebody who offers one message after another. */
class Client {
  readonly #open: () => Promise<Connection>;
  #connection: Connection | undefined;

  constructor({ url }: Target) {
    const { hostname, port } = new URL(url);
    this.#open = () => openConnection(hostname, Number(port));
  }

  /** Offers the next message. One that is refused goes behind all others. */
  async offer(offers: Offer[], { taken, refused }: Answered): Promise<void> {
    const next = offers.shift();
    if (next === undefined) throw new Error('all have been taken');
    const status = (await this.#send(next.request))?.slice(9, 12) ?? 'closed';
    if (status === '200') taken.push(next.messageId);
    else {
      refused.set(status, (refused.get(status) ?? 0) + 1);
      offers.push(next);
    }
  }

  end(): void {
    this.#connection?.end();
  }

  /** By the connection that it has, or by another where the server has closed that one, which was idle. */
  async #send(request: Buffer): Promise<string | undefined> {
    const answer = await this.#connection?.send(request);
    if (answer !== undefined) return answer;
    this.#connection = await this.#open();
    return this.#connection.send(request);
  }
}

/** MessageIDs of all that was received. */
async function receivedIn(file: string): Promise<readonly string[]> {
  const store = await sqlite(file);
  const all: StoredMessage[] = [];
  for (let next: { after?: string } | undefined = {}; next !== undefined; ) {
    const page = await store.list({ direction: 'in', ...next });
    all.push(...page.messages);
    next = page.next === undefined ? undefined : { after: page.next };
  }
  await store.close();
  return all.map(({ messageId }) => messageId);
}

test('of ten times as many messages as a service takes each is answered 200 and kept, or 429 or 503; memory stays', async () => {
  const file = join(folder, 'store.sqlite');
  const target = await startTarget({ file, requestsMax });
  const offers = await Promise.all(Array.from({ length: 2_000 }, () => offerOf(target)));
  const answered: Answered = { taken: [], refused: new Map() };
  const clients = Array.from({ length: connectionsMax }, () => new Client(target));
  // A few at a time at first: a server that is busy is slow to accept connections.
  for (let i = 0; i < connectionsMax; i += 8)
    await Promise.all(clients.slice(i, i + 8).map((client) => client.offer(offers, answered)));
  assert.is(answered.taken.length, connectionsMax);
  const before = await target.ask('rssBytes');
  let left = offersMax;
  const offerAll = async (client: Client): Promise<void> => {
    for (; left > 0; left--) await client.offer(offers, answered);
    client.end();
  };
  await Promise.all(clients.map(offerAll));
  const grown = (await target.ask('rssBytes')) - before;
  await target.stop();
  const taken = answered.taken.length - connectionsMax;
  assert.ok(taken > 0 && 10 * taken < offersMax, `${taken} were taken`);
  assert.equal(
    [...answered.refused.keys()].filter((status) => status !== '429' && status !== '503'),
    [],
  );
  const kept = new Set(await receivedIn(file));
  assert.equal(
    answered.taken.filter((messageId) => !kept.has(messageId)),
    [],
  );
  assert.ok(grown < 100_000_000, `${grown} bytes`);
});
