import { Hono } from 'hono';
import { type AgrKind, agr, dso } from '../../generated/3.1.0/index.ts';
import { createHost, type Servable } from '../../runtime/host.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { payload } from '../flow/drafts.ts';
import { type Given, minute, type Outsider, openScene, path } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open, refused } from './refused.ts';

const test = suite('service: rates');

/** POSTs from an address. */
function from(
  service: Servable,
  remoteAddress: string | undefined,
  body: Uint8Array | string,
  given: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const headers = { 'content-type': 'text/xml', 'content-length': String(bytes.length), ...given };
  return service.fetch(
    new Request(`https://service.example${path}`, {
      method: 'POST',
      headers,
      body: bytes as Uint8Array<ArrayBuffer>,
    }),
    { remoteAddress },
  );
}

const message = (outsider: Outsider): Promise<Uint8Array> => outsider.seal(payload('TestMessage'));

test('an address has so many requests a minute, which grow back evenly (rule 34)', async () => {
  const { service, scene, outsider } = await open({ requestsPerMinuteMax: 3 });
  const ask = async () => from(service, '192.0.2.1', await message(outsider));
  for (let i = 0; i < 3; i++) assert.is((await ask()).status, 200);
  await refused(await ask(), 'rate-exceeded');
  assert.is((await from(service, '192.0.2.2', await message(outsider))).status, 200);
  scene.clock.advance(minute / 3 - 1);
  await refused(await ask(), 'rate-exceeded');
  scene.clock.advance(1);
  assert.is((await ask()).status, 200);
  await refused(await ask(), 'rate-exceeded');
  scene.clock.advance(10 * minute);
  for (let i = 0; i < 3; i++) assert.is((await ask()).status, 200);
  await refused(await ask(), 'rate-exceeded');
});

test('what is refused for its rate is not read', async () => {
  const { service } = await open({ requestsPerMinuteMax: 1 });
  await refused(await from(service, '192.0.2.1', 'no XML'), 'envelope-invalid');
  const body = new ReadableStream({}); // of which nothing ever comes
  const request = new Request(`https://service.example${path}`, {
    method: 'POST',
    body,
    duplex: 'half',
  } as RequestInit);
  await refused(await service.fetch(request, { remoteAddress: '192.0.2.1' }), 'rate-exceeded');
});

test('an address has so many signatures a minute that do not hold; then nothing of it is verified', async () => {
  const { service, scene, outsider } = await open({ failedSignaturesPerMinuteMax: 2 });
  const good = await message(outsider);
  const stranger = await openScene().outsider('DSO');
  for (const code of ['signature-invalid', 'key-unknown']) {
    assert.is((await from(service, '192.0.2.1', good)).status, 200);
    await refused(await from(service, '192.0.2.1', await message(stranger)), code);
  }
  await refused(await from(service, '192.0.2.1', good), 'rate-exceeded');
  assert.is((await from(service, '192.0.2.2', good)).status, 200); // its sender is not to blame
  scene.clock.advance(minute / 2);
  assert.is((await from(service, '192.0.2.1', good)).status, 200);
});

test('a sender has so many requests a minute, whatever its address, and from when its signature holds', async () => {
  const { service, scene, outsider } = await open({ senderRequestsPerMinuteMax: 2 });
  const other = await scene.outsider('DSO', 'other.example');
  const stranger = await openScene().outsider('DSO');
  for (const code of ['signature-invalid', 'key-unknown', 'key-unknown'])
    await refused(await from(service, undefined, await message(stranger)), code);
  const addresses = ['192.0.2.1', undefined, '192.0.2.3'];
  const [first, second, third] = await Promise.all(
    addresses.map(async (address) => from(service, address, await message(outsider))),
  );
  assert.is(first?.status, 200);
  assert.is(second?.status, 200);
  await refused(third as Response, 'rate-exceeded');
  assert.equal(scene.told('refused').at(-1)?.sender, outsider.party);
  assert.is((await from(service, '192.0.2.1', await message(other))).status, 200);
  assert.is((await service.receive(await message(outsider))).status, 429);
});

