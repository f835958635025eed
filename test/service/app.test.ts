import { agr, dso } from '../../generated/3.1.0/index.ts';
import { createHost } from '../../runtime/host.ts';
import { accept } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { payload } from '../flow/drafts.ts';
import { gate, openScene, path, post, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open, refused, titles } from './refused.ts';

const test = suite('service: HTTP');

test('a message that is taken is answered 200 with an empty body', async () => {
  const { service, outsider } = await open();
  const response = await post(service, await outsider.seal(payload('FlexRequest')));
  assert.is(response.status, 200);
  assert.is(await response.text(), '');
});

test('other methods than POST are answered 405 with Allow (GET, PUT, DELETE, PATCH)', async () => {
  const { service } = await open();
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const response = await service.fetch(new Request(`https://service.example${path}`, { method }));
    assert.is(response.headers.get('allow'), 'POST');
    await refused(response, 'method-not-allowed');
  }
});

test('another path is not found', async () => {
  const { service, outsider } = await open();
  const envelope = await outsider.seal(payload('FlexRequest'));
  for (const other of ['/', '/shapeshifter/api/v4/message', `${path}/more`]) {
    assert.is((await post(service, envelope, {}, `https://service.example${other}`)).status, 404);
  }
});

test('the content type must be XML in UTF-8, which it is without a charset (rule 33)', async () => {
  const { service, outsider } = await open();
  const cases: readonly [type: string, taken: boolean][] = [
    ['text/xml', true],
    ['text/xml; charset=utf-8', true],
    ['text/xml;charset=UTF-8', true],
    ['text/xml; charset="utf-8"', true],
    ['application/xml', true],
    ['Application/XML; Charset=Utf-8;', true],
    ['text/xml; charset=iso-8859-1', false],
    ['text/xml; charset=utf-16', false],
    ['application/json', false],
    ['text/plain', false],
    ['text/xmlx', false],
    ['multipart/form-data; boundary=x', false],
    ['', false],
  ];
  for (const [type, taken] of cases) {
    const response = await post(service, await outsider.seal(payload('FlexRequest')), {
      'content-type': type,
    });
    if (taken) assert.is(response.status, 200, type);
    else await refused(response, 'content-type');
  }
});

test('a content type of 16 KiB of white space is refused in no time', async () => {
  const { service } = await open();
  const begun = performance.now();
  await refused(
    await post(service, 'x', { 'content-type': `text/xml${' '.repeat(16_000)}x` }),
    'content-type',
  );
  assert.ok(performance.now() - begun < 100);
});

