import { connect } from 'node:net';
import { Hono } from 'hono';
import { agr as agrOf3_0 } from '../../generated/3.0.0/index.ts';
import { agr, dso, type FlexOffer } from '../../generated/3.1.0/index.ts';
import { agr as agrOfNext } from '../../generated/next/index.ts';
import { createService, type Server, serve } from '../../runtime/node.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import { accept } from '../../runtime/roles.ts';
import { fetchTransport } from '../../runtime/transport/fetch.ts';
import { flexOffer, flexRequest, payload } from '../flow/drafts.ts';
import { gate, openScene, path, type Scene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { listenHttp } from './posting.ts';

const test = suite('service: node');

/** What a service on a real network has other than one of a scene. */
const real = { clock: systemClock, transport: fetchTransport, insecureEndpoints: true };
const now = (): string => new Date().toISOString();

function at(scene: Scene, party: string, server: Server): void {
  scene.endpoints.set(party, `${server.url}${path}`);
}

function postTo(server: Server, body: Uint8Array): Promise<Response> {
  const headers = { 'content-type': 'text/xml' };
  return fetch(`${server.url}${path}`, { method: 'POST', headers, body: body as Uint8Array<ArrayBuffer> });
}

test('two participants trade over HTTP, each with its worker', async () => {
  const scene = openScene();
  const offers: FlexOffer[] = [];
  const a = await scene.join(agr, {
    ...real,
    handlers: {
      async processFlexRequest({ messageId: flexRequestMessageId, conversationId }, context) {
        await context
          .dsoClient('dso.example')
          .sendFlexOffer({ ...flexOffer, flexRequestMessageId, conversationId, expirationDateTime: later });
      },
    },
  });
  const d = await scene.join(dso, {
    ...real,
    handlers: { processFlexOffer: (offer) => void offers.push(offer) },
  });
  const servers = [await serve(a, { port: 0 }), await serve(d, { port: 0 })] as const;
  const later = new Date(Date.now() + 3_600_000).toISOString();
  at(scene, 'AGR agr.example', servers[0]);
  at(scene, 'DSO dso.example', servers[1]);
  const draft = { ...flexRequest, expirationDateTime: later };
  const response = await d.agrClient('agr.example').sendFlexRequest(draft, { reply: true });
  assert.is(response.result, 'Accepted');
  await until(() => offers.length === 1);
  assert.is(offers[0]?.flexRequestMessageId, response.flexRequestMessageId);
  await until(() => scene.told('received').some(({ message }) => message.$type === 'FlexOfferResponse'));
  await Promise.all(servers.map((server) => server.stop()));
  assert.is(scene.told('retrying').length, 0);
});

test('stop answers what is under way, in whole, and takes nothing more', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const wait = gate();
  let begun = 0;
  const service = await scene.join(agr, {
    ...real,
    handlers: {
      preProcessFlexRequest: async () => {
        begun += 1;
        await wait.opened;
        return { decision: 'accept', fields: {} };
      },
    },
  });
  const server = await serve(service, { port: 0 });
  const responses = await Promise.all(
    ['ean.000000000001', 'ean.000000000002', 'ean.000000000003']
      .map((congestionPoint) => ({ timeStamp: now(), congestionPoint, conversationId: crypto.randomUUID() }))
      .map(async (own) => postTo(server, await outsider.seal(payload('FlexRequest', own))))
      .map(async (response) => ({ response })),
  );
  await until(() => begun === 3);
  let stopped = false;
  const stopping = server.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(stopped, false);
  wait.open();
  for (const { response } of responses) assert.is((await response).status, 200);
  await stopping;
  const refused = await postTo(server, new Uint8Array()).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(refused, Error);
});

test("a path of the server takes the place of the service's own", async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(agr, { ...real, handlers: { preProcessFlexRequest: () => accept() } });
  const server = await serve(service, { port: 0, path: '/uftp' });
  const body = await outsider.seal(payload('FlexRequest', { timeStamp: now() }));
  assert.is((await postTo({ ...server, url: `${server.url}/elsewhere` }, body)).status, 404);
  const init = {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: body as Uint8Array<ArrayBuffer>,
  };
  assert.is((await fetch(`${server.url}/uftp`, init)).status, 200);
  assert.is((await fetch(`${server.url}/uftp`)).status, 405);
  await server.stop();
});

test('stop waits for a request that came through an application of somebody else', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const wait = gate();
  let begun = false;
  const service = await scene.join(agr, {
    handlers: {
      preProcessFlexRequest: async () => {
        begun = true;
        await wait.opened;
        return accept();
      },
    },
  });
  const app = new Hono().route('/', service.app);
  const body = await outsider.seal(payload('FlexRequest'));
  const headers = { 'content-type': 'text/xml', 'content-length': String(body.length) };
  const response = app.request(path, { method: 'POST', headers, body: body as Uint8Array<ArrayBuffer> });
  await until(() => begun);
  let stopped = false;
  const stopping = service.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(stopped, false);
  wait.open();
  assert.is((await response).status, 200);
  await stopping;
});

