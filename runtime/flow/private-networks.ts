/** @module Addresses that nobody has whom one meets on the internet. */

/** IPv4 addresses of this machine, of private networks, and of none. */
export const privateIpv4: RegExp =
  /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2(?:2[4-9]|[345]\d))\./;
