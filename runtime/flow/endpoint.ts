/** @module Which endpoints a message may go to: https on 443 and no address of a private network, unless allowed for development. */

/** Names that mean this machine or this network, as URL writes them: in lower case. */
const privateNames = /^(?:.*\.)?(?:localhost|local|internal)\.?$/;
/** URL writes every IPv4 address as four decimal numbers. */
const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;
/** IPv4 addresses of this machine, of private networks, and of none. */
export const privateIpv4: RegExp =
  /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2(?:2[4-9]|[345]\d))\./;

/**
 * Returns the URL where it may be used.
 *
 * @param insecure true: http, any port and private addresses are allowed
 * @throws {Error} that says what is wrong with it
 */
export function checkedEndpoint(url: URL, insecure: boolean): URL {
  if (url.username !== '' || url.password !== '') throw new Error('an endpoint must not hold credentials');
  if (insecure) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new Error(`${url.protocol} is no protocol for an endpoint`);
    return url;
  }
  const remedy = 'set insecureEndpoints for development';
  if (url.protocol !== 'https:') throw new Error(`the endpoint ${url.origin} is not https; ${remedy}`);
  if (url.port !== '') throw new Error(`the endpoint ${url.origin} is not on port 443; ${remedy}`);
  if (isPrivate(url.hostname))
    throw new Error(`the endpoint ${url.origin} is an address of a private network; ${remedy}`);
  return url;
}

/** IPv6 addresses are all taken for private ones: no participant is known to be reached by one instead of by a name. */
function isPrivate(host: string): boolean {
  return host.startsWith('[') || privateNames.test(host) || (ipv4.test(host) && privateIpv4.test(host));
}
