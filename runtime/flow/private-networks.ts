/** @module Addresses that nobody has whom one meets on the internet. */

/** IPv4 addresses of this machine, of private networks, and of none. */
export const privateIpv4: RegExp =
  /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|192\.0\.0|198\.1[89]|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2(?:2[4-9]|[345]\d))\./;

/**
 * True for an address on the internet, false for one of this machine, of a private network, of a group or of none, also
 * where an IPv6 address only carries the IPv4 one: mapped (RFC 4291), behind a translator (RFC 6052) or in 6to4
 * (RFC 3056). Of all other IPv6 addresses only those are public that are given out as such (2000::/3), without Teredo
 * and its neighbours (2001::/23).
 */
export function isPublicAddress(address: string): boolean {
  if (!address.includes(':')) return !privateIpv4.test(address);
  const groups = groupsOf(address);
  const leading = groups.slice(0, 6).join(':');
  if (leading === '0:0:0:0:0:ffff' || leading === '64:ff9b:0:0:0:0')
    return !privateIpv4.test(ipv4Of(groups.slice(6)));
  if (groups[0] === '2002') return !privateIpv4.test(ipv4Of(groups.slice(1, 3)));
  const [first = 0, second = 0] = groups.map(numberOf);
  return first >> 13 === 1 && !(first === 0x2001 && second < 0x200);
}

/** The eight groups of an IPv6 address; none of what is no address or has a zone, as only link-local ones do. */
function groupsOf(address: string): readonly string[] {
  const url = `http://[${address}]/`; // URL knows all spellings, and writes one of them
  if (!URL.canParse(url)) return [];
  const halves = new URL(url).hostname.slice(1, -1).split('::');
  const [left = [], right = []] = halves.map((half) => half.split(':').filter((group) => group !== ''));
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

/** The IPv4 address in two groups. */
function ipv4Of(groups: readonly string[]): string {
  return groups
    .map(numberOf)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

function numberOf(group: string): number {
  return Number.parseInt(group, 16);
}
