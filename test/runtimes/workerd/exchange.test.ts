/** @module An aggregator in workerd, in a Durable Object, trades with a grid operator on Node over HTTP. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dso, type FlexOffer } from '../../../generated/3.1.0/index.ts';
import { order, request } from '../../../runtime/cli/demo/messages.ts';
import { nextClockChange } from '../../../runtime/cli/demo/scenario.ts';
import { createService, type Server, serve } from '../../../runtime/node.ts';
import { accept, type Message } from '../../../runtime/roles.ts';
import { generateKeys } from '../../../runtime/seal/keys.ts';
import { memory } from '../../../runtime/store/memory/store.ts';
import { assert, suite } from '../../support/suite.ts';
import { runtimes } from '../install/install.ts';
import { bundle } from './bundle.ts';
import { type RunningWorker, startWorker, whyNot } from './start.ts';

const path = '/shapeshifter/api/v3/message';
const agrParty = { domain: 'agr.example', role: 'AGR' } as const;
const why = whyNot(await runtimes());
const { code } = await bundle('aggregator.worker.ts');
const day = nextClockChange(new Date());
const keys = { agr: await generateKeys(), dso: await generateKeys() };

const test = suite('worker: exchange'); // after all that is waited for

/** A grid operator, of whom each message that it gets can be waited for. */
async function gridOperator(endpoint: () => string, port = 0) {
  let delivered = (): void => {};
  const delivery = new Promise<void>((resolve) => {
    delivered = resolve;
  });
  const waiting: ((message: Message) => void)[] = [];
  const came: Message[] = [];
  const take = (message: Message): void => {
    const next = waiting.shift();
    if (next === undefined) came.push(message);
    else next(message);
  };
  const service = await createService(dso, {
    domain: 'dso.example',
    key: keys.dso.privateKey,
    store: memory(),
    insecureEndpoints: true,
    lookup: { keys: () => keys.agr.publicKey, endpoint },
    observe: ({ event }) => {
      if (event === 'delivered') delivered();
    },
    handlers: {
      processFlexRequestResponse: take,
      preProcessFlexOffer: () => accept(),
      processFlexOffer: take,
      processFlexOrderResponse: take,
    },
  });
  const server: Server = await serve(service, { port });
  const next = async <T extends Message>(): Promise<T> =>
    (came.shift() ?? (await new Promise<Message>((resolve) => waiting.push(resolve)))) as T;
  return { client: service.agrClient(agrParty.domain), delivery, next, server };
}

/** @param chance how long the aggregator waits before it tries again, from 0 to 1 */
function bindings(dsoUrl: string, chance = 0): Record<string, string> {
  const endpoint = `${dsoUrl}${path}`;
  const { agr, dso: operator } = keys;
  return {
    UFTP_KEY: agr.privateKey,
    DSO_KEY: operator.publicKey,
    DSO_ENDPOINT: endpoint,
    CHANCE: `${chance}`,
  };
}

async function ask<T>(worker: RunningWorker, what: string): Promise<T> {
  const response = await fetch(new URL(what, worker.url));
  if (!response.ok)
    throw new Error(`${what}: ${response.status} ${await response.text()}\n${worker.output()}`);
  return (await response.json()) as T;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

if (why !== undefined) test.skip('all', why);
else declare();

function declare(): void {
  test('a request is answered, offered on and ordered, with own writes and calls', async () => {
    let url = '';
    const operator = await gridOperator(() => `${url}${path.slice(1)}`);
    const worker = await startWorker(code, { bindings: bindings(operator.server.url) });
    url = worker.url;
    try {
      const { conversationId } = await operator.client.sendFlexRequest(request(day));
      const response = await operator.next();
      assert.is(response.$type, 'FlexRequestResponse');
      assert.is('result' in response && response.result, 'Accepted');
      const offer = await operator.next<FlexOffer>();
      assert.equal([offer.$type, offer.conversationId], ['FlexOffer', conversationId]);
      await operator.client.sendFlexOrder(order(offer));
      assert.is((await operator.next()).$type, 'FlexOrderResponse');
      assert.equal(await ask(worker, '/test'), 'TestMessageResponse');
      assert.equal(await ask(worker, '/orders'), [{ reference: `ORD-${day.period}` }]);
      const get = await fetch(new URL(path, worker.url));
      assert.is(get.status, 405);
    } finally {
      await worker.stop();
      await operator.server.stop();
    }
  });

  test('what was answered with 200 is worked on by alarm after the machine has failed', async () => {
    const storage = mkdtempSync(join(tmpdir(), 'uftp-objects-'));
    const port = await freePort();
    let url = '';
    const operator = await gridOperator(() => `${url}${path.slice(1)}`);
    // Nobody listens where the aggregator is told to answer.
    const first = await startWorker(code, { bindings: bindings(`http://127.0.0.1:${port}`), storage });
    url = first.url;
    let second: RunningWorker | undefined;
    try {
      await operator.client.sendFlexRequest(request(day));
      await operator.delivery;
      await first.kill();
      const late = await gridOperator(() => '', port);
      try {
        second = await startWorker(code, { bindings: bindings(late.server.url), storage });
        // Nothing asks anything of it: the alarm alone wakes it.
        assert.is((await late.next()).$type, 'FlexRequestResponse');
        assert.is((await late.next()).$type, 'FlexOffer');
      } finally {
        await late.server.stop();
      }
    } finally {
      await second?.stop();
      await operator.server.stop();
      rmSync(storage, { recursive: true, force: true });
    }
  });

  test('an alarm that was lost is set again by the cron trigger', async () => {
    const port = await freePort();
    let url = '';
    const operator = await gridOperator(() => `${url}${path.slice(1)}`);
    const worker = await startWorker(code, { bindings: bindings(`http://127.0.0.1:${port}`, 0.99) });
    url = worker.url;
    try {
      await operator.client.sendFlexRequest(request(day));
      await until(async () => ask<boolean>(worker, '/retries'));
      await ask(worker, '/lose-alarm');
      assert.is(await ask(worker, '/alarm'), null);
      const response = await fetch(new URL('/cdn-cgi/handler/scheduled', worker.url));
      assert.is(response.status, 200);
      await until(async () => (await ask<number | null>(worker, '/alarm')) !== null);
    } finally {
      await worker.stop();
      await operator.server.stop();
    }
  });

  test('a service that cannot be made answers 503 and says why on the console', async () => {
    const worker = await startWorker(code, { bindings: { ...bindings('http://127.0.0.1:1'), UFTP_KEY: '' } });
    try {
      const response = await fetch(new URL(path, worker.url), { method: 'POST', body: '<a/>' });
      assert.equal([response.status, response.headers.get('retry-after')], [503, '60']);
    } finally {
      await worker.stop();
    }
    assert.match(worker.output(), /the service cannot be made/);
    assert.match(worker.output(), /key: /);
  });
}

/** Asks again and again, a pause between, until the answer is yes. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