test('stop waits for the handler that is running, whose work is kept', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const wait = gate();
  let running = false;
  const service = await scene.join(agr, {
    ...real,
    handlers: {
      async processFlexRequest() {
        running = true;
        await wait.opened;
      },
    },
  });
  const server = await serve(service, { port: 0 });
  await postTo(server, await outsider.seal(payload('FlexRequest', { timeStamp: now() })));
  await until(() => running);
  let stopped = false;
  const stopping = server.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(stopped, false);
  wait.open();
  await stopping;
  assert.is((await service.messages({ type: 'FlexRequest' })).messages[0]?.state, 'done');
});

test('a service that has been stopped cannot be served again, and no port is kept', async () => {
  const scene = openScene();
  const service = await scene.join(agr, real);
  const first = await serve(service, { port: 0 });
  await first.stop();
  await first.stop();
  const problem = await serve(service, { port: Number(new URL(first.url).port) }).then(() => '', String);
  assert.match(problem, /\[stopped\]/);
  const other = await serve(await scene.join(agr, real), { port: Number(new URL(first.url).port) });
  await other.stop();
});

test('a port that is in use is a clear error, and no worker is left behind', async () => {
  const scene = openScene();
  const [a, b] = [await scene.join(agr, real), await scene.join(dso, real)];
  const first = await serve(a, { port: 0 });
  const port = Number(new URL(first.url).port);
  const problem = await serve(b, { port }).then(() => '', String);
  assert.match(problem, new RegExp(`address already in use 127\\.0\\.0\\.1:${port}`));
  await first.stop();
  const second = await serve(b, { port });
  await second.stop();
});

test('an IPv6 host is written as URLs write it', async () => {
  const scene = openScene();
  const server = await serve(await scene.join(agr, real), { host: '::1', port: 0 });
  assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
  await server.stop();
});

test('over HTTP the status, the body and Allow are those of the app', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const server = await serve(await scene.join(agr, { ...real, limits: { bytesMax: 100_000 } }), { port: 0 });
  const get = await fetch(`${server.url}${path}`);
  assert.is(get.status, 405);
  assert.is(get.headers.get('allow'), 'POST');
  const large = await postTo(server, new Uint8Array(100_001));
  assert.is(large.status, 413);
  assert.is(((await large.json()) as { code: string }).code, 'body-too-large');
  const fine = await postTo(server, await outsider.seal(payload('TestMessage', { timeStamp: now() })));
  assert.is(fine.status, 200);
  await server.stop();
});

test('idle connections do not hold up a stop', async () => {
  const scene = openScene();
  const server = await serve(await scene.join(agr, real), { port: 0 });
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/`).then((one) => one.text())));
  const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
  await new Promise<void>((resolve) => silent.once('connect', resolve));
  silent.on('error', () => {});
  const begun = performance.now();
  await server.stop();
  assert.ok(performance.now() - begun < 1000);
  silent.destroy();
});

test("both released versions are understood by default, and the role's own where it is another", async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  for (const [role, understood] of [
    [agr, ['3.0.0', '3.1.0']],
    [agrOf3_0, ['3.0.0', '3.1.0']],
    [agrOfNext, ['3.0.0', '3.1.0', '4.0.0']],
  ] as const) {
    const { versions: _, ...options } = await scene.options(role as typeof agr);
    const service = await createService(role as typeof agr, options);
    for (const version of ['3.0.0', '3.1.0', '4.0.0']) {
      const text = new TextDecoder().decode(payload('TestMessage'));
      const received = await service.receive(await outsider.seal(text.replace('3.1.0', version)));
      assert.is(received.result === 'accepted', (understood as readonly string[]).includes(version), version);
    }
  }
});

test('messages leave by the transport of Node unless options name another', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const agents: (string | undefined)[] = [];
  const partner = await listenHttp(({ headers }, response) => {
    agents.push(headers['user-agent']);
    response.end();
  });
  scene.endpoints.set('DSO dso.example', `http://127.0.0.1:${partner.port}/`);
  for (const transport of [undefined, fetchTransport]) {
    const { versions: _, ...options } = await scene.options(agr, { insecureEndpoints: true });
    const service = await createService(agr, { ...options, transport } as typeof options);
    await service.receive(await outsider.seal(payload('FlexRequest')));
    await service.drain();
  }
  assert.equal(agents, [undefined, 'node']); // fetch tells who it is
  await partner.close();
});
