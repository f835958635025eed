/** @module What `nodeTransport` promises on every runtime with node:http, as cases: servers that somebody else runs in, cases out. */

import { systemClock } from '../../../runtime/ports/clock.ts';
import type { Case } from '../../../runtime/store/conformance.ts';
import { connections } from '../../../runtime/transport/connections-node.ts';
import { transportOver } from '../../../runtime/transport/post-node.ts';
import type { NodeTransportOptions } from '../../../runtime/transport/tls-options.ts';
import { dns, type Ended, post } from '../../service/posting.ts';
import { assert } from '../../support/suite.ts';

/** Servers on loopback. */
export interface Servers {
  /** Answers `/STATUS/TEXT`, and resets the connection of any other request. */
  readonly http: number;
  /** The same with TLS, as `dso.example`. */
  readonly https: number;
  /** The same for those who have a certificate. */
  readonly mutual: number;
  /** A port at which nobody listens. */
  readonly nobody: number;
  /** Who vouches for the servers, and for `own`. */
  readonly ca: string;
  readonly own: { readonly cert: string; readonly key: string };
}

/** What of an end all runtimes have in common. */
function gist({ response, error }: Ended): unknown {
  return response === undefined ? { unsent: error?.unsent === true } : response.status;
}

/** POSTs to a name that stands for this machine. */
async function at(url: string, options: NodeTransportOptions = {}, insecureEndpoints = true): Promise<Ended> {
  return post(transportOver(connections(options, dns(['127.0.0.1'])), systemClock), url, {
    insecureEndpoints,
  });
}

/** Makes the cases. */
export function transportCases(servers: Servers): readonly Case[] {
  return [...addresses(servers), ...handshakes(servers), ...answers(servers)];
}

function addresses({ http, https, ca }: Servers): readonly Case[] {
  return [
    {
      title: 'a name that leads to a private address, and such an address, are refused, and nothing is sent',
      async run() {
        for (const url of [`http://dso.example:${http}/200/`, `https://dso.example:${https}/200/`]) {
          const ended = await at(url, { ca }, false);
          assert.equal(
            ended.text.startsWith('dso.example is at 127.0.0.1, which is no address on the internet'),
            true,
          );
          assert.equal(gist(ended), { unsent: true });
        }
        for (const host of ['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '10.0.0.1'])
          assert.equal(gist(await at(`http://${host}:${http}/200/`, {}, false)), { unsent: true });
      },
    },
    {
      title: 'a connection goes to the address that was checked: DNS is asked once for each',
      async run() {
        const resolve = dns(['127.0.0.1']);
        const transport = transportOver(connections({}, resolve), systemClock);
        for (let i = 0; i < 3; i++)
          assert.equal(gist(await post(transport, `http://dso.example:${http}/200/`)), 200);
        assert.equal(resolve.asked(), 1);
      },
    },
  ];
}

function handshakes({ https, mutual, nobody, ca, own }: Servers): readonly Case[] {
  return [
    {
      title: 'a partner is who its certificate says, and nothing is sent to anybody else',
      async run() {
        assert.equal(gist(await at(`https://dso.example:${https}/200/`, { ca })), 200);
        for (const [host, options] of [
          ['other.example', { ca }],
          ['127.0.0.1', { ca }],
          ['dso.example', {}],
        ] as const)
          assert.equal(gist(await at(`https://${host}:${https}/200/`, options)), { unsent: true });
        assert.equal(gist(await at(`https://dso.example:${nobody}/200/`, { ca })), { unsent: true });
      },
    },
    {
      title: 'a partner who asks for a certificate gets ours (mTLS)',
      async run() {
        assert.equal(gist(await at(`https://dso.example:${mutual}/200/`, { ca, ...own })), 200);
        assert.ok((await at(`https://dso.example:${mutual}/200/`, { ca })).error instanceof Error);
      },
    },
  ];
}

function answers({ http, https, ca }: Servers): readonly Case[] {
  return [
    {
      title: 'redirects are handed back, and the text of a refusal is read up to 64 KiB',
      async run() {
        const moved = await at(`http://dso.example:${http}/307/`);
        assert.equal([moved.response?.status, moved.response?.header('Location')], [307, '/200/']);
        assert.equal(
          (await at(`https://dso.example:${https}/400/Duplicate`, { ca })).response?.text,
          'Duplicate',
        );
        assert.equal((await at(`http://dso.example:${http}/500/long`)).response?.text.length, 64 * 1024);
      },
    },
    {
      title: 'a connection that is reset once it was written to may have brought the message',
      async run() {
        for (const url of [`http://dso.example:${http}/reset`, `https://dso.example:${https}/reset`])
          assert.equal(gist(await at(url, { ca })), { unsent: false });
      },
    },
  ];
}
