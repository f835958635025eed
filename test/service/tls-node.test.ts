import { createServer } from 'node:https';
import type { Server, TLSSocket } from 'node:tls';
import { type NodeTransportOptions, nodeTransport } from '../../runtime/node.ts';
import { systemClock } from '../../runtime/ports/clock.ts';
import type { Transport } from '../../runtime/ports/transport.ts';
import { connections } from '../../runtime/transport/connections-node.ts';
import { transportOver } from '../../runtime/transport/post-node.ts';
import { open } from '../flow/offering.ts';
import { Authority, type Pair } from '../support/certificates.ts';
import { assert, suite } from '../support/suite.ts';
import { dns, type Listening, listen, post } from './posting.ts';

const test = suite('service: TLS on Node');

const authority = new Authority();
const server = authority.issue('dso.example');
const client = authority.issue('agr.example');
const stranger = new Authority().issue('agr.example');

/** What an HTTPS server has seen of a connection with a POST. */
interface Seen {
  readonly name: string | false | null;
  readonly partner: string;
  readonly isResumed: boolean;
  readonly protocol: string | null;
}

interface Asking {
  /** Who vouches for clients; they are asked for a certificate, and need one. Default: they are not asked. */
  readonly ca?: string;
  /** True: they may do without. */
  readonly optional?: boolean;
  /** Where it redirects a path to. */
  readonly to?: (path: string) => string | undefined;
}

/** An HTTPS server. */
async function secure(
  pair: Pair,
  { ca, optional = false, to = () => undefined }: Asking = {},
): Promise<Listening & { readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const asking = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: !optional };
  const https: Server = createServer({ ...pair, ...asking }, (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername: Seen['name'] };
    seen.push({
      name: socket.servername,
      partner: String(socket.getPeerCertificate().subject?.CN),
      isResumed: socket.isSessionReused(),
      protocol: socket.getProtocol(),
    });
    response.setHeader('connection', 'close');
    const location = to(request.url ?? '');
    if (location !== undefined) response.writeHead(308, { location });
    request.resume().once('end', () => response.end());
  });
  return { ...(await listen(https)), seen };
}

/** The transport of Node, for which every name is this machine. */
function withLoopback(options: NodeTransportOptions): Transport {
  return transportOver(connections(options, dns(['127.0.0.1'])), systemClock);
}

test('a partner is who its certificate says: vouched for, and of the name that was asked for', async () => {
  const https = await secure(server);
  const at = (host: string): string => `https://${host}:${https.port}/`;
  const trusting = withLoopback({ ca: authority.cert });
  assert.is((await post(trusting, at('dso.example'))).response?.status, 200);
  assert.equal(
    https.seen.map(({ name, protocol }) => ({ name, protocol })),
    [{ name: 'dso.example', protocol: 'TLSv1.3' }],
  );
  const cases: readonly [transport: Transport, host: string, text: RegExp][] = [
    [trusting, 'other.example', /does not match certificate's altnames/],
    [trusting, '127.0.0.1', /does not match certificate's altnames/],
    [withLoopback({}), 'dso.example', /unable to verify the first certificate/],
    [nodeTransport(), '127.0.0.1', /unable to verify the first certificate/],
  ];
  for (const [transport, host, text] of cases) {
    const { error, text: said } = await post(transport, at(host));
    assert.match(said, text);
    assert.is(error?.unsent, true);
  }
  assert.is(https.seen.length, 1);
  await https.close();
});

test('a partner who asks for a certificate gets ours (mTLS)', async () => {
  const https = await secure(server, { ca: authority.cert });
  const url = `https://dso.example:${https.port}/`;
  for (const bytes of [false, true]) {
    const pem = (text: string): string | Uint8Array => (bytes ? new TextEncoder().encode(text) : text);
    const own = { cert: pem(client.cert), key: pem(client.key), ca: [pem(authority.cert)] };
    assert.is((await post(withLoopback(own), url)).response?.status, 200);
    assert.is(https.seen.at(-1)?.partner, 'agr.example');
  }
  for (const wrong of [{}, stranger]) {
    const { error } = await post(withLoopback({ ...wrong, ca: authority.cert }), url);
    assert.instance(error, Error);
  }
  assert.is(https.seen.length, 2);
  await https.close();
});

test('a certificate is for the origin of the endpoint: whom a redirect names beyond it gets none', async () => {
  const asking = { ca: authority.cert, optional: true };
  const beyond = await secure(authority.issue('elsewhere.example'), asking);
  const elsewhere = `https://elsewhere.example:${beyond.port}/`;
  const first = await secure(server, { ...asking, to: (path) => (path === '/' ? '/moved' : elsewhere) });
  const transport = withLoopback({ ...client, ca: authority.cert });
  const { scene, record } = await open([], { transport, insecureEndpoints: true });
  scene.endpoints.set('DSO dso.example', `https://dso.example:${first.port}/`);
  await scene.drain();
  assert.is((await record()).state, 'done');
  assert.equal(
    [first, beyond].map(({ seen }) => seen.map(({ partner }) => partner)),
    [['agr.example', 'agr.example'], ['undefined']],
  );
  // Nor by the session of an endpoint that has seen it.
  for (const credentials of [true, false, true])
    assert.is((await post(transport, elsewhere, { credentials })).response?.status, 200);
  assert.equal(
    beyond.seen.slice(1).map(({ partner }) => partner),
    ['agr.example', 'undefined', 'agr.example'],
  );
  await Promise.all([first.close(), beyond.close()]);
});

test('a second connection resumes the session of the first', async () => {
  const https = await secure(server);
  const transport = withLoopback({ ca: authority.cert });
  for (let i = 0; i < 2; i++)
    assert.is((await post(transport, `https://dso.example:${https.port}/`)).response?.status, 200);
  assert.is(https.connections.length, 2);
  assert.equal(
    https.seen.map(({ isResumed }) => isResumed),
    [false, true],
  );
  await https.close();
});

test('a certificate and a key that do not belong together are a mistake that shows at once', () => {
  assert.throws(() => nodeTransport({ cert: client.cert, key: stranger.key }), /key values mismatch/);
  assert.throws(() => nodeTransport({ cert: 'no PEM', key: client.key }), /PEM|no start line/);
});
