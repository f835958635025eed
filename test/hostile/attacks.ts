/** @module The attacks, each a name, what is sent and the status that refuses it. */

import { head } from '../support/wire.ts';
import { type Pieces, posted, type Target } from './target.ts';

/** One attack. */
export interface Attack {
  readonly title: string;
  /** Undefined where the connection may be cut before all has been written. */
  readonly status: number | undefined;
  pieces(target: Target): Pieces | Promise<Pieces>;
}

const nested = '<a>'.repeat(100_000) + '</a>'.repeat(100_000);
const attributes = manyAttributes(400_000);
/** As much as a Body of 4 MiB holds. */
const bytesMost = 3_100_000;

/** Attacks by those who have no key that the service knows, and by a partner who has one. */
export const attacks: readonly Attack[] = [
  ...[
    { title: '100,000 nested elements', xml: nested },
    { title: '100,000 nested elements in a SignedMessage', xml: `<SignedMessage>${nested}</SignedMessage>` },
    { title: '400,000 attributes of a SignedMessage', xml: `<SignedMessage${attributes}/>` },
    { title: '10,000 namespaces of a SignedMessage', xml: `<SignedMessage${manyNamespaces(10_000)}/>` },
    { title: 'a Body of 4 MB whose signature does not hold', xml: unsigned(Buffer.alloc(bytesMost, 7)) },
  ].map(({ title, xml }) => ({
    title,
    status: title.includes('signature') ? 419 : 400, // 401 once a minute
    pieces: () => posted(xml),
  })),
  ...[
    { title: '100,000 nested elements', xml: `<FlexRequest>${nested}</FlexRequest>` },
    { title: '400,000 attributes', xml: `<FlexRequest${attributes}/>` },
    { title: '500,000 elements', xml: `<FlexRequest>${'<ISP/>'.repeat(500_000)}</FlexRequest>` },
    { title: 'text of 3 MB', xml: `<FlexRequest>${'x'.repeat(bytesMost - 30)}</FlexRequest>` },
    { title: 'a value of 3 MB', xml: `<FlexRequest Version="${'3'.repeat(bytesMost - 30)}"/>` },
  ].map(({ title, xml }) => ({
    title: `${title}, signed by a partner`,
    status: 400,
    pieces: async (target: Target) => posted(await target.sealed(xml)),
  })),
  {
    title: 'a body of 30 MB',
    status: 413,
    pieces: () => posted(new Uint8Array(30_000_000)),
  },
  {
    title: 'a body of 30 MB behind a Content-Length of 1,000',
    status: undefined,
    pieces: () => [head({ 'Content-Length': 1_000 }), new Uint8Array(30_000_000)],
  },
  {
    title: 'a body of 30 MB in chunks',
    status: 411,
    pieces: () => [
      head({ 'Transfer-Encoding': 'chunked', Connection: 'keep-alive' }),
      ...inChunks(30_000_000),
    ],
  },
  {
    title: '400 KB of headers',
    status: undefined,
    pieces: () => [head({ X: 'x'.repeat(400_000) })],
  },
];

/** Zeros in chunks of 100 kB. */
export function inChunks(length: number): Pieces {
  const size = 100_000;
  const chunk = [`${size.toString(16)}\r\n`, new Uint8Array(size), '\r\n'];
  return [...Array.from({ length: length / size }, () => chunk).flat(), '0\r\n\r\n'];
}

function unsigned(body: Buffer): string {
  return `<SignedMessage SenderDomain="dso.example" SenderRole="DSO" Body="${body.toString('base64')}"/>`;
}

/** So many attributes in as few bytes as possible: 3 MB for 400,000, which a signed message just holds. */
function manyAttributes(count: number): string {
  const first = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'];
  const others = [...first, ...'0123456789'];
  const longer = (names: readonly string[]): string[] =>
    names.flatMap((name) => others.map((one) => name + one));
  const [two, three] = [longer(first), longer(longer(first))];
  const names = [...first, ...two, ...three, ...longer(three.slice(0, Math.ceil(count / others.length)))];
  return names
    .slice(0, count)
    .map((name) => ` ${name}=""`)
    .join('');
}

function manyNamespaces(count: number): string {
  return Array.from({ length: count }, (_, i) => ` xmlns:n${i}="u${i}"`).join('');
}