test('a body without Content-Length is refused, unless the service takes chunked ones (rule 32)', async () => {
  for (const chunked of [false, true]) {
    const { service, outsider } = await open({ chunked });
    const body = new Blob([
      (await outsider.seal(payload('FlexRequest'))) as Uint8Array<ArrayBuffer>,
    ]).stream();
    const request = new Request(`https://service.example${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body,
      duplex: 'half',
    } as RequestInit);
    const response = await service.fetch(request);
    if (chunked) assert.is(response.status, 200);
    else await refused(response, 'length-required');
  }
});

test('a body over the limit is refused, by its header and by its bytes', async () => {
  const { service, outsider } = await open({ limits: { bytesMax: 2000 } });
  const small = await outsider.seal(payload('TestMessage'));
  const large = await outsider.seal(payload('FlexRequest', { serviceType: 'x'.repeat(3000) }));
  assert.is((await post(service, small)).status, 200);
  await refused(await post(service, small, { 'content-length': '2001' }), 'body-too-large');
  await refused(await post(service, large), 'body-too-large');
  await refused(await post(service, large, { 'content-length': '100' }), 'body-too-large');
});

test('a body that does not arrive in time is refused (30 s, or as the service says)', async () => {
  for (const [given, msMax, length] of [
    [{}, 30_000, 100],
    [{}, 30_000, 100_000],
    [{ bodyMsMax: 500 }, 500, 100],
  ] as const) {
    const { service, scene } = await open(given);
    let answered = false;
    const response = service.fetch(stalled('x'.repeat(length))).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    scene.clock.advance(msMax - 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.not.ok(answered);
    scene.clock.advance(1);
    await refused(await response, 'body-too-slow');
  }
});

test('a body that stalls gives its place to the next request when there is no other', async () => {
  const { service, outsider } = await open({ requestsMax: 2 });
  const first = service.fetch(stalled('a part'));
  const second = service.fetch(stalled('a part'));
  assert.is((await post(service, await outsider.seal(payload('TestMessage')))).status, 200);
  await refused(await first, 'too-many-requests');
  assert.is((await post(service, await outsider.seal(payload('TestMessage')))).status, 200);
  const state = await Promise.race([second, new Promise((resolve) => setImmediate(resolve, 'arriving'))]);
  assert.is(state, 'arriving');
});

test('bodies that stall take 64 MiB at most together; the oldest is given up', async () => {
  const { service, outsider } = await open();
  const most = 'x'.repeat(4 * 1024 * 1024);
  const stalls = Array.from({ length: 16 }, () => service.fetch(stalled(most)));
  const first = stalls[0] as Promise<Response>;
  await new Promise((resolve) => setImmediate(resolve));
  assert.is((await post(service, await outsider.seal(payload('TestMessage')))).status, 200);
  await refused(await first, 'too-many-requests');
  const others = await Promise.race([
    ...stalls.slice(1),
    new Promise((resolve) => setImmediate(resolve, 'arriving')),
  ]);
  assert.is(others, 'arriving');
});

test('a short body that was given up, and turns out longer than it said, takes nothing of the 64 MiB', async () => {
  const { service, outsider } = await open({ requestsMax: 1 });
  const good = await outsider.seal(payload('TestMessage'));
  const rest = new Uint8Array(4 * 1024 * 1024 - 100);
  for (let i = 0; i < 17; i++) {
    const wait = gate();
    let ended = false;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await wait.opened;
        controller.enqueue(rest);
        controller.close();
        ended = true;
      },
    });
    const headers = { 'content-type': 'text/xml', 'content-length': '100' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const late = service.fetch(new Request(`https://service.example${path}`, init));
    assert.is((await post(service, good)).status, 200);
    await refused(await late, 'too-many-requests');
    wait.open();
    await until(() => ended);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.is((await post(service, good)).status, 200);
});

/** A request of which a part arrives, and no more. */
function stalled(part: string): Request {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(part)),
  });
  return new Request(`https://service.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', 'content-length': String(part.length) },
    body,
    duplex: 'half',
  } as RequestInit);
}

// A short body is read at once, a long one as a stream.
for (const length of ['100', '100000']) {
  test(`a connection that breaks while a body of ${length} bytes is read is no fault of ours`, async () => {
    const { service } = await open();
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('connection reset')),
    });
    const response = await service.fetch(
      new Request(`https://service.example${path}`, {
        method: 'POST',
        headers: { 'content-type': 'text/xml', 'content-length': length },
        body: broken,
        duplex: 'half',
      } as RequestInit),
    );
    await refused(response, 'body-too-slow');
  });
}

