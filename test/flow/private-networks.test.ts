import { isPublicAddress } from '../../runtime/flow/private-networks.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: private networks');

/** The first and the last address of each range that is not the internet, with its neighbours that are. */
const ipv4: readonly [what: string, first: string, last: string, ...neighbours: string[]][] = [
  ['this network', '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['private', '10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['loopback', '127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['link-local, with the metadata of clouds', '169.254.0.0', '169.254.255.255', '169.253.0.0', '169.255.0.0'],
  ['private', '172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['private', '192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['benchmarks', '198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['multicast', '224.0.0.0', '239.255.255.255', '223.255.255.255'],
  ['reserved, and broadcast', '240.0.0.0', '255.255.255.255', '192.0.32.10', '8.8.8.8'],
];

/** An IPv4 address as two groups of an IPv6 one. */
function groups(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** The spellings of an IPv4 address, and the IPv6 addresses that lead to it. */
function carriers(address: string): readonly string[] {
  return [
    address,
    `::ffff:${address}`,
    `::FFFF:${groups(address)}`,
    `0:0:0:0:0:ffff:${groups(address)}`,
    `64:ff9b::${address}`,
    `64:ff9b::${groups(address)}`,
    `2002:${groups(address)}::1`,
  ];
}

test('IPv4 addresses of private networks are not the internet, in whatever IPv6 address they are carried', () => {
  for (const [what, first, last, ...neighbours] of ipv4) {
    for (const address of [first, last].flatMap(carriers))
      assert.is(isPublicAddress(address), false, `${what}: ${address}`);
    for (const address of neighbours.flatMap(carriers))
      assert.is(isPublicAddress(address), true, `beside ${what}: ${address}`);
  }
});

test('of IPv6 addresses only those are the internet that are given out as such', () => {
  const cases: readonly [what: string, isPublic: boolean, ...addresses: string[]][] = [
    ['unspecified', false, '::', '0:0:0:0:0:0:0:0'],
    ['loopback', false, '::1', '0:0:0:0:0:0:0:1'],
    ['an IPv4 address without a mark (RFC 4291)', false, '::8.8.8.8', '::808:808'],
    ['an IPv4 address translated by SIIT', false, '::ffff:0:8.8.8.8'],
    ['a translator of this network (RFC 8215)', false, '64:ff9b:1::808:808', '64:ff9b:1:ffff::1'],
    ['discarded', false, '100::', '100::ffff:ffff:ffff:ffff'],
    ['below what is given out', false, '1fff:ffff::1'],
    [
      'given out',
      true,
      '2000::',
      '2001:200::1',
      '2001:4860:4860::8888',
      '2a00:1450:4001:80b::200e',
      '3ffe::1',
    ],
    [
      'Teredo, ORCHID and their neighbours',
      false,
      '2001::',
      '2001:0:5ef5:79fd::1',
      '2001:10::1',
      '2001:1ff::1',
    ],
    ['above what is given out', false, '4000::', '5f00::1', 'abcd::1'],
    ['unique local', false, 'fc00::', 'fc00::1', 'fd12:3456:789a:1::1', 'fdff:ffff::1'],
    ['link-local, in a zone too', false, 'fe80::', 'fe80::1', 'febf:ffff::1', 'fe80::1%eth0', 'fe80::1%1'],
    ['site-local, which is no more', false, 'fec0::1', 'feff::1'],
    ['multicast', false, 'ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['no address', false, ':', '1:2', '2a00::1::2', '2a00::1]@', '2a00::g'],
  ];
  for (const [what, isPublic, ...addresses] of cases)
    for (const address of addresses) assert.is(isPublicAddress(address), isPublic, `${what}: ${address}`);
});
