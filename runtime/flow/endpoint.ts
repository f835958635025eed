/** @module Which endpoints a message may go to: https on 443 and no address of a private network, unless allowed for development. */

const privateHosts =
  /^(?:localhost|.*\.localhost|.*\.local|0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[)/i;

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
  if (privateHosts.test(url.hostname))
    throw new Error(`the endpoint ${url.origin} is an address of a private network; ${remedy}`);
  return url;
}