test('what is no SignedMessage is refused (rule 35)', async () => {
  const { service, outsider } = await open();
  const good = new TextDecoder().decode(await outsider.seal(payload('TestMessage')));
  const cases: readonly [why: string, body: string][] = [
    ['empty', ''],
    ['no XML', 'hello'],
    ['not well-formed', good.replace('/>', '>')],
    ['another root', new TextDecoder().decode(payload('TestMessage'))],
    ['a DOCTYPE', good.replace('<SignedMessage', '<!DOCTYPE SignedMessage><SignedMessage')],
    ['no Body', good.replace(/ Body="[^"]*"/, '')],
    ['Body is no base64', good.replace(/ Body="[^"]*"/, ' Body="???"')],
    ['Body is a signature only', good.replace(/ Body="[^"]*"/, ` Body="${'A'.repeat(86)}=="`)],
    ['an unknown role', good.replace('"DSO"', '"BRP"')],
    ['a domain that is none', good.replace('dso.example', 'DSO EXAMPLE')],
    ['an unknown attribute', good.replace('<SignedMessage ', '<SignedMessage Extra="1" ')],
    ['text behind it', `${good}x`],
  ];
  for (const [why, body] of cases) {
    assert.not.equal(body, good, why);
    await refused(await post(service, body), 'envelope-invalid');
  }
});

test('more requests than requestsMax are answered 429 (rule 34)', async () => {
  const wait = gate();
  let begun = 0;
  const { service, outsider } = await open({
    requestsMax: 2,
    handlers: {
      preProcessFlexRequest() {
        begun += 1;
        return wait.opened.then(() => accept());
      },
    },
  });
  const points = ['ean.000000000001', 'ean.000000000002', 'ean.000000000003'];
  const envelopes = await Promise.all(
    points.map((congestionPoint) =>
      outsider.seal(payload('FlexRequest', { congestionPoint, conversationId: crypto.randomUUID() })),
    ),
  );
  const [first, second] = envelopes.slice(0, 2).map((one) => post(service, one));
  await until(() => begun === 2);
  await refused(await post(service, envelopes[2] ?? ''), 'too-many-requests');
  wait.open();
  assert.is((await first)?.status, 200);
  assert.is((await second)?.status, 200);
  assert.is((await post(service, envelopes[2] ?? '')).status, 200);
});

test('a service that stops answers 503, by HTTP and otherwise, and finishes what it has begun', async () => {
  const wait = gate();
  const { service, outsider } = await open({
    handlers: { preProcessFlexRequest: () => wait.opened.then(() => accept()) },
  });
  const first = post(service, await outsider.seal(payload('FlexRequest')));
  const second = await outsider.seal(payload('FlexRequest'));
  await new Promise((resolve) => setImmediate(resolve));
  let stopped = false;
  const stopping = service.stop().then(() => {
    stopped = true;
  });
  await refused(await post(service, second), 'stopping');
  const { status } = await service.receive(second);
  assert.is(status, 503);
  assert.is(stopped, false);
  wait.open();
  assert.is((await first).status, 200);
  await stopping;
  assert.is((await service.messages()).messages.length, 2); // the request and its reply
});

test('envelopes that came another way get the same verdicts, as values', async () => {
  const { service, outsider, scene } = await open();
  const envelope = await outsider.seal(payload('FlexRequest'));
  const taken = await service.receive(envelope);
  assert.is(taken.status, 200);
  assert.is(taken.result, 'accepted');
  const text = await service.receive(new TextDecoder().decode(await outsider.seal(payload('FlexRequest'))));
  assert.is(text.status, 200);
  const [status, title] = titles['envelope-invalid'] ?? [];
  const code = 'envelope-invalid';
  assert.equal(await service.receive('hello'), { status, result: 'refused', code, title });
  assert.is(scene.told('refused').length, 1);
});

test('the app can be mounted into another', async () => {
  const { service, outsider } = await open({ path: '/uftp/{major}' });
  const { Hono } = await import('hono');
  const outer = new Hono().route('/market', service.app);
  const body = (await outsider.seal(payload('TestMessage'))) as Uint8Array<ArrayBuffer>;
  const headers = { 'content-type': 'text/xml', 'content-length': String(body.length) };
  const response = await outer.fetch(
    new Request('https://x.example/market/uftp/3', { method: 'POST', headers, body }),
  );
  assert.is(response.status, 200);
});

test('a host answers for each path of its services', async () => {
  const scene = openScene();
  const store = memory();
  const outsider = await scene.outsider('DSO');
  const a = await scene.join(agr, { store, path: '/a' });
  const b = await scene.join(dso, { store, path: '/b', domain: 'grid.example' });
  const host = createHost([a, b]);
  const envelope = await outsider.seal(payload('TestMessage'));
  for (const [at, status] of [
    ['/a', 200],
    ['/b', 200],
    ['/c', 404],
  ] as const) {
    assert.is((await post(host, envelope, {}, `https://service.example${at}`)).status, status);
  }
});