test('IPv6 addresses are counted by their first 64 bits, and IPv4 ones as such however written', async () => {
  const cases: readonly (readonly [one: string, other: string, same: boolean])[] = [
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8:0:1::1', '2001:0DB8:0000:0001:0:0:0:9', true],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::FFFF:192.0.2.1', '::ffff:192.0.2.2', false],
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1:40001', '192.0.2.1:40002', true],
    ['192.0.2.1:40001', '192.0.2.2:40001', false],
  ];
  for (const [one, other, same] of cases) {
    const { service, outsider } = await open({ requestsPerMinuteMax: 1 });
    assert.is((await from(service, one, await message(outsider))).status, 200);
    const response = await from(service, other, await message(outsider));
    assert.is(response.status, same ? 429 : 200, `${one} ${other}`);
  }
});

test('an address of this machine or of a private network is that of a proxy, and not counted', async () => {
  const { service, outsider } = await open({ requestsPerMinuteMax: 1 });
  const ipv4 = ['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.1.1', '100.64.0.1'];
  const ipv6 = ['::1', '::ffff:10.0.0.1', 'fd00::1', 'fc12:3456::1', 'fe80::1%eth0', 'FEBF::1'];
  for (const address of [undefined, ...ipv4, ...ipv6]) {
    for (let i = 0; i < 3; i++) {
      const { status } = await from(service, address, await message(outsider));
      assert.is(status, 200, address);
    }
  }
  for (const address of ['172.32.0.1', '11.0.0.1', '2001:db8::1', 'fc:1::1', '64:ff9b::a00:1']) {
    await from(service, address, await message(outsider));
    await refused(await from(service, address, await message(outsider)), 'rate-exceeded');
  }
});

test('behind a proxy the address is that of its header, wherever the connection comes from', async () => {
  const { service, outsider } = await open({
    requestsPerMinuteMax: 1,
    remoteAddress: (request) => request.headers.get('x-real-ip') ?? undefined,
  });
  const ask = async (header: Readonly<Record<string, string>>, connection: string) =>
    from(service, connection, await message(outsider), header);
  assert.is((await ask({ 'x-real-ip': '10.0.0.1' }, '127.0.0.1')).status, 200);
  await refused(await ask({ 'x-real-ip': '10.0.0.1' }, '192.0.2.9'), 'rate-exceeded');
  for (let i = 0; i < 2; i++) {
    assert.is((await ask({ 'x-real-ip': `10.0.1.${i}` }, '127.0.0.1')).status, 200);
    assert.is((await ask({}, '192.0.2.9')).status, 200);
  }
});

test('a header of any length, and one that is no address, is an address like any other', async () => {
  const { service, outsider } = await open({
    requestsPerMinuteMax: 1,
    remoteAddress: (request) => request.headers.get('x-real-ip') ?? undefined,
  });
  for (const text of [
    '',
    ':',
    '::',
    ':::',
    '1::2::3',
    'x'.repeat(10_000),
    ':'.repeat(10_000),
    '%',
    '1.2.3.4:5',
  ]) {
    const { status } = await from(service, undefined, await message(outsider), { 'x-real-ip': text });
    assert.is(status === 200 || status === 429, true, text);
  }
});

test('a remoteAddress that throws is answered 500, and tells nothing', async () => {
  const { service, outsider } = await open({
    remoteAddress: () => {
      throw new Error('secret');
    },
  });
  await refused(await from(service, '192.0.2.1', await message(outsider)), 'internal');
});

test('a service that is mounted into another app gets what that app was given', async () => {
  const given: Given<AgrKind> = {
    requestsPerMinuteMax: 1,
    remoteAddress: (_, env) => (env as { readonly address: string }).address,
  };
  const { service, outsider } = await open(given);
  const app = new Hono().route('/market', service.app);
  const ask = async (address: string): Promise<Response> => {
    const body = (await message(outsider)) as Uint8Array<ArrayBuffer>;
    const headers = { 'content-type': 'text/xml', 'content-length': String(body.length) };
    return app.request(`/market${path}`, { method: 'POST', headers, body }, { address });
  };
  assert.is((await ask('192.0.2.1')).status, 200);
  await refused(await ask('192.0.2.1'), 'rate-exceeded');
  assert.is((await ask('192.0.2.2')).status, 200);
});

test('services on one host are counted together', async () => {
  const scene = openScene();
  const store = memory();
  const outsider = await scene.outsider('DSO');
  const a = await scene.join(agr, { store, requestsPerMinuteMax: 2 });
  const b = await scene.join(dso, { store, domain: 'grid.example' });
  const host = createHost([a, b]);
  for (let i = 0; i < 2; i++) assert.is((await from(host, '192.0.2.1', await message(outsider))).status, 200);
  await refused(await from(host, '192.0.2.1', await message(outsider)), 'rate-exceeded');
});
