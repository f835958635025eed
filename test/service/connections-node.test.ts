import { systemClock } from '../../runtime/ports/clock.ts';
import type { Transport } from '../../runtime/ports/transport.ts';
import { connections } from '../../runtime/transport/connections-node.ts';
import { transportOver } from '../../runtime/transport/post-node.ts';
import { open } from '../flow/offering.ts';
import { assert, suite } from '../support/suite.ts';
import { dns, type Listening, listenHttp, lookedUp, post } from './posting.ts';

const test = suite('service: connections on Node');

let server: Listening;
test.before(async () => {
  server = await listenHttp((_, response) => void response.end());
});
test.after(() => server.close());

function over(resolve: ReturnType<typeof dns>): Transport {
  return transportOver(connections({}, resolve), systemClock);
}

/** How many connections the server gets while something runs. */
async function connectionsDuring(run: () => Promise<void>): Promise<number> {
  const before = server.connections.length;
  await run();
  return server.connections.length - before;
}

test('a name that leads to a private address is refused before anything is connected to', async () => {
  const made = await connectionsDuring(async () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fd00::1',
    ]) {
      const { error, text } = await post(over(dns([address])), `http://dso.example:${server.port}/`, {
        insecureEndpoints: false,
      });
      assert.is(
        text,
        `dso.example is at ${address}, which is no address on the internet; set insecureEndpoints for development`,
      );
      assert.is(error?.unsent, true);
    }
  });
  assert.is(made, 0);
});

test('an address in the URL is checked as well, though nothing is looked up for it', async () => {
  const made = await connectionsDuring(async () => {
    const resolve = dns(['8.8.8.8']);
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[fe80::1]',
      '0.0.0.0',
    ]) {
      const { error, text } = await post(over(resolve), `http://${host}:${server.port}/`, {
        insecureEndpoints: false,
      });
      assert.match(text, /^[\d.:a-f]+ is no address on the internet; set insecureEndpoints for development$/);
      assert.is(error?.unsent, true);
    }
    assert.is(resolve.asked(), 0);
  });
  assert.is(made, 0);
});

test('a socket gets the addresses that were checked, and DNS is not asked again', async () => {
  for (const all of [true, false]) {
    const changing = dns(['8.8.8.8'], ['127.0.0.1']);
    assert.equal(await lookedUp(changing, false, all), { addresses: ['8.8.8.8'], text: '' });
    assert.is(changing.asked(), 1);
    const rebound = await lookedUp(changing, false, all);
    assert.equal(rebound.addresses, []);
    assert.match(rebound.text, /dso\.example is at 127\.0\.0\.1/);
  }
  const counted = dns(['127.0.0.1']);
  const transport = over(counted);
  for (let i = 0; i < 3; i++)
    assert.is((await post(transport, `http://dso.example:${server.port}/`)).response?.status, 200);
  assert.is(counted.asked(), 1);
});

test('of several addresses the private ones are left out', async () => {
  const mixed = dns(['127.0.0.1', '8.8.8.8', '::1', '2001:4860:4860::8888', '64:ff9b::10.0.0.1']);
  const usable = ['8.8.8.8', '2001:4860:4860::8888'];
  assert.equal(await lookedUp(mixed, false, true), { addresses: usable, text: '' });
  assert.equal(await lookedUp(mixed, false, false), { addresses: usable.slice(0, 1), text: '' });
  assert.is((await lookedUp(mixed, true, true)).addresses.length, 5);
  assert.match((await lookedUp(dns(['::1', '10.0.0.1']), false, true)).text, /is at ::1, 10\.0\.0\.1, which/);
});

test('what may go to private addresses shares no connection with what may not', async () => {
  const transport = over(dns(['127.0.0.1']));
  const url = `http://dso.example:${server.port}/`;
  assert.is((await post(transport, url)).response?.status, 200);
  assert.match((await post(transport, url, { insecureEndpoints: false })).text, /no address on the internet/);
});

test('a name that is not known, and one whose addresses all refuse, say so', async () => {
  const unknown = await post(over(dns([])), 'http://dso.example/');
  assert.is(unknown.text, 'getaddrinfo ENOTFOUND dso.example');
  assert.is(unknown.error?.unsent, true);
  const refusing = await post(over(dns(['127.0.0.1', '::1'])), 'http://dso.example:1/');
  assert.match(refusing.text, /^connect ECONNREFUSED 127\.0\.0\.1:1; connect E\w+ ::1:1/);
  assert.is(refusing.error?.unsent, true);
});

test('an endpoint whose name leads to a private address is tried again later, and nothing has arrived', async () => {
  const transport = over(dns(['10.0.0.1']));
  const { scene, record } = await open([], { transport });
  await scene.drain();
  const { state, attempts } = await record();
  assert.is(state, 'waiting');
  assert.is(attempts.length, 1);
  assert.match(
    attempts[0]?.text ?? '',
    /^dso\.example is at 10\.0\.0\.1, which is no address on the internet/,
  );
  assert.is(attempts[0]?.ambiguous, undefined);
});

test('a redirect to a name that leads to a private address is not followed', async () => {
  const { scene, record } = await open([], {
    transport: (request) =>
      request.url.hostname === 'dso.example'
        ? Promise.resolve({ status: 307, text: '', header: () => 'https://inside.example/' })
        : over(dns(['10.0.0.1']))(request),
  });
  await scene.drain();
  const { state, attempts } = await record();
  assert.is(state, 'waiting');
  assert.match(attempts[0]?.text ?? '', /^inside\.example is at 10\.0\.0\.1/);
  assert.is(attempts[0]?.ambiguous, undefined);
});
